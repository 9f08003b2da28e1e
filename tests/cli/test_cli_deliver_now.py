"""A report told from this process: it comes back by itself while that is soon, and says what the channel said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refresh_watch.channels.delivery.attempts import Attempts, Later
from refresh_watch.channels.delivery.retry_policy import PAUSES, RetryLater
from refresh_watch.channels.post_outcomes import (
    Accepted,
    Ambiguous,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.model import Outcome
from refresh_watch.report import Report
from refresh_watch.settings import ChannelSetting, Secret, Settings
from refresh_watch_cli.deliver_now import PATIENCE, again_in, answer_of, deliver_now
from refresh_watch_cli.sample_reports import sample_report
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from tests.hand_clock import HandClock

BUSY = ScriptedAnswer(500, '{"errcode":-1,"errmsg":"system busy"}')
SETTINGS = Settings(allowed_hosts=("127.0.0.1",))


def sample(name: str, clock: HandClock) -> Report:
    return sample_report(name, clock.now(), "1", "en")


@pytest.fixture
def channel(wall: ChatWall) -> ChannelSetting:
    chat = wall.chat("dingtalk", "oncall")
    return ChannelSetting("oncall", "dingtalk", Secret(wall.url("dingtalk", "oncall")), Secret(chat.secret))


def test_a_busy_channel_is_posted_to_again_after_the_first_pause(wall: ChatWall, channel: ChannelSetting) -> None:
    clock, said = HandClock(), []
    wall.script("dingtalk", "oncall", BUSY)

    taken = deliver_now(sample("partly_failed", clock), channel, SETTINGS, clock, said.append)

    assert taken
    assert PAUSES[0] <= sum(clock.slept) <= PATIENCE
    assert len(wall.messages) == 1
    assert "; again in " in said[0]
    assert said[-1] == "channel oncall: delivered (HTTP 200, 0, ok)"


def test_a_message_that_waits_for_its_turn_says_so() -> None:
    assert answer_of(Later(after=63.0)) == "waits for its turn"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Delivered(http_status=200), "delivered (HTTP 200)"),
        (Accepted(http_status=202), "accepted (HTTP 202)"),
        (TooLarge(http_status=413), "too large (HTTP 413)"),
        (ContentRejected(http_status=400, vendor_code="x"), "content refused (HTTP 400, x)"),
        (Ambiguous(reason="the connection broke"), "unclear (no answer: the connection broke)"),
        (Temporary(http_status=503, vendor_message="busy", reason="HTTP 503"), "not now (HTTP 503, busy)"),
        (Permanent(http_status=404, reason="HTTP 404", hint="x"), "refused (HTTP 404)"),
        (
            Permanent(http_status=410, vendor_code="gone", vendor_message="gone", reason="removed", hint="x"),
            "refused (HTTP 410, gone: removed)",
        ),
    ],
)
def test_an_answer_is_reported_in_words_none_of_them_twice(outcome: DeliveryOutcome, words: str) -> None:
    assert answer_of(outcome) == words


@pytest.mark.parametrize(("not_before", "seconds"), [(0.0, 3599.0), (9_000.0, 8_000.0), (1_100.0, 3599.0)])
def test_a_channel_that_asked_for_longer_than_one_delay_is_asked_again_only_then(
    not_before: float, seconds: float
) -> None:
    assert again_in(RetryLater(3599.0, Attempts(not_before=not_before)), now=1_000.0) == seconds


def test_a_refusal_is_reported_once_with_what_to_repair(wall: ChatWall, channel: ChannelSetting) -> None:
    clock, said = HandClock(), []
    wall.script("dingtalk", "oncall", ScriptedAnswer(200, '{"errcode":400106,"errmsg":"robot missing"}'))

    assert not deliver_now(sample("partly_failed", clock), channel, SETTINGS, clock, said.append)
    assert said[-1].startswith("channel oncall: not delivered: refused (HTTP 200, 400106, robot missing: robot gone); ")
    assert said[-1].endswith("make a new one")
    assert said[-1].count("robot missing") == 1


def test_a_channel_that_stays_busy_is_given_up_after_a_minute_or_so(wall: ChatWall, channel: ChannelSetting) -> None:
    clock, said = HandClock(), []
    wall.script("dingtalk", "oncall", *[BUSY] * 20)

    taken = deliver_now(sample("partly_failed", clock), channel, SETTINGS, clock, said.append)

    assert not taken
    assert sum(clock.slept) <= PATIENCE + 10
    assert said[-1].startswith("channel oncall: not delivered: ")


def test_a_channel_for_failures_only_is_not_told_of_success(wall: ChatWall, channel: ChannelSetting) -> None:
    clock, said = HandClock(), []
    report = replace(sample("partly_failed", clock), outcome=Outcome.COMPLETE)

    assert deliver_now(report, replace(channel, on=(Outcome.FAILED,)), SETTINGS, clock, said.append)
    assert wall.posts == ()
    assert said == ["channel oncall: not sent, its `on` leaves complete out"]
