"""A request that was rendered, judged by the stand-in of its vendor: without sockets, so that thousands can be."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, create_draft
from refresh_watch.channels.registry import adapter
from refresh_watch.deployment import Deployment
from refresh_watch.instants import Instant
from refresh_watch.report import Report
from refresh_watch.reports.message import Message
from refresh_watch.settings import ChannelSetting, read_channels
from refresh_watch_emulator.chat_wall import chat_kind
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post
from tests.channels.delivering import ALLOWED
from tests.unit.reports.sample_reports import PARTLY_FAILED

NOW = 1_800_000_000.0
HERE = Deployment("prod", "cn-hangzhou", "1234567890123456")


def setting(kind: str, chat: Chat, **more: object) -> ChannelSetting:
    """The channel that posts to a chat."""
    url = f"http://127.0.0.1:1/{kind}/{chat.name}{chat_kind(kind).address(chat)}"
    entry = {"name": "oncall", "kind": kind, "url": url, "secret": chat.secret, "keyword": chat.keyword, **more}
    (channel,) = read_channels(json.dumps([{key: value for key, value in entry.items() if value}]), ALLOWED)
    adapter(kind).check(channel)
    return channel


def rendered(
    report: Report,
    channel: ChannelSetting,
    *,
    language: str = "en",
    step: int = 0,
    deployment: Deployment = HERE,
    now: Instant = NOW,
) -> ChannelRequest:
    """What would be sent."""
    draft = create_draft(report, channel, language=language, deployment=deployment, now=now)
    return adapter(channel.kind).render(draft, step)


def written(message: Message, channel: ChannelSetting, step: int = 0) -> dict[str, Any]:
    """The body of a message that no report leads to."""
    draft = Draft(PARTLY_FAILED, message, channel, HERE, NOW)
    return body_of(channel, adapter(channel.kind).render(draft, step))


def post_of(channel: ChannelSetting, request: ChannelRequest) -> Post:
    """The request as its chat gets it."""
    parts = urlsplit(request.url)
    _, kind, name, *rest = parts.path.split("/", 3)
    path = "".join(f"/{each}" for each in rest)
    return Post(kind, name, parts.query, request.headers, request.body, at=NOW, path=path)


def judged(channel: ChannelSetting, chat: Chat, request: ChannelRequest) -> ChatAnswer:
    """What the chat answers to a request that comes first."""
    return chat_kind(channel.kind).receive(chat, post_of(channel, request), (), limited=True)


def taken(channel: ChannelSetting, chat: Chat, request: ChannelRequest) -> dict[str, Any]:
    """The body of a request to the vendor's own host, which the vendor's stand-in takes."""
    parts = urlsplit(request.url)
    post = Post(channel.kind, chat.name, parts.query, request.headers, request.body, request.made_at, path=parts.path)
    verdict = chat_kind(channel.kind).receive(chat, post, (), limited=True)
    assert verdict.accepted, verdict.body
    body: dict[str, Any] = json.loads(request.body)
    return body


def body_of(channel: ChannelSetting, request: ChannelRequest) -> dict[str, Any]:
    """The request's body; every kind sends a JSON object."""
    body = post_of(channel, request).json()
    assert body is not None
    return body
