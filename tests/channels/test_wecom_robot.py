"""Reports delivered over sockets to a WeCom robot that checks, refuses and limits as the real one does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from refresh_watch.channels.delivery.retry_policy import Finished
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from refresh_watch_emulator.chats import wecom
from refresh_watch_emulator.chats.contract import Post
from tests.channels.delivering import channel_of, delivered
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import EVERY_KIND

CHAT = wecom.create_chat("oncall")


def _refusal(code: int, message: str) -> ScriptedAnswer:
    return ScriptedAnswer(200, json.dumps({"errcode": code, "errmsg": message}))


def _answered(body: object, **changed: Any) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    post = Post("wecom", "oncall", f"key={CHAT.access_token}", (), raw, path="/cgi-bin/webhook/send")
    code: int = json.loads(wecom.receive(CHAT, replace(post, **changed), (), limited=True).body)["errcode"]
    return code


def _text(content: str, **lists: Any) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content, **lists}}


def _markdown(content: str) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"content": content}}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("people", [("zhangsan",), ("zhangsan", "all"), ("zhangsan", "13800001111")])
def test_every_report_is_delivered_once_and_failures_mention_people(
    wall: ChatWall, clock: HandClock, language: str, people: tuple[str, ...]
) -> None:
    channel = channel_of(wall, "wecom", mention=list(people), language=language)
    for report in EVERY_KIND:
        delivery = delivered(channel, clock, report)
        assert (delivery.next, delivery.posts) == (Finished(), 1)
    failures = [report.counts.failed > 0 or report.kind.value == "broken" for report in EVERY_KIND]
    assert [message.mentioned for message in wall.messages] == [people if failure else () for failure in failures]


@pytest.mark.parametrize("people", [["zhangsan"], ["13800001111"]])
def test_a_message_that_is_too_large_goes_down_the_ladder(wall: ChatWall, clock: HandClock, people: list[str]) -> None:
    too_large = _refusal(40058, "markdown.content exceed max length 4096. invalid Request Parameter")
    wall.script("wecom", "oncall", too_large, too_large, too_large)
    delivery = delivered(channel_of(wall, "wecom", mention=people), clock)
    assert (delivery.next, delivery.posts) == (Finished(), 4)
    sizes = [len(post.raw) for post in wall.posts]
    assert sizes == sorted(set(sizes), reverse=True)
    (message,) = wall.messages
    assert message.body["msgtype"] == "text"
    assert "failed 6/120" in message.body["text"]["content"]
    assert message.mentioned == tuple(people)


@pytest.mark.parametrize(
    ("body", "changed", "code"),
    [
        (_text("刷" * 682), {}, 0),
        (_text("刷" * 683), {}, 40058),
        (_markdown("x" * 4096), {}, 0),
        (_markdown("x" * 4097), {}, 40058),
        (_text("hello", mentioned_list="zhangsan"), {}, 40058),
        (_text(" "), {}, 44004),
        ({"msgtype": "markdown", "text": {"content": "x"}}, {}, 44004),
        ({"msgtype": "postcard", "postcard": {}}, {}, 40008),
        (b"[]", {}, 47001),
        (_text("hello"), {"query": "key=another"}, 93000),
        (_text("hello"), {"path": "/cgi-bin/message/send"}, 93000),
    ],
)
def test_the_stand_in_refuses_what_the_robot_refuses(body: object, changed: dict[str, Any], code: int) -> None:
    assert _answered(body, **changed) == code


@pytest.mark.parametrize(
    ("body", "people"),
    [
        (
            _text("x", mentioned_list=["li", "@all"], mentioned_mobile_list=["13800001111"]),
            ("li", "all", "13800001111"),
        ),
        (_text("`<@zhangsan>`"), ("zhangsan",)),
        (_markdown("**<@zhangsan>** `<@all>`"), ("zhangsan", "all")),
        ({"msgtype": "markdown", "markdown": {"content": "x", "mentioned_list": ["li"]}}, ()),
        (_markdown("@zhangsan @all ＜@li> < @li> &lt;@li&gt;"), ()),
    ],
)
def test_the_stand_in_finds_everyone_whom_a_message_mentions(body: dict[str, Any], people: tuple[str, ...]) -> None:
    assert wecom.mentioned(body) == people
