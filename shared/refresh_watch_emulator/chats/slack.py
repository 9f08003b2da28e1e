"""An incoming webhook of Slack: it answers with bare words, and looks into every block (docs.slack.dev, Block Kit).

Of the blocks it takes those that a report needs.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, blocked, utf16_length

A_BURST = 10
PAUSE: Seconds = 10.0
"""One message a second on average, with short bursts."""

MOST_IN_BLOCKS = 13_000
MOST_IN_TEXT = 40_000
MOST_BLOCKS = 50
MOST_ATTACHMENTS = 100

_TEXT = (("content-type", "text/html"),)
_PINGS = re.compile(r"<@([UW]\w+)(?:\|[^>]*)?>|<!subteam\^(S\w+)(?:\|[^>]*)?>|<!(here|channel|everyone)(?:\|[^>]*)?>")
_BY_ITSELF = re.compile(r"@(here|channel|everyone)\b")
_ALL = ("channel", "everyone")


def create_chat(name: str) -> Chat:
    """A webhook with a fake token of its own."""
    return Chat("slack", name, access_token=f"fake-token-of-{name}")


def address(chat: Chat) -> str:
    """Workspace, webhook and token stand in the path."""
    return f"/services/T0FAKE000/B0FAKE000/{chat.access_token}"


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
    """Address and token, rate, then the message."""
    if post.path.rpartition("/")[0] != address(chat).rpartition("/")[0]:
        return _word(404, "no_service")
    if chat.access_token and post.path != address(chat):
        return _word(403, "invalid_token")
    if limited and blocked(post.at, recent, most=A_BURST, per=PAUSE):
        body = {"retry_after": int(PAUSE), "ok": False, "error": "rate_limited"}
        return ChatAnswer(429, json.dumps(body), headers=(("retry-after", str(int(PAUSE))),))
    body_given = post.json()
    if not post.is_json or body_given is None:
        return _word(400, "invalid_payload")
    problem = _problem(body_given)
    return _word(400, problem) if problem else ChatAnswer(200, "ok", accepted=True, headers=_TEXT)


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:
    """Whom `text` and the marked-up texts of all blocks really mention: in code spans too, never in plain text."""
    found: list[str] = []
    for text, by_itself in _active_texts(body):
        found.extend(next(filter(None, match.groups())) for match in _PINGS.finditer(text))
        if by_itself:
            found.extend(_BY_ITSELF.findall(text))
    return tuple(dict.fromkeys("all" if each in _ALL else each for each in found))


def visible_text(body: dict[str, Any]) -> str:
    """The blocks, above and beside the bar; `text` only where there is no block."""
    texts = [each["text"] for block in _blocks(body) for each in _texts(block)] or [str(body.get("text", ""))]
    return "\n".join(html.unescape(text) for text in texts)


def _problem(body: dict[str, Any]) -> str:
    """The word that Slack refuses it with, or nothing."""
    blocks, attachments, text = body.get("blocks", []), body.get("attachments", []), body.get("text", "")
    if not isinstance(blocks, list) or not isinstance(attachments, list) or not isinstance(text, str):
        return "invalid_payload"
    problems = {
        "no_text": not blocks and not attachments and not text,
        "too_many_attachments": len(attachments) > MOST_ATTACHMENTS,
        "msg_too_long": len(text) > MOST_IN_TEXT,
        "invalid_blocks": not _all_well(blocks),
        "invalid_attachments": not all(map(_is_well_beside, attachments)),
    }
    found = next((word for word, is_so in problems.items() if is_so), "")
    if not found and sum(len(each["text"]) for block in _blocks(body) for each in _texts(block)) > MOST_IN_BLOCKS:
        return "msg_blocks_too_long"
    return found


def _is_well_beside(attachment: Any) -> bool:
    """The blocks of an attachment and the bar beside them."""
    if not isinstance(attachment, dict) or not isinstance(attachment.get("blocks"), list):
        return False
    colour = attachment.get("color", "")
    is_colour = isinstance(colour, str) and re.fullmatch("#[0-9a-f]{6}|good|warning|danger|", colour) is not None
    return is_colour and _all_well(attachment["blocks"])


def _all_well(blocks: list[Any]) -> bool:
    return len(blocks) <= MOST_BLOCKS and all(isinstance(block, dict) and _is_well(block) for block in blocks)


def _is_well(block: dict[str, Any]) -> bool:
    elements = block.get("elements")
    match block.get("type"):
        case "header":
            return _is_text(block.get("text"), 150, only="plain_text")
        case "section":
            fields = block.get("fields", [])
            if not isinstance(fields, list) or len(fields) > 10 or not (fields or "text" in block):
                return False
            return all(_is_text(each, 2000) for each in fields) and ("text" not in block or _is_text(block["text"]))
        case "context":
            return isinstance(elements, list) and 1 <= len(elements) <= 10 and all(_is_text(each) for each in elements)
        case _:
            return False


def _is_text(value: Any, most: int = 3000, only: str = "") -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return False
    kind = value.get("type")
    if kind not in ("plain_text", "mrkdwn") or (only and kind != only):
        return False
    allowed = {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}
    return set(value) <= allowed and 1 <= utf16_length(value["text"]) <= most


def _blocks(body: dict[str, Any]) -> list[dict[str, Any]]:
    beside = [block for attachment in body.get("attachments", []) for block in attachment.get("blocks", [])]
    return [*body.get("blocks", []), *beside]


def _texts(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The text objects of a block."""
    return [*([block["text"]] if "text" in block else []), *block.get("fields", []), *block.get("elements", [])]


def _active_texts(body: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Each text that is looked through for mentions, and whether bare @names in it count too."""
    yield str(body.get("text", "")), bool(body.get("link_names")) or body.get("parse") == "full"
    for block in _blocks(body):
        for each in _texts(block):
            if each["type"] == "mrkdwn":
                yield each["text"], not each.get("verbatim", False)


def _word(status: int, word: str) -> ChatAnswer:
    return ChatAnswer(status, word, headers=_TEXT)
