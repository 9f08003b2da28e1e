"""A Telegram bot's sendMessage in one group (core.telegram.org/bots/api#sendmessage, "Formatting options")."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any

from refresh_watch.instants import Instant
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, blocked, json_answer, utf16_length

MOST_UNITS = 4096
A_MINUTE = 20
CHAT = "-1001234567890"
BOT = "123456"

_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<tag>[A-Za-z-]+)(?P<attributes>(?:\s[^<>]*)?)>|&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);|<"
)
_TAGS = ("b", "strong", "i", "em", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler")
_USERNAME = re.compile(r"(?<![\w@])@[A-Za-z]\w{2,31}")


class _Malformed(Exception):
    """The markup cannot be parsed."""


@dataclass(frozen=True)
class _Span:
    """A formatted part of the text; `start` and `end` count characters."""

    kind: str
    start: int
    end: int
    target: str = ""


def create_chat(name: str) -> Chat:
    """A bot with a fake token of its own."""
    return Chat("telegram", name, access_token=f"{BOT}:fake-token-of-{name}")


def address(chat: Chat) -> str:
    """The token stands in the path, the chat in the query."""
    return f"/bot{chat.access_token}/sendMessage?chat_id={CHAT}"


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
    """Token, rate, chat, then the text as its markup is parsed."""
    bot = re.fullmatch(r"/bot(\d+:[\w-]+)/sendMessage", post.path)
    if bot is None:
        return _refusal(404, "Not Found")
    if chat.access_token and bot.group(1) != chat.access_token:
        return _refusal(401, "Unauthorized")
    if limited and blocked(post.at, recent, most=A_MINUTE, per=60.0):
        wait = max(1, round(60 - (post.at - recent[-A_MINUTE])))
        return _refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    body = post.json() if post.is_json else {}
    if body is None:
        return _refusal(400, "Bad Request: can't parse JSON object")
    if str(body.get("chat_id", post.given("chat_id"))) != CHAT:
        return _refusal(400, "Bad Request: chat not found")
    return _text(body, post.at)


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:
    """@username wherever it is neither code nor a link, and each link or entity that names a user by number."""
    text, spans = _parsed(body)
    inert = [span for span in spans if span.kind in ("code", "pre", "a")]
    found = [
        (match.start(), match.group())
        for match in _USERNAME.finditer(text)
        if not any(span.start <= match.start() < span.end for span in inert)
    ]
    found += [
        (span.start, span.target.removeprefix("tg://user?id="))
        for span in spans
        if span.kind == "user" or span.target.startswith("tg://user?id=")
    ]
    return tuple(person for _, person in sorted(found))


def visible_text(body: dict[str, Any]) -> str:
    """The text as it is read, without its markup."""
    return _parsed(body)[0]


def _text(body: dict[str, Any], at: Instant) -> ChatAnswer:
    if not isinstance(body.get("text"), str) or not isinstance(body.get("entities", []), list):
        return _refusal(400, "Bad Request: message text is empty")
    if body.get("parse_mode", "HTML") != "HTML":
        return _refusal(400, "Bad Request: unsupported parse_mode")
    try:
        text = _parsed(body)[0]
    except _Malformed as error:
        return _refusal(400, f"Bad Request: can't parse entities: {error}")
    if not text.strip():
        return _refusal(400, "Bad Request: message text is empty")
    if utf16_length(text) > MOST_UNITS:
        return _refusal(400, "Bad Request: message is too long")
    sender = {"id": int(BOT), "is_bot": True, "first_name": "refresh-watch"}
    chat = {"id": int(CHAT), "title": "on-call", "type": "supergroup"}
    return json_answer(
        accepted=True, ok=True, result={"message_id": 7, "from": sender, "chat": chat, "date": int(at), "text": text}
    )


def _parsed(body: dict[str, Any]) -> tuple[str, list[_Span]]:
    """The text that is read, and what is formatted in it. Raises _Malformed."""
    if body.get("parse_mode") == "HTML":
        return _of_html(str(body["text"]))
    text = str(body["text"])
    units = text.encode("utf-16-le")
    spans = []
    for entity in body.get("entities", []):
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if not 0 <= start < end <= len(units) // 2:
            raise _Malformed("entity beyond the end of the message")
        before = len(units[: 2 * start].decode("utf-16-le"))
        length = len(units[2 * start : 2 * end].decode("utf-16-le"))
        user = entity["type"] == "text_mention"
        target = str(entity["user"]["id"]) if user else ""
        spans.append(_Span("user" if user else str(entity["type"]), before, before + length, target))
    return text, spans


def _of_html(source: str) -> tuple[str, list[_Span]]:
    text, at = "", 0
    spans: list[_Span] = []
    opened: list[_Span] = []
    for token in _TOKEN.finditer(source):
        text += source[at : token.start()]
        at = token.end()
        tag = token.group("tag")
        if token.group() == "<" or (tag and tag not in _TAGS):
            raise _Malformed(
                f'Unsupported start tag "{tag or ""}" at byte offset {len(source[: token.start()].encode())}'
            )
        if not tag:
            text += html.unescape(token.group())
        elif not token.group("end"):
            if opened and opened[-1].kind in ("code", "pre"):
                raise _Malformed(f'Nested tag "{tag}" in code')
            target = re.fullmatch(r'\s+href="([^"]*)"', token.group("attributes"))
            if token.group("attributes").strip() and not (tag == "a" and target):
                raise _Malformed(f'Unexpected attribute of "{tag}"')
            opened.append(_Span(tag, len(text), 0, html.unescape(target.group(1)) if target else ""))
        elif not opened or opened[-1].kind != tag:
            raise _Malformed(f'Unexpected end tag "{tag}"')
        else:
            begun = opened.pop()
            spans.append(_Span(tag, begun.start, len(text), begun.target))
    if opened:
        raise _Malformed(f'Can\'t find end tag corresponding to start tag "{opened[-1].kind}"')
    return text + source[at:], spans


def _refusal(code: int, description: str, **parameters: Any) -> ChatAnswer:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return ChatAnswer(code, json.dumps(body | ({"parameters": parameters} if parameters else {})))
