"""A Feishu bot that refuses a card, and what the stand-in of the bot takes, refuses and mentions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from refresh_watch.channels.delivery.retry_policy import Finished
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from refresh_watch_emulator.chats import feishu
from refresh_watch_emulator.chats.contract import Post
from tests.channels.delivering import channel_of, delivered
from tests.hand_clock import HandClock

CHAT = replace(feishu.create_chat("oncall"), secret="")
TEXT = {"msg_type": "text", "content": {"text": "hello"}}


def _refusal(code: int, message: str, status: int = 200) -> ScriptedAnswer:
    return ScriptedAnswer(status, json.dumps({"code": code, "msg": message, "data": {}}))


def _answered(body: object, **changed: Any) -> tuple[int, dict[str, Any]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = (("content-type", "application/json"),)
    post = Post("feishu", "oncall", "", headers, raw, at=1_700_000_000.0, path=feishu.address(CHAT))
    verdict = feishu.receive(changed.pop("chat", CHAT), replace(post, **changed), (), limited=True)
    return verdict.status, json.loads(verdict.body)


def _card(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    title = {"tag": "plain_text", "content": "title"}
    card = {"schema": "2.0", "header": {"title": title, "template": "red"}, "body": {"elements": list(elements)}}
    return {"msg_type": "interactive", "card": {**card, **more}}


MARKDOWN = {"tag": "markdown", "content": "words"}


def test_a_card_that_is_refused_is_sent_again_without_urls_and_then_as_text(wall: ChatWall, clock: HandClock) -> None:
    bad_card = _refusal(11246, "Failed to create card content, ext=ErrCode: 200621; ErrMsg: parse card json err")
    wall.script("feishu", "oncall", bad_card, _refusal(9499, "Bad Request", 400))
    delivery = delivered(channel_of(wall, "feishu"), clock)
    assert delivery.next == Finished()
    assert delivery.posts == 3
    (message,) = wall.messages
    assert message.body["msg_type"] == "text"
    assert "failed 6/120" in message.body["content"]["text"]


@pytest.mark.parametrize(
    ("body", "changed", "status", "code"),
    [
        (TEXT, {}, 200, 0),
        (_card(MARKDOWN), {}, 200, 0),
        (TEXT, {"path": "/open-apis/bot/v2/hook/another"}, 200, 19001),
        (b"{", {}, 400, 9499),
        (TEXT, {"headers": (("content-type", "text/plain"),)}, 400, 9499),
        ({"msg_type": "text", "content": {"text": ""}}, {}, 400, 9499),
        ({"msg_type": "text", "content": {"text": "x" * 20_000}}, {}, 200, 19036),
        ({"msg_type": "postcard"}, {}, 200, 19002),
        ({**TEXT, "timestamp": "1700000000", "sign": "AAAA"}, {"chat": feishu.create_chat("oncall")}, 200, 19021),
        (TEXT, {"chat": replace(CHAT, keyword="刷新通知")}, 200, 19024),
        (_card(MARKDOWN, schema="1.0"), {}, 200, 11246),
        (_card(), {}, 200, 11246),
        (_card({**MARKDOWN, "text_color": "red"}), {}, 200, 11246),
        (_card({"tag": "note", "elements": []}), {}, 200, 11246),
        (_card(MARKDOWN, elements=[MARKDOWN]), {}, 200, 11246),
        (_card({"tag": "button", "text": {"tag": "plain_text", "content": "go"}, "behaviors": []}), {}, 200, 11246),
    ],
)
def test_the_stand_in_refuses_what_the_bot_refuses(
    body: object, changed: dict[str, Any], status: int, code: int
) -> None:
    answered, said = _answered(body, **changed)
    assert (answered, said["code"]) == (status, code)


def test_a_signature_is_good_for_an_hour_and_only_with_its_own_timestamp() -> None:
    # the vector of the guide's own sample
    signed = {**TEXT, "timestamp": "1599360473", "sign": "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="}
    chat = replace(CHAT, secret="demo")
    assert _answered(signed, chat=chat, at=1599360473.0)[1]["code"] == 0
    assert _answered(signed, chat=chat, at=1599364073.0)[1]["code"] == 0
    assert _answered(signed, chat=chat, at=1599364074.0)[1]["code"] == 19021
    assert _answered({**signed, "timestamp": "1599360474"}, chat=chat, at=1599360473.0)[1]["code"] == 19021
    assert _answered({**signed, "timestamp": 1599360473}, chat=chat, at=1599360473.0)[1]["code"] == 19021


@pytest.mark.parametrize(
    ("body", "people"),
    [
        (
            {"msg_type": "text", "content": {"text": 'hi <at user_id="ou_1">x</at><AT user_id=all></AT>'}},
            ("ou_1", "all"),
        ),
        (_card({**MARKDOWN, "content": "`<at id=ou_1></at>` <at ids=ou_2,ou_3></at>"}), ("ou_1", "ou_2", "ou_3")),
        (_card({**MARKDOWN, "content": "<at email='a@example.com'></at>"}), ("a@example.com",)),
        (_card({**MARKDOWN, "content": "&#60;at id=all&#62; ＜at id=all>＜/at> @all"}), ()),
        (_card(MARKDOWN, header={"title": {"tag": "plain_text", "content": "<at id=all></at>"}}), ()),
    ],
)
def test_the_stand_in_finds_everyone_whom_a_message_mentions(body: dict[str, Any], people: tuple[str, ...]) -> None:
    assert feishu.mentioned(body) == people


@pytest.mark.parametrize(("apart", "code"), [(0.61, 0), (0.59, 11232)])
def test_the_stand_in_takes_a_hundred_posts_a_minute(apart: float, code: int) -> None:
    now = 1_700_000_000.0
    recent = tuple(now - apart * place for place in range(100, 0, -1))
    headers = (("content-type", "application/json"),)
    post = Post("feishu", "oncall", "", headers, json.dumps(TEXT).encode(), at=now, path=feishu.address(CHAT))
    assert json.loads(feishu.receive(CHAT, post, recent, limited=True).body)["code"] == code
