"""What intake does when Function Compute does not answer: good items are started and bad ones reported, each once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from refresh_watch.errors import EngineError
from refresh_watch.function_compute.tasks import Started
from refresh_watch.triggers.read import MAX_EVENT_ITEMS, open_event
from refresh_watch.workflow.failure_events import report_failure
from refresh_watch.workflow.intake import take_in
from tests.hand_clock import HandClock
from tests.unit.triggers.storm import EVENTS
from tests.unit.triggers.storm_shard import NOW, SETTINGS, StormRecord

TIMEOUT = 30.0
"""Of intake in s.yaml."""

UNANSWERED = 9.4
"""Seconds of a call that is tried three times, for three seconds each."""


def requests(count: int) -> list[dict[str, Any]]:
    return [{"product": "cdn", "task_ids": str(number)} for number in range(1, count + 1)]


@dataclass
class Silent(StormRecord):
    """Does not answer so many starts, each after so long."""

    clock: HandClock = field(default_factory=lambda: HandClock(NOW))
    unanswered: int = 0
    after: float = 0.0

    def start_later(self, function: str, payload: bytes, delay: float, task_id: str) -> Started:
        if self.unanswered:
            self.unanswered -= 1
            self.clock.sleep(self.after)
            raise EngineError("Function Compute: no answer")
        return super().start_later(function, payload, delay, task_id)


def hand_in(engine: Silent, items: list[Any]) -> None:
    take_in(open_event(json.dumps(items).encode()), settings=SETTINGS, engine=engine, clock=engine.clock)


def test_where_nothing_is_answered_intake_ends_before_its_time_does() -> None:
    engine = Silent(unanswered=1000, after=UNANSWERED)
    with pytest.raises(EngineError):
        hand_in(engine, requests(MAX_EVENT_ITEMS))
    # a cold start, and what had gone well before, need some of it too
    assert engine.clock.now() - NOW < TIMEOUT * 2 / 3


def test_starts_that_fail_keep_no_other_from_being_started() -> None:
    engine = Silent(unanswered=5, after=0.5)
    with pytest.raises(EngineError):
        hand_in(engine, requests(MAX_EVENT_ITEMS))
    assert len(engine.hops()) == MAX_EVENT_ITEMS - 5


def test_an_event_that_is_run_again_starts_and_reports_the_rest_and_nothing_twice() -> None:
    bad = [{"product": "cdnn", "task_ids": "1"}, {"product": "cdn", "task_ids": "x"}]
    batch = [bad[0], *requests(2), bad[1]]
    engine = Silent()
    engine.fails_at = 1  # the first good one, after the report of the first bad one
    with pytest.raises(EngineError):
        hand_in(engine, batch)
    engine.fails_at = -1
    for _ in range(2):
        hand_in(engine, batch)
    assert (len(engine.hops()), len(engine.reports())) == (2, 2)


def failure_of_intake(event: Any) -> dict[str, Any]:
    """What onFailure hands to notify."""
    context = {"functionArn": "acs:fc:cn-hangzhou:123456789:functions/refresh-intake", "approximateInvokeCount": 4}
    return {
        "requestContext": context,
        "requestPayload": event if isinstance(event, str) else json.dumps(event),
        "responseContext": {"statusCode": 200, "functionError": "UnhandledInvocationError"},
    }


def broken(event: Any, engine: StormRecord) -> int:
    return report_failure(failure_of_intake(event), settings=SETTINGS, engine=engine, clock=HandClock(NOW))


def test_of_an_event_that_asked_for_nothing_nothing_is_lost() -> None:
    engine = StormRecord()
    event = json.loads((EVENTS / "action_trail_of_something_else.json").read_text())
    assert (broken(event, engine), engine.reports()) == (0, [])


def test_of_a_batch_that_failed_for_good_each_watch_and_each_refusal_is_reported_once() -> None:
    batch = [*requests(2), {"product": "cdnn"}, {"specversion": "1.0", "type": ""}]
    engine = StormRecord()
    with pytest.raises(EngineError):
        hand_in(Silent(kept=engine.kept, unanswered=4), batch)
    for _ in range(2):
        assert broken(batch, engine) == 4
    assert sorted(report["report"] for report in engine.reports()) == ["broken", "broken", "rejected", "rejected"]


def test_an_event_that_cannot_be_read_is_reported_as_broken() -> None:
    engine = StormRecord()
    assert broken("{", engine) == 1
    assert [report["report"] for report in engine.reports()] == ["broken"]
