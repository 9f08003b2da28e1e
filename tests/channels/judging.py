"""A request that was rendered, judged by the stand-in of its vendor: without sockets, so that thousands can be."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.channels.delivery.outcome import Request
from refresh_watch.channels.registry import adapter
from refresh_watch.deployment import Deployment
from refresh_watch.report import Report
from refresh_watch.settings import ChannelSetting, read_channels
from refresh_watch_emulator.chat_wall import chat_kind
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post
from tests.channels.delivering import ALLOWED

NOW = 1_800_000_000.0
HERE = Deployment("prod", "cn-hangzhou", "1234567890123456")


def setting(kind: str, chat: Chat, **more: object) -> ChannelSetting:
    """The channel that posts to a robot."""
    url = f"http://127.0.0.1:1/{kind}/{chat.name}{chat_kind(kind).address(chat)}"
    entry = {"name": "oncall", "kind": kind, "url": url, "secret": chat.secret, "keyword": chat.keyword, **more}
    (channel,) = read_channels(json.dumps([{key: value for key, value in entry.items() if value}]), ALLOWED)
    adapter(kind).check(channel)
    return channel


def rendered(report: Report, channel: ChannelSetting, *, language: str = "en", step: int = 0) -> Request:
    """What would be sent."""
    return adapter(channel.kind).render(report, channel, language=language, deployment=HERE, now=NOW, step=step)


def post_of(channel: ChannelSetting, request: Request) -> Post:
    """The request as its robot gets it."""
    parts = urlsplit(request.url)
    _, kind, name, *rest = parts.path.split("/", 3)
    path = "".join(f"/{each}" for each in rest)
    return Post(kind, name, parts.query, request.headers, request.body, at=NOW, path=path)


def judged(channel: ChannelSetting, chat: Chat, request: Request) -> ChatAnswer:
    """What the robot answers to a request that comes first."""
    return chat_kind(channel.kind).receive(chat, post_of(channel, request), (), limited=True)


def body_of(channel: ChannelSetting, request: Request) -> dict[str, Any]:
    """The request's body; every kind sends a JSON object."""
    body = post_of(channel, request).json()
    assert body is not None
    return body
