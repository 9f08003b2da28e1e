"""Listing and reading tasks through the official SDK."""

from __future__ import annotations

import pytest

from refresh_watch_emulator.engine.switches import EngineSwitches
from tests.emulator.engine.engine_calls import Calls, Clock, Start, refusal


def ids(body: object) -> list[str]:
    return [task.task_id for task in body.tasks]  # type: ignore[attr-defined]


def test_tasks_are_listed_by_prefix_newest_first_or_oldest_first(engine: Start) -> None:
    running = engine()
    calls = Calls(running.url)
    for task_id in ("w_1-h0001", "w_1-h0002", "wx1-h0001", "g_1-01"):
        calls.start("test-act", {}, task_id, "1000")
    assert ids(calls.list("test-act", prefix="w_1-")) == ["w_1-h0002", "w_1-h0001"]
    assert ids(calls.list("test-act", sort_order_by_time="asc")) == ["w_1-h0001", "w_1-h0002", "wx1-h0001", "g_1-01"]
    assert ids(calls.list("test-act", prefix="nothing")) == []


def test_tasks_are_listed_by_status_and_time(engine: Start) -> None:
    clock = Clock()
    running = engine(clock=clock)
    calls = Calls(running.url)
    calls.start("test-act", {}, "done")
    assert running.wait_idle(60)
    clock.ahead = 100
    calls.start("test-act", {}, "waiting", "3000")
    assert ids(calls.list("test-act", status="Succeeded")) == ["done"]
    assert ids(calls.list("test-act", status="Enqueued")) == ["waiting"]
    border = calls.get("test-act", "waiting").started_time
    assert ids(calls.list("test-act", started_time_begin=border)) == ["waiting"]
    assert ids(calls.list("test-act", started_time_end=border - 1)) == ["done"]


def test_pages_follow_each_other_without_gaps_or_repetitions(engine: Start) -> None:
    calls = Calls(engine().url)
    for i in range(5):
        calls.start("test-act", {}, f"w-{i}", "1000")
    seen, token = [], None
    for _ in range(3):
        page = calls.list("test-act", limit=2, next_token=token, sort_order_by_time="asc")
        seen.append(ids(page))
        token = page.next_token
    assert seen == [["w-0", "w-1"], ["w-2", "w-3"], ["w-4"]]
    assert token is None


def test_payloads_are_listed_only_when_asked_for(engine: Start) -> None:
    running = engine()
    calls = Calls(running.url)
    calls.start("test-act", {"a": 1}, "w-1")
    assert running.wait_idle(60)
    assert calls.list("test-act").tasks[0].task_payload is None
    assert calls.list("test-act", include_payload=True).tasks[0].task_payload == '{"a": 1}'
    assert calls.get("test-act", "w-1").task_payload == '{"a": 1}'


def test_lists_hold_no_payloads_when_switched_so_but_reading_one_task_does(engine: Start) -> None:
    calls = Calls(engine(switches=EngineSwitches(list_payloads=False)).url)
    calls.start("test-act", {"a": 1}, "w-1")
    assert calls.list("test-act", include_payload=True).tasks[0].task_payload is None
    assert calls.get("test-act", "w-1").task_payload == '{"a": 1}'


def test_lists_lag_behind_when_switched_so_but_reading_one_task_does_not(engine: Start) -> None:
    clock = Clock()
    running = engine(clock=clock, switches=EngineSwitches(list_lag=60))
    calls = Calls(running.url)
    calls.start("test-act", {}, "w-1", "30")
    assert ids(calls.list("test-act")) == []
    assert calls.get("test-act", "w-1").status == "Enqueued"
    clock.ahead = 70
    running.wake()
    assert running.wait_idle(60)
    assert calls.get("test-act", "w-1").status == "Succeeded"
    assert [task.status for task in calls.list("test-act").tasks] == ["Enqueued"]
    assert ids(calls.list("test-act", status="Succeeded")) == []
    clock.ahead = 140
    assert [task.status for task in calls.list("test-act").tasks] == ["Succeeded"]


def test_an_unknown_task_is_not_found(engine: Start) -> None:
    calls = Calls(engine().url)
    assert refusal(lambda: calls.get("test-act", "w-1")) == (404, "AsyncTaskNotFound")
    assert refusal(lambda: calls.stop("test-act", "w-1")) == (404, "AsyncTaskNotFound")


@pytest.mark.parametrize(
    "wish",
    [{"limit": 0}, {"limit": 101}, {"status": "Done"}, {"sort_order_by_time": "up"}, {"next_token": "x"}],
)
def test_a_list_that_cannot_be_made_is_refused(engine: Start, wish: dict[str, object]) -> None:
    calls = Calls(engine().url)
    assert refusal(lambda: calls.list("test-act", **wish)) == (400, "InvalidArgument")
