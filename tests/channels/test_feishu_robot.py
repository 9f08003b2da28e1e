"""Reports delivered over sockets to Feishu and Lark bots that check, refuse and limit as the real ones do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from refresh_watch.channels.contract import ContentRejected, Permanent, Temporary
from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished, RetryLater
from refresh_watch.settings import Secret
from refresh_watch_emulator.chat_wall import Answer, ChatWall
from refresh_watch_emulator.chats import feishu
from refresh_watch_emulator.chats.contract import Post
from tests.channels.delivering import channel_of, delivered, with_url
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import EVERY_KIND

CHAT = replace(feishu.create_chat("oncall"), secret="")
TEXT = {"msg_type": "text", "content": {"text": "hello"}}


def _refusal(code: int, message: str, status: int = 200) -> Answer:
    return Answer(status, json.dumps({"code": code, "msg": message, "data": {}}))


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


@pytest.mark.parametrize("kind", ["feishu", "lark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_report_is_delivered_and_failures_mention_people(
    wall: ChatWall, clock: HandClock, kind: str, language: str
) -> None:
    wall.chat(kind, "oncall", keyword="刷新通知")
    channel = channel_of(wall, kind, mention=["ou_fake0001", "all"], language=language)
    for report in EVERY_KIND:
        assert delivered(channel, clock, report).next == Finished()
        clock.sleep(1.0)
    failures = [report.counts.failed > 0 or report.kind.value == "broken" for report in EVERY_KIND]
    assert [message.mentioned for message in wall.messages] == [("ou_fake0001", "all") if f else () for f in failures]


def test_a_card_that_is_refused_is_sent_again_without_urls_and_then_as_text(wall: ChatWall, clock: HandClock) -> None:
    bad_card = _refusal(11246, "Failed to create card content, ext=ErrCode: 200621; ErrMsg: parse card json err")
    wall.script("feishu", "oncall", bad_card, _refusal(9499, "Bad ChannelRequest", 400))
    delivery = delivered(channel_of(wall, "feishu"), clock)
    assert delivery.next == Finished()
    assert delivery.posts == 3
    (message,) = wall.messages
    assert message.body["msg_type"] == "text"
    assert "failed 6/120" in message.body["content"]["text"]


def test_a_message_that_is_too_large_goes_down_the_ladder(wall: ChatWall, clock: HandClock) -> None:
    wall.script("feishu", "oncall", *[_refusal(19036, "too large, max 30KB")] * 3)
    assert delivered(channel_of(wall, "feishu"), clock).posts == 4
    sizes = [len(post.raw) for post in wall.posts]
    assert sizes == sorted(set(sizes), reverse=True)


def test_a_bot_that_takes_not_even_text_is_given_up(wall: ChatWall, clock: HandClock) -> None:
    wall.script("feishu", "oncall", *[_refusal(9499, "Bad ChannelRequest")] * 3)
    delivery = delivered(channel_of(wall, "feishu"), clock)
    assert isinstance(delivery.outcome, ContentRejected)
    assert isinstance(delivery.next, Abandoned)


def test_a_wrong_secret_keyword_or_hook_is_given_up_with_the_setting_to_repair(
    wall: ChatWall, clock: HandClock
) -> None:
    wall.chat("feishu", "oncall", keyword="刷新通知")
    right = channel_of(wall, "feishu")
    wrong = {
        "`secret`": replace(right, secret=Secret("fake-secret-of-another")),
        "`keyword`": replace(right, keyword=""),
        "`url`": with_url(right, right.url.value.replace("fake-hook-of-oncall", "fake-hook-of-nobody")),
    }
    for setting, channel in wrong.items():
        delivery = delivered(channel, clock)
        assert isinstance(delivery.outcome, Permanent)
        assert isinstance(delivery.next, Abandoned)
        assert setting in delivery.next.why
        assert "fake" not in delivery.next.why
    assert wall.messages == ()


@pytest.mark.parametrize("burst", [(5, 0.0), (100, 0.5)], ids=["a second", "a minute"])
def test_a_bot_that_is_posted_to_too_fast_is_left_alone_for_a_minute(
    wall: ChatWall, clock: HandClock, burst: tuple[int, float]
) -> None:
    most, pause = burst
    channel = channel_of(wall, "feishu")
    for _ in range(most):
        assert delivered(channel, clock).next == Finished()
        clock.sleep(pause)
    limited = delivered(channel, clock)
    assert isinstance(limited.outcome, Temporary)
    assert limited.outcome.rate_limited
    assert limited.posts == 1
    assert isinstance(limited.next, RetryLater)
    assert limited.next.after >= 60
    clock.sleep(limited.next.after)
    assert delivered(channel, clock).next == Finished()


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
