"""A Discord webhook (discord.com/developers: Execute Webhook, embed limits, allowed mentions, rate limits)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, blocked, json_answer, utf16_length

A_BURST = 5
PAUSE: Seconds = 2.0
OLDEST = 6
"""The version of the API that an address without one is taken for: milliseconds, and no word on what was wrong."""

MOST_IN_CONTENT = 2000
MOST_EMBEDS = 10
MOST_FIELDS = 25
MOST_IN_EMBEDS = 6000
MOST_NAMED = 100

_LONGEST = {"title": 256, "description": 4096}
_LONGEST_FOOTER = 2048
_LONGEST_OF_FIELD = {"name": 256, "value": 1024}
_PINGS = re.compile(r"<@!?(?P<users>\d+)>|<@&(?P<roles>\d+)>|@(?P<everyone>everyone|here)\b")
_KINDS = ("users", "roles", "everyone")
_NUMBER = "100000000000000001"
_PATH = re.compile(rf"/api/(?:v(?P<version>\d+)/)?webhooks/{_NUMBER}/(?P<token>[^/]+)")


def create_chat(name: str) -> Chat:
    """A webhook with a fake token of its own."""
    return Chat("discord", name, access_token=f"fake-token-of-{name}")


def address(chat: Chat) -> str:
    """Number and token stand in the path."""
    return f"/api/webhooks/{_NUMBER}/{chat.access_token}"


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
    """Number and token, rate, then the message. Without ``wait=true`` it answers 204 before anything is posted."""
    match = _PATH.fullmatch(post.path)
    if match is None:
        return json_answer(404, message="Unknown Webhook", code=10015)
    if chat.access_token and match["token"] != chat.access_token:
        return json_answer(401, message="Invalid Webhook Token", code=50027)
    of_old = int(match["version"] or OLDEST) < 8
    if limited and blocked(post.at, recent, most=A_BURST, per=PAUSE):
        pause = (PAUSE - 0.25) * (1000 if of_old else 1)
        said = json_answer(429, message="You are being rate limited.", retry_after=pause, **{"global": False})
        return replace(said, headers=(("retry-after", str(int(PAUSE * (1000 if of_old else 1)))),))
    return _content(post, of_old=of_old)


def _content(post: Post, *, of_old: bool) -> ChatAnswer:
    body = post.json()
    if body is None:
        return json_answer(400, message="The request body contains invalid JSON.", code=50109)
    if not post.is_json or not (body.get("content") or body.get("embeds")):
        return json_answer(400, message="Cannot send an empty message", code=50006)
    for field, problem in _problems(body):
        if of_old:
            return ChatAnswer(400, json.dumps({field: ["0"]}))
        errors = {field: {"_errors": [{"code": problem, "message": "refused"}]}}
        return json_answer(400, message="Invalid Form Body", code=50035, errors=errors)
    if post.given("wait") != "true":
        return ChatAnswer(204, "", accepted=True)
    identity = str(int(post.at * 1000) << 22)
    return json_answer(accepted=True, id=identity, type=0, webhook_id=_NUMBER, content=body.get("content", ""))


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:
    """Who stands in `content`, in any markup, and may be pinged. Embeds ping no one."""
    allowed = body.get("allowed_mentions")
    found: list[str] = []
    for match in _PINGS.finditer(str(body.get("content", ""))):
        kind = str(match.lastgroup)
        person = match[kind]
        if not isinstance(allowed, dict) or kind in allowed.get("parse", _KINDS) or person in allowed.get(kind, []):
            found.append("all" if person == "everyone" else person)
    return tuple(dict.fromkeys(found))


def visible_text(body: dict[str, Any]) -> str:
    """Content, then the embeds."""
    texts = [str(body.get("content", ""))]
    for embed in body.get("embeds", []):
        texts.extend(embed[key] for key in ("title", "description") if embed.get(key))
        texts.extend(f"{field['name']}\n{field['value']}" for field in embed.get("fields", []))
        texts.append(embed.get("footer", {}).get("text", ""))
    return "\n".join(text for text in texts if text)


def _problems(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field that is not as it has to be, and Discord's word for it."""
    if utf16_length(body.get("content", "")) > MOST_IN_CONTENT:
        yield "content", "BASE_TYPE_MAX_LENGTH"
    embeds = body.get("embeds", [])
    if not isinstance(embeds, list) or not all(isinstance(embed, dict) for embed in embeds):
        yield "embeds", "LIST_TYPE_CONVERT"
        return
    if len(embeds) > MOST_EMBEDS:
        yield "embeds", "BASE_TYPE_BAD_LENGTH"
    for embed in embeds:
        yield from (("embeds", problem) for problem in _problems_of(embed))
    if sum(utf16_length(text) for embed in embeds for text in _counted(embed)) > MOST_IN_EMBEDS:
        yield "embeds", "MAX_EMBED_SIZE_EXCEEDED"
    yield from (("allowed_mentions", problem) for problem in _problems_of_mentions(body.get("allowed_mentions", {})))


def _problems_of(embed: dict[str, Any]) -> Iterator[str]:
    color = embed.get("color", 0)
    if not isinstance(color, int) or not 0 <= color <= 0xFFFFFF:
        yield "NUMBER_TYPE_MAX"
    if any(utf16_length(embed.get(key, "")) > most for key, most in _LONGEST.items()):
        yield "BASE_TYPE_MAX_LENGTH"
    if utf16_length(embed.get("footer", {}).get("text", "")) > _LONGEST_FOOTER:
        yield "BASE_TYPE_MAX_LENGTH"
    fields = embed.get("fields", [])
    if len(fields) > MOST_FIELDS:
        yield "BASE_TYPE_BAD_LENGTH"
    for field in fields:
        for key, most in _LONGEST_OF_FIELD.items():
            if not str(field.get(key, "")).strip():
                yield "BASE_TYPE_REQUIRED"
            elif utf16_length(field[key]) > most:
                yield "BASE_TYPE_MAX_LENGTH"


def _problems_of_mentions(allowed: Any) -> Iterator[str]:
    if not isinstance(allowed, dict):
        yield "DICT_TYPE_CONVERT"
        return
    if not set(allowed.get("parse", [])) <= set(_KINDS):
        yield "BASE_TYPE_CHOICES"
    for kind in ("users", "roles"):
        named = allowed.get(kind, [])
        if named and kind in allowed.get("parse", []):
            yield "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
        if len(set(named)) != len(named):
            yield "SET_TYPE_ALREADY_CONTAINS_VALUE"
        if len(named) > MOST_NAMED:
            yield "BASE_TYPE_MAX_LENGTH"
        if not all(isinstance(each, str) and each.isdigit() for each in named):
            yield "NUMBER_TYPE_COERCE"


def _counted(embed: dict[str, Any]) -> Iterator[str]:
    yield from (embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", ""))
    for field in embed.get("fields", []):
        yield from (field["name"], field["value"])
