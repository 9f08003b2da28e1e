"""What follows from a run, where real time would take too long."""

from __future__ import annotations

from dataclasses import replace

from refresh_watch_emulator.engine.manifest import Function
from refresh_watch_emulator.engine.settling import Case
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.engine.task import Ending, StoredTask, TaskState
from refresh_watch_emulator.engine.worker import RunOutcome, RunResult

FUNCTION = Function("watch", "p-watch", "index.handler", "python3.12", "cn-hangzhou", max_retries=0, async_task=True)
TARGET = Function("notify", "p-notify", "index.handler", "python3.12", "cn-hangzhou", async_task=True)
TASK = StoredTask(1, "p-watch", "w-1", "1-r", b"{}", 0.0, 0.0, 86400.0, TaskState.ENQUEUED)
CASE = Case(TASK, FUNCTION, TARGET, EngineSwitches(), now=10.0)


def test_a_throttled_task_waits_twice_as_long_each_time() -> None:
    waits = [replace(CASE, task=replace(TASK, throttles=n)).throttled() for n in range(4)]
    assert waits == [10.5, 11.0, 12.0, 14.0]


def test_after_five_hours_of_throttling_a_task_fails_and_its_destination_is_called() -> None:
    task = replace(TASK, throttles=15, throttled_since=10.0)
    before = replace(CASE, task=task, now=10.0 + 5 * 3600 - 1).throttled()
    assert not isinstance(before, Ending)
    ending = replace(CASE, task=task, now=10.0 + 5 * 3600).throttled()
    assert isinstance(ending, Ending)
    assert (ending.status, ending.destination_status) == (TaskState.FAILED, "Succeeded")
    assert ending.follow_up is not None
    assert b'"condition":"FunctionResourceExhausted"' in ending.follow_up.event
    assert b'"statusCode":200' not in ending.follow_up.event


def test_an_envelope_too_large_to_send_is_noted_on_the_task() -> None:
    task = replace(TASK, event=b'"' * 70_000, runs=1)  # each quote takes two bytes in the envelope
    ending = replace(CASE, task=task).after_run(RunResult(RunOutcome.FAILED, b'{"errorMessage": "no"}', 0.1))
    assert isinstance(ending, Ending)
    assert (ending.status, ending.destination_status, ending.follow_up) == (TaskState.FAILED, "Failed", None)


def test_a_retry_whose_age_is_over_fails_instead() -> None:
    task = replace(TASK, status=TaskState.RETRYING, retries=1, runs=1, error="no luck")
    ending = replace(CASE, task=task, now=86400.0).too_old()
    assert ending is not None
    assert (ending.status, ending.error) == (TaskState.FAILED, "no luck")
    assert ending.follow_up is not None


def test_a_task_delivered_again_after_its_age_is_over_still_runs() -> None:
    task = replace(TASK, runs=1)
    assert replace(CASE, task=task, now=86400.0).too_old() is None
