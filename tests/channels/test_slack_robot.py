"""Reports delivered over real sockets to a webhook of Slack that looks into every block."""

from __future__ import annotations

import json
from typing import Any

import pytest

from refresh_watch.channels.contract import Temporary
from refresh_watch.channels.delivery.retry_policy import Finished, RetryLater
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from refresh_watch_emulator.chats import slack
from refresh_watch_emulator.chats.contract import ChatAnswer, Post
from tests.channels.delivering import channel_of, delivered
from tests.hand_clock import HandClock

TOKEN = "fake-token-of-oncall"
JSON = (("content-type", "application/json"),)
TEXT: dict[str, Any] = {"type": "mrkdwn", "text": "x", "verbatim": True}
SECTION = {"type": "section", "text": TEXT}


def _word(word: str, status: int = 400) -> ScriptedAnswer:
    return ScriptedAnswer(status, word, (("content-type", "text/html"),))


def _judged(body: object, headers: tuple[tuple[str, str], ...] = JSON) -> ChatAnswer:
    chat = slack.create_chat("oncall")
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return slack.receive(chat, Post("slack", "oncall", "", headers, raw, path=slack.address(chat)), (), limited=False)


def _with(**block: object) -> dict[str, Any]:
    return {"text": "title", "blocks": [block]}


def _text(length: int, kind: str = "mrkdwn") -> dict[str, str]:
    return {"type": kind, "text": "x" * length}


@pytest.mark.parametrize(
    ("words", "lowest"),
    [
        (["msg_blocks_too_long"], "attachments"),
        (["msg_blocks_too_long"] * 3, "text"),
        (["invalid_attachments"], "attachments"),
        (["invalid_blocks", "invalid_blocks"], "text"),
    ],
)
def test_what_slack_refuses_for_its_size_or_its_blocks_goes_down_the_ladder(
    wall: ChatWall, clock: HandClock, words: list[str], lowest: str
) -> None:
    wall.script("slack", "oncall", *map(_word, words))
    delivery = delivered(channel_of(wall, "slack"), clock)
    assert delivery.next == Finished()
    assert delivery.posts == len(words) + 1
    sizes = [len(post.raw) for post in wall.posts]
    assert sizes == sorted(set(sizes), reverse=True)
    (message,) = wall.messages
    assert lowest in message.body
    assert "failed 6/120" in slack.visible_text(message.body)
    assert ("attachments" in message.body) == (lowest == "attachments")


def test_a_message_whose_blocks_were_refused_is_sent_again_without_urls(wall: ChatWall, clock: HandClock) -> None:
    wall.script("slack", "oncall", _word("invalid_blocks"))
    assert delivered(channel_of(wall, "slack"), clock).next == Finished()
    assert "example.com" not in slack.visible_text(wall.messages[0].body)


def test_a_429_comes_back_after_the_pause_that_slack_asks_for(wall: ChatWall, clock: HandClock) -> None:
    wall.script("slack", "oncall", ScriptedAnswer(429, '{"ok":false,"error":"rate_limited"}', (("retry-after", "30"),)))
    delivery = delivered(channel_of(wall, "slack"), clock)
    assert delivery.posts == 1
    assert isinstance(delivery.outcome, Temporary)
    assert delivery.outcome.rate_limited
    assert isinstance(delivery.next, RetryLater)
    assert 30 <= delivery.next.after <= 60


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"no json", "invalid_payload"),
        ([], "invalid_payload"),
        ({"text": ["x"]}, "invalid_payload"),
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "attachments": [{"blocks": []}] * 101}, "too_many_attachments"),
        ({"text": "x", "blocks": [SECTION] * 51}, "invalid_blocks"),
        (_with(type="section"), "invalid_blocks"),
        (_with(type="section", text=_text(3001)), "invalid_blocks"),
        (_with(type="section", text=_text(0)), "invalid_blocks"),
        (_with(type="section", fields=[_text(2001)]), "invalid_blocks"),
        (_with(type="section", fields=[_text(1)] * 11), "invalid_blocks"),
        (_with(type="section", text={**TEXT, "emoji": False}), "invalid_blocks"),
        (_with(type="header", text=_text(151, "plain_text")), "invalid_blocks"),
        (_with(type="header", text=TEXT), "invalid_blocks"),
        (_with(type="context", elements=[]), "invalid_blocks"),
        (_with(type="context", elements=[TEXT] * 11), "invalid_blocks"),
        (_with(type="actions", elements=[{"type": "button", "text": TEXT, "url": "https://x"}]), "invalid_blocks"),
        (
            _with(type="actions", elements=[{"type": "button", "text": _text(1, "plain_text"), "url": "x y"}]),
            "invalid_blocks",
        ),
        (_with(type="card"), "invalid_blocks"),
        ({"text": "x", "attachments": [{"color": "red-ish", "blocks": [SECTION]}]}, "invalid_attachments"),
        ({"text": "x", "attachments": [{"blocks": [SECTION] * 51}]}, "invalid_attachments"),
        (
            {"text": "x", "attachments": [{"blocks": [{"type": "section", "text": _text(2999)}] * 5}]},
            "msg_blocks_too_long",
        ),
    ],
)
def test_the_webhook_refuses_what_slack_refuses(body: object, word: str) -> None:
    verdict = _judged(body)
    assert (verdict.status, verdict.body, verdict.accepted) == (400, word, False)


def test_the_webhook_takes_json_only() -> None:
    assert _judged({"text": "x"}, (("content-type", "text/plain"),)).body == "invalid_payload"
    assert _judged({"text": "x"}).accepted


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ({"text": "`<!here>` <@U024BE7LH|ann>"}, ("here", "U024BE7LH")),
        ({"text": "&lt;!here&gt; @here"}, ()),
        ({"text": "@here", "link_names": 1}, ("here",)),
        (_with(type="section", text={"type": "mrkdwn", "text": "@channel"}), ("all",)),
        (_with(type="section", text={**TEXT, "text": "@channel <!subteam^SAZ94GDB8>"}), ("SAZ94GDB8",)),
        (_with(type="header", text={"type": "plain_text", "text": "<!channel>"}), ()),
        ({"text": "x", "attachments": [{"blocks": [{**SECTION, "text": {**TEXT, "text": "<!everyone>"}}]}]}, ("all",)),
        (_with(type="section", fields=[{**TEXT, "text": "<@W024BE7LH>"}]), ("W024BE7LH",)),
    ],
)
def test_whoever_slack_would_notify_counts_as_mentioned(body: dict[str, Any], mentioned: tuple[str, ...]) -> None:
    assert slack.mentioned(body) == mentioned
