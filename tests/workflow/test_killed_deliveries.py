"""notify killed before and after each of its starts, and run again by Function Compute. In virtual time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from refresh_watch.function_compute.tasks import Started
from refresh_watch.instants import Seconds
from refresh_watch.workflow.replay import replay, undelivered
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from tests.channels.delivering import clock_at_rest
from tests.unit.reports.sample_reports import PARTLY_FAILED
from tests.workflow.virtual_house import Killed, VirtualHouse

GONE = ScriptedAnswer(200, '{"errcode":400102,"errmsg":"robot stopped"}')
BUSY = ScriptedAnswer(503, "")
REPORT = replace(PARTLY_FAILED, id="f-00000001", watch_id="00000001", channels=("oncall",))


@dataclass
class _Killing(VirtualHouse):
    """Kills the invocation that makes start number `kill_at`, before or after that start has happened."""

    kill_at: int = 0
    after_start: bool = False
    starts: int = 0

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        self.starts += 1
        if self.starts != self.kill_at:
            return super().start_later(function, payload, delay, task_id)
        if self.after_start:
            super().start_later(function, payload, delay, task_id)
        raise Killed


def _played(kill_at: int, *, after_start: bool, answers: Sequence[ScriptedAnswer]) -> tuple[_Killing, list[str]]:
    """The house after all has come to an end, and the chats that got the report, in that order."""
    clock = clock_at_rest()
    with ChatWall(clock=clock) as wall:
        channels = [wall.entry("dingtalk", "oncall", fallback="backup"), wall.entry("webhook", "backup")]
        wall.script("dingtalk", "oncall", *answers)
        house = _Killing.of(clock, wall, channels, kill_at=kill_at + 1, after_start=after_start)
        house.commit(REPORT)  # the first start, a hop's
        house.run()
        for one in undelivered(house):
            wall._scripts.clear()
            replay(one, engine=house)
            house.run()
        assert undelivered(house) == []
        return house, [message.chat for message in wall.messages]


@pytest.mark.parametrize("after_start", [False, True])
@pytest.mark.parametrize("kill_at", [1, 2, 3])  # the delivery, the fallback, what is kept
def test_what_is_refused_for_good_is_reported_once_on_the_fallback_and_kept_for_replay(
    kill_at: int, after_start: bool
) -> None:
    _, reported = _played(kill_at, after_start=after_start, answers=[GONE] * 9)
    assert reported == ["backup", "oncall"]


@pytest.mark.parametrize("after_start", [False, True])
@pytest.mark.parametrize("kill_at", range(1, 8))
def test_a_chat_that_comes_back_gets_the_report_and_the_fallback_gets_it_at_most_once(
    kill_at: int, after_start: bool
) -> None:
    _, reported = _played(kill_at, after_start=after_start, answers=[BUSY] * 15)
    assert reported.count("backup") == 1
    assert reported.count("oncall") in (1, 2), "twice only where the answer was lost"
