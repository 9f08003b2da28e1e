"""Reports delivered over real sockets to a bot that judges them as Telegram does."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
import urllib3

from refresh_watch.channels.contract import ChannelResponse, Delivered
from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished, RetryLater
from refresh_watch.channels.transport.redact import redacted
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chat_wall import Answer, ChatWall
from refresh_watch_emulator.chats import telegram as chat
from tests.channels.delivering import channel_of, delivered, with_url
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import COMPLETE, EVERY_KIND

TOKEN = "123456:fake-token-of-oncall"


def _refusal(code: int, description: str, **parameters: Any) -> Answer:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return Answer(code, json.dumps(body))


def test_every_kind_of_report_arrives(wall: ChatWall, clock: HandClock) -> None:
    for language in ("en", "zh"):
        for report in EVERY_KIND:
            delivery = delivered(channel_of(wall, "telegram", language=language), clock, report)
            assert delivery.next == Finished()
            assert isinstance(delivery.outcome, Delivered)
            assert delivery.posts == 1
    assert len(wall.messages) == 2 * len(EVERY_KIND)


def test_people_are_mentioned_on_failure_only(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "telegram", mention=["@oncall_team", "4200042"])
    delivered(channel, clock)
    delivered(channel, clock, COMPLETE)
    assert [message.mentioned for message in wall.messages] == [("@oncall_team", "4200042"), ()]


def test_html_that_cannot_be_parsed_goes_down_the_ladder(wall: ChatWall, clock: HandClock) -> None:
    refused = _refusal(400, "Bad Request: can't parse entities: Unsupported start tag")
    wall.script("telegram", "oncall", refused, refused)
    assert delivered(channel_of(wall, "telegram", mention=["4200042"]), clock).next == Finished()
    (message,) = wall.messages
    assert "parse_mode" not in message.body
    assert message.mentioned == ("4200042",)
    assert "failed 6/120" in chat.visible_text(message.body)


def test_a_message_that_is_too_long_goes_down_the_ladder(wall: ChatWall, clock: HandClock) -> None:
    wall.script("telegram", "oncall", *[_refusal(400, "Bad Request: message is too long")] * 3)
    delivery = delivered(channel_of(wall, "telegram"), clock)
    assert (delivery.next, delivery.posts) == (Finished(), 4)
    sizes = [len(post.raw) for post in wall.posts]
    assert sizes == sorted(set(sizes), reverse=True)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [("fake-token", "token"), ("/bot", "`url`"), ("chat_id=-1001234567890", "chat_id")],
)
def test_a_wrong_token_or_chat_is_given_up_at_once_and_says_which_setting(
    wall: ChatWall, clock: HandClock, wrong: str, hint: str
) -> None:
    channel = channel_of(wall, "telegram")
    other = {"fake-token": "other-token", "/bot": "/bot9", "chat_id=-1001234567890": "chat_id=-7"}[wrong]
    delivery = delivered(with_url(channel, channel.url.value.replace(wrong, other)), clock)
    assert isinstance(delivery.next, Abandoned)
    assert hint in delivery.next.why
    assert delivery.posts == 1
    assert wall.messages == ()


def test_a_group_that_became_a_supergroup_says_the_new_chat_id(wall: ChatWall, clock: HandClock) -> None:
    moved = _refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009)
    wall.script("telegram", "oncall", moved)
    delivery = delivered(channel_of(wall, "telegram"), clock)
    assert isinstance(delivery.next, Abandoned)
    assert "put chat_id=-1009 into the channel's `url`" in delivery.next.why


def test_the_21st_message_of_a_minute_comes_back_when_it_is_told_to(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "telegram")
    for _ in range(20):
        assert delivered(channel, clock).next == Finished()
    limited = delivered(channel, clock)
    assert isinstance(limited.next, RetryLater)
    assert limited.next.after >= 60
    clock.sleep(limited.next.after)
    assert delivered(channel, clock).next == Finished()


def test_the_bot_refuses_what_the_real_one_refuses(wall: ChatWall) -> None:
    def said(body: Any, headers: dict[str, str] | None = None) -> str:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = wall.url("telegram", "oncall")
        headers = headers or {"content-type": "application/json"}
        answer = urllib3.request("POST", url, body=raw, headers=headers, retries=False)
        described: dict[str, Any] = json.loads(answer.data)
        assert described["ok"] is False
        assert described["error_code"] == answer.status
        return str(described["description"])

    def of_html(text: str) -> str:
        return said({"text": text, "parse_mode": "HTML"})

    assert "can't parse entities: Unsupported start tag" in of_html("1 < 2")
    assert "can't parse entities: Unsupported start tag" in of_html("<font>x</font>")
    assert "can't parse entities: Can't find end tag" in of_html("<code>x")
    assert "can't parse entities: Unexpected end tag" in of_html("<b>x</code></b>")
    assert "can't parse entities: Nested tag" in of_html("<code><b>x</b></code>")
    assert "message text is empty" in of_html("<b></b>")
    assert "message is too long" in of_html(f"<b>{'🔥' * 2049}</b>")
    assert "message text is empty" in said({})
    assert "can't parse JSON" in said(b"[]")
    assert "message text is empty" in said({"text": "x"}, {"content-type": "text/plain"})
    assert "entity beyond" in said({"text": "x", "entities": [{"type": "code", "offset": 0, "length": 2}]})
    assert "chat not found" in said({"text": "x", "chat_id": 1})
    assert wall.messages == ()


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@user_one and <b>@user_two</b>", ("@user_one", "@user_two")),
        ("<code>@user_one</code> <pre>@user_two</pre> me@example.com @x", ()),
        ('<a href="tg://user?id=7">she</a> <a href="https://example.com">@user_one</a>', ("7",)),
        ("&#64;user_one &lt;code&gt;@user_two&lt;/code&gt;", ("@user_one", "@user_two")),
    ],
)
def test_a_mention_counts_where_telegram_makes_one(text: str, people: tuple[str, ...]) -> None:
    assert chat.mentioned({"text": text, "parse_mode": "HTML"}) == people


@pytest.mark.parametrize("echoed", [TOKEN, TOKEN.replace(":", "%3A"), f"bot{TOKEN}", TOKEN.partition(":")[2]])
def test_a_token_that_is_echoed_is_masked(echoed: str) -> None:
    channel = ChannelSetting(
        "oncall", "telegram", Secret(f"https://api.telegram.org/bot{TOKEN}/sendMessage?chat_id=-1001234567890")
    )
    body = redacted(ChannelResponse(404, f'{{"description":"no {echoed} here"}}'.encode()), channel).body
    assert b"fake-token" not in body
    assert json.loads(body)["description"].startswith("no ")


def test_a_chat_id_in_the_answer_leaves_it_an_answer(wall: ChatWall, clock: HandClock) -> None:
    assert isinstance(delivered(channel_of(wall, "telegram"), clock).outcome, Delivered)


def test_no_token_is_logged_or_answered(wall: ChatWall, clock: HandClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel = channel_of(wall, "telegram")
    wall.script("telegram", "oncall", _refusal(401, f"Unauthorized: bot{TOKEN} {TOKEN}"))
    delivery = delivered(channel, clock)
    gone = delivered(with_url(channel, channel.url.value.replace(str(wall.port), "1")), clock)
    unset = delivered(replace(channel, mention=("all",)), clock)
    shown = "\n".join(
        [repr(delivery), repr(gone), repr(unset), repr(channel)]
        + [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    )
    assert "fake-token" not in shown
