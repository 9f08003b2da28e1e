"""The stand-in chats refuse what the real ones refuse, and find whom the real ones would notify."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from refresh_watch_emulator.chat_wall import chat_kind
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post
from tests.channels.chat_bodies import (
    CARD,
    DINGTALK_TEXT,
    DISCORD,
    EVENT,
    FEISHU_TEXT,
    LOST,
    MARKDOWN,
    MENTIONS,
    REFUSED,
    SIGNED,
    card,
    embed,
    teams_message,
    wecom,
    wecom_markdown,
)

JSON = (("content-type", "application/json"),)
NOW = 1_700_000_000.0


def _chat(kind: str) -> Chat:
    """A chat that checks no signature."""
    chat = chat_kind(kind).create_chat("oncall")
    return replace(chat, secret="") if kind in ("dingtalk", "feishu") else chat


def _answered(kind: str, body: object, *, chat: Chat | None = None, **changed: Any) -> ChatAnswer:
    """What a chat answers to a body, or to bytes; `changed` are fields of the post."""
    chat = chat or _chat(kind)
    path, _, query = chat_kind(kind).address(chat).partition("?")
    if kind == "discord":
        path, query = path.replace("/api/", "/api/v10/"), "wait=true"
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    post = Post(kind, "oncall", query, JSON, raw, at=NOW, path=path)
    return chat_kind(kind).receive(chat, replace(post, **changed), (), limited=True)


@pytest.mark.parametrize(("body", "field", "problem"), DISCORD)
def test_a_webhook_of_discord_names_the_field_that_it_refuses(body: dict[str, Any], field: str, problem: str) -> None:
    verdict = _answered("discord", body)
    assert (verdict.status, verdict.accepted) == (400, False)
    assert json.loads(verdict.body)["errors"][field]["_errors"][0]["code"] == problem


def test_a_webhook_of_discord_proves_a_post_and_says_why_not_only_as_it_is_asked() -> None:
    assert json.loads(_answered("discord", {"content": "x"}).body)["content"] == "x"
    assert _answered("discord", {"content": "x"}, query="").status == 204
    without_version = chat_kind("discord").address(_chat("discord"))
    assert json.loads(_answered("discord", embed(title="x" * 257), path=without_version).body) == {"embeds": ["0"]}


@pytest.mark.parametrize("lost", LOST, ids=lambda lost: json.dumps(lost)[:60])
def test_what_is_no_card_is_answered_by_teams_with_202_and_lost(lost: dict[str, Any]) -> None:
    verdict = _answered("teams", lost)
    assert (verdict.status, verdict.accepted) == (202, False)


@pytest.mark.parametrize(
    ("kind", "body", "changed", "said"), [(kind, *row) for kind, rows in REFUSED.items() for row in rows]
)
def test_a_chat_refuses_what_the_real_one_refuses(kind: str, body: object, changed: dict[str, Any], said: str) -> None:
    verdict = _answered(kind, body, **changed)
    assert not verdict.accepted
    assert said in verdict.body
    assert verdict.status == (200 if kind in ("dingtalk", "wecom") or said[:2] in ("19", "11") else 400)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("dingtalk", DINGTALK_TEXT),
        ("discord", {"content": "x"}),
        ("feishu", FEISHU_TEXT),
        ("feishu", card(MARKDOWN)),
        ("pagerduty", EVENT),
        ("slack", {"text": "x"}),
        ("teams", teams_message(CARD)),
        ("wecom", wecom("刷" * 682)),
        ("wecom", wecom_markdown("x" * 4096)),
    ],
)
def test_a_chat_takes_what_the_real_one_takes(kind: str, body: dict[str, Any]) -> None:
    assert _answered(kind, body).accepted


def test_a_signature_of_feishu_is_good_for_an_hour_and_only_with_its_own_timestamp() -> None:
    # the vector of the guide's own sample
    signed = {**FEISHU_TEXT, "timestamp": "1599360473", "sign": "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="}
    chat = replace(SIGNED, secret="demo")
    for body, at, taken in (
        (signed, 1599360473.0, True),
        (signed, 1599364073.0, True),
        (signed, 1599364074.0, False),
        ({**signed, "timestamp": "1599360474"}, 1599360473.0, False),
        ({**signed, "timestamp": 1599360473}, 1599360473.0, False),
    ):
        assert _answered("feishu", body, chat=chat, at=at).accepted is taken


@pytest.mark.parametrize(("apart", "code"), [(0.61, 0), (0.59, 11232)])
def test_a_bot_of_feishu_takes_a_hundred_posts_a_minute(apart: float, code: int) -> None:
    chat = _chat("feishu")
    recent = tuple(NOW - apart * place for place in range(100, 0, -1))
    post = Post(
        "feishu", "oncall", "", JSON, json.dumps(FEISHU_TEXT).encode(), NOW, path=chat_kind("feishu").address(chat)
    )
    assert json.loads(chat_kind("feishu").receive(chat, post, recent, limited=True).body)["code"] == code


@pytest.mark.parametrize(("kind", "body", "people"), MENTIONS)
def test_those_whom_the_vendor_would_notify_count_as_mentioned(
    kind: str, body: dict[str, Any], people: tuple[str, ...]
) -> None:
    assert chat_kind(kind).mentioned(body) == people
