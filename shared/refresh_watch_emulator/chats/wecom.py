"""A WeCom group robot: every answer is a 200 (developer.work.weixin.qq.com, 91770 and 99110).

It has no signature and no keyword: the key is all that it checks.
"""

from __future__ import annotations

import re
from typing import Any

from refresh_watch.instants import Instant
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, blocked, json_answer

A_MINUTE = 20
MOST_BYTES = {"text": 2048, "markdown": 4096}

_MENTION = re.compile(r"<@([^<>\s]+)>")  # read in text and in markdown
_LISTS = ("mentioned_list", "mentioned_mobile_list")


def create_chat(name: str) -> Chat:
    """A robot with a fake key of its own."""
    return Chat("wecom", name, access_token=f"fake-key-of-{name}")


def address(chat: Chat) -> str:
    """The key stands in the query."""
    return f"/cgi-bin/webhook/send?key={chat.access_token}"


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
    """Key, rate, then content."""
    if post.path != "/cgi-bin/webhook/send" or (chat.access_token and post.given("key") != chat.access_token):
        return _refusal(93000, "invalid webhook url, hint: [fake-hint], from ip: 203.0.113.7")
    if limited and blocked(post.at, recent, most=A_MINUTE, per=60.0):
        return _refusal(45009, "api freq out of limit")
    body = post.json()
    if body is None:
        return _refusal(47001, "data format error")
    kind = body.get("msgtype")
    if kind not in MOST_BYTES:
        return _refusal(40008, "invalid message type")
    return _content(str(kind), body.get(str(kind)))


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:
    """The people in the lists of a text, and those named as <@…> in a text or in markdown."""
    part = _part(body)
    listed = [str(who) for name in _LISTS for who in part.get(name) or []] if body.get("msgtype") == "text" else []
    named = (*listed, *_MENTION.findall(visible_text(body)))
    return tuple("all" if who == "@all" else who for who in named)


def visible_text(body: dict[str, Any]) -> str:
    """Text or markdown."""
    return str(_part(body).get("content") or "")


def _part(body: dict[str, Any]) -> dict[str, Any]:
    part = body.get(str(body.get("msgtype")))
    return part if isinstance(part, dict) else {}


def _content(kind: str, part: Any) -> ChatAnswer:
    content = part.get("content") if isinstance(part, dict) else None
    if not isinstance(content, str) or not content.strip():
        return _refusal(44004, "empty content")
    most = MOST_BYTES[kind]
    if len(content.encode()) > most:
        words = f"{kind}.content exceed max length {most}. invalid Request Parameter, hint: [fake-hint]"
        return _refusal(40058, words)
    for name in _LISTS:
        people = part.get(name, [])
        if not isinstance(people, list) or not all(isinstance(who, str) and who for who in people):
            return _refusal(40058, f"{kind}.{name} invalid Request Parameter, hint: [fake-hint]")
    return json_answer(accepted=True, errcode=0, errmsg="ok")


def _refusal(code: int, message: str) -> ChatAnswer:
    return json_answer(errcode=code, errmsg=message)
