"""A report told from this process: it comes back by itself while that is soon, and says what the channel said."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import pytest

from shared.channels.delivery.outcome import Later
from shared.cli.sample_reports import sample_report
from shared.cli.telling import PATIENCE, answer_of, tell_in_place
from shared.local.chat_wall import Answer, ChatWall
from shared.model import Outcome
from shared.settings import ChannelSetting, Secret, Settings

BUSY = Answer(500, '{"errcode":-1,"errmsg":"system busy"}')
SETTINGS = Settings(allowed_hosts=("127.0.0.1",))


@dataclass
class HandClock:
    """Sleeping takes no time."""

    at: float = field(default_factory=time.time)
    slept: float = 0.0

    def now(self) -> float:
        return self.at + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def chance(self) -> float:
        return 0.5


@pytest.fixture
def channel(wall: ChatWall) -> ChannelSetting:
    robot = wall.robot("dingtalk", "oncall")
    return ChannelSetting("oncall", "dingtalk", Secret(wall.url("dingtalk", "oncall")), Secret(robot.secret))


def test_a_busy_channel_is_visited_again_after_a_minute(wall: ChatWall, channel: ChannelSetting) -> None:
    clock, said = HandClock(), []
    wall.script("dingtalk", "oncall", BUSY)

    taken = tell_in_place(sample_report("partly_failed", clock.at, "1"), channel, SETTINGS, clock, said.append)

    assert taken
    assert 60 <= clock.slept <= PATIENCE
    assert len(wall.messages) == 1
    assert "again in 1m" in said[0]
    assert said[-1] == "channel oncall: delivered (HTTP 200, 0, ok)"


def test_a_message_that_waits_for_its_turn_says_so() -> None:
    assert answer_of(Later(after=63.0)) == "waits for its turn"


def test_a_channel_that_stays_busy_is_given_up_after_a_minute_or_so(wall: ChatWall, channel: ChannelSetting) -> None:
    clock, said = HandClock(), []
    wall.script("dingtalk", "oncall", *[BUSY] * 20)

    taken = tell_in_place(sample_report("partly_failed", clock.at, "1"), channel, SETTINGS, clock, said.append)

    assert not taken
    assert clock.slept <= PATIENCE + 10
    assert said[-1].startswith("channel oncall: not delivered: ")


def test_a_channel_for_failures_only_is_not_told_of_success(wall: ChatWall, channel: ChannelSetting) -> None:
    clock, said = HandClock(), []
    report = replace(sample_report("partly_failed", clock.at, "1"), outcome=Outcome.COMPLETE)

    assert tell_in_place(report, replace(channel, on=(Outcome.FAILED,)), SETTINGS, clock, said.append)
    assert wall.posts == ()
    assert said == ["channel oncall: not told, its `on` leaves complete out"]
