"""Many deliveries to one chat that is slow, silent, or can take only so many a minute. In virtual time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refresh_watch.report import Report
from refresh_watch.workflow.replay import undelivered
from refresh_watch.workflow.task_ids import report_id_of
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer, WallMessage
from tests.channels.delivering import clock_at_rest
from tests.unit.reports.sample_reports import PARTLY_FAILED
from tests.workflow.virtual_house import VirtualHouse

SILENT = 20
"""Reports to the chat that is silent."""
SLOWLY = 12.0
"""Seconds after which the chat of these tests answers."""


def _report(number: int, *channels: str) -> Report:
    key = f"{number:08x}"
    return replace(PARTLY_FAILED, id=f"f-{key}", watch_id=key, label=f"job {number}", channels=channels)


class _SlowChat:
    """A house whose chat `oncall` answers each post SLOWLY, and how many deliveries visited it."""

    def __init__(self, *, instances: int = 2, **more: object) -> None:
        self.clock = clock_at_rest()
        self.began = self.clock.now()
        self.wall = ChatWall(clock=self.clock, on_message=self._slowly)
        channels = [self.wall.entry("webhook", "oncall", **more), self.wall.entry("webhook", "backup")]
        self.house = VirtualHouse.of(self.clock, self.wall, channels, instances)

    def _slowly(self, message: WallMessage) -> None:
        if message.chat == "oncall":
            self.clock.at += SLOWLY

    def arrivals(self, chat: str) -> list[float]:
        return [message.at - self.began for message in self.wall.messages if message.chat == chat]


BUSY = ScriptedAnswer(503, "", posts=True)
"""It is `posts` that makes the wall's chat call `_slowly`; what it answers is a refusal all the same."""


def test_a_receiver_that_is_slow_but_takes_everything_is_not_left_alone_after_each_message() -> None:
    slow = _SlowChat()
    with slow.wall:
        for number in range(30):
            slow.house.commit(_report(number, "oncall"))
        slow.house.run()
    assert len(slow.arrivals("oncall")) == 30
    assert max(slow.arrivals("oncall")) <= 31 * SLOWLY, "one after another, and no minute between them"


@pytest.fixture(scope="module")
def silent() -> _SlowChat:
    """A chat that answers for a day with an error, slowly; 20 reports at once; a fallback."""
    slow = _SlowChat(fallback="backup")
    with slow.wall:
        slow.wall.script("webhook", "oncall", *[BUSY] * 5000)
        for number in range(SILENT):
            slow.house.commit(_report(number, "oncall"))
        slow.house.run()
    return slow


def test_every_report_that_a_silent_chat_keeps_waiting_is_sent_to_the_fallback_in_time(silent: _SlowChat) -> None:
    assert len(silent.arrivals("backup")) == SILENT
    assert max(silent.arrivals("backup")) < 40 * 60


def test_a_silent_chat_is_not_posted_to_every_minute_by_each_waiting_delivery(silent: _SlowChat) -> None:
    assert len(silent.house.kept) < SILENT * 24 * 10, "six times an hour each at most, in the long run"


def test_every_report_that_a_silent_chat_did_not_take_for_a_day_is_kept(silent: _SlowChat) -> None:
    kept = undelivered(silent.house)
    assert sorted(one.report.id for one in kept) == sorted(report_id_of(f"f-{number:08x}") for number in range(SILENT))
    assert silent.clock.now() - silent.began < 26 * 3600
    assert all("for a day" in one.why for one in kept)


def test_more_than_a_chat_can_take_in_an_hour_is_all_sent_at_its_pace() -> None:
    """Slots lie beyond what Function Compute can delay: a delivery that runs before its time keeps its slot."""
    clock = clock_at_rest()
    with ChatWall(clock=clock) as wall:
        house = VirtualHouse.of(clock, wall, [wall.entry("wecom", "oncall")])
        began = clock.now()
        for number in range(1300):
            house.commit(_report(number, "oncall"))
        house.run()
        arrived = [message.at - began for message in wall.messages]
        assert [post for post in wall.posts if not post.accepted] == []
    assert len(arrived) == 1300
    assert max(arrived) - min(arrived) < 1.15 * 1300 / 20 * 60
    assert len(house.kept) < 6 * 1300
