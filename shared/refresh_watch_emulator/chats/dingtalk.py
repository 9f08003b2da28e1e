"""A DingTalk custom robot: every answer is a 200 (open.dingtalk.com, custom robot access)."""

from __future__ import annotations

import re
from typing import Any

from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, blocked, is_signed, json_answer

MOST_BYTES = 20_000
A_MINUTE = 20
BLOCK: Seconds = 600.0
SKEW: Seconds = 3600.0

_UNKNOWN_TAG = re.compile(r"</?(?!font\b)[A-Za-z][^<>]*>", re.IGNORECASE)


def create_chat(name: str) -> Chat:
    """A robot with fake secrets of its own."""
    return Chat("dingtalk", name, secret=f"SEC-fake-secret-of-{name}", access_token=f"fake-token-of-{name}")


def address(chat: Chat) -> str:
    """The token stands in the query."""
    return f"?access_token={chat.access_token}"


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
    """Token, rate, signature, then content; the 21st post within a minute blocks the robot for ten minutes."""
    if chat.access_token and post.given("access_token") != chat.access_token:
        return _refusal(300005, "token is not exist")
    if limited and blocked(post.at, recent, most=A_MINUTE, per=60.0, block=BLOCK):
        return _refusal(130101, "send too fast, exceed 20 times per minute")
    if chat.secret:
        timestamp = post.given("timestamp")
        if not timestamp.isdigit() or abs(int(timestamp) / 1000 - post.at) > SKEW:
            return _refusal(310000, "invalid timestamp")
        if not is_signed(post.given("sign"), chat.secret, f"{timestamp}\n{chat.secret}".encode()):
            return _refusal(310000, "sign not match")
    return _content(chat, post)


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:
    """Who is named in `at` and written as @… in the text."""
    at = body.get("at") or {}
    text = visible_text(body)
    named = [*at.get("atMobiles", []), *at.get("atUserIds", []), *(["all"] if at.get("isAtAll") else [])]
    return tuple(person for person in named if person == "all" or f"@{person}" in text)


def visible_text(body: dict[str, Any]) -> str:
    """Text or markdown, of which a phone shows nothing where a tag of HTML is in it, in code too; the title stands in
    the notification only."""
    part = body.get(str(body.get("msgtype"))) or {}
    text = str(part.get("text") or part.get("content") or "")
    return "" if body.get("msgtype") == "markdown" and _UNKNOWN_TAG.search(text) else text


def _content(chat: Chat, post: Post) -> ChatAnswer:
    if not post.is_json:
        return _refusal(43004, "require Content-Type application/json")
    if len(post.raw) > MOST_BYTES:
        return _refusal(460101, "message too long, exceed 20000 bytes")
    body = post.json()
    if body is None or body.get("msgtype") not in ("text", "markdown"):
        return _refusal(400105, "unsupported msgtype")
    part = body.get(body["msgtype"])
    wanted = {"text": ("content",), "markdown": ("title", "text")}[body["msgtype"]]
    if not isinstance(part, dict) or not all(isinstance(part.get(key), str) and part[key] for key in wanted):
        return _refusal(40035, "missing parameter")
    if chat.keyword and chat.keyword not in visible_text(body):
        return _refusal(310000, "keywords not in content")
    return json_answer(accepted=True, errcode=0, errmsg="ok")


def _refusal(code: int, message: str) -> ChatAnswer:
    return json_answer(errcode=code, errmsg=message)
