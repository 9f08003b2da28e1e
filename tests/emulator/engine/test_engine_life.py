"""What becomes of a task: delay, retries, age, destinations, limits, stopping."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refresh_watch_emulator.engine.switches import EngineSwitches
from tests.emulator.engine.engine_calls import Calls, Clock, Start, lines, refusal, until

QUICK = EngineSwitches(retry_interval=0.01)


def caught(calls: Calls) -> list[dict[str, Any]]:
    """What the destination was given."""
    tasks = calls.list("test-catch", include_payload=True).tasks
    return [json.loads(task.task_payload) for task in tasks]


def test_a_delayed_task_waits_and_is_never_early(engine: Start, tmp_path: Path) -> None:
    clock = Clock()
    running = engine(clock=clock)
    calls = Calls(running.url)
    calls.start("test-act", {"note": str(tmp_path / "note")}, "later", "3599")
    calls.start("test-act", {}, "now")
    clock.ahead = 3590
    running.wake()
    assert running.wait_idle(10, within=1)
    assert calls.get("test-act", "later").status == "Enqueued"
    assert not lines(tmp_path / "note")
    clock.ahead = 3600
    running.wake()
    assert running.wait_idle(60)
    assert calls.get("test-act", "later").status == "Succeeded"


def test_a_delay_of_a_fraction_of_a_second_is_kept(engine: Start) -> None:
    running = engine()
    calls = Calls(running.url)
    calls.start("test-act", {}, "soon", "0.3")
    assert running.wait_idle(60)
    enqueued, dequeued = calls.get("test-act", "soon").events[:2]
    assert dequeued.timestamp - enqueued.timestamp >= 300


def test_a_failing_task_is_retried_and_then_handed_to_its_destination(engine: Start, tmp_path: Path) -> None:
    running = engine(switches=QUICK)
    calls = Calls(running.url)
    event = b'{"do": "fail", "why": "no luck", "note": "' + str(tmp_path / "note").encode() + b'"}'
    request_id = calls.start("test-act", event, "w-1").headers["x-fc-request-id"]
    assert running.wait_idle(60)
    assert lines(tmp_path / "note") == [request_id] * 3
    task = calls.get("test-act", "w-1")
    assert (task.status, task.already_retried_times, task.task_error_message) == ("Failed", 2, "no luck")
    assert [one.status for one in task.events].count("Retrying") == 2
    [envelope] = caught(calls)
    assert isinstance(envelope.pop("timestamp"), int)
    assert envelope == {
        "requestContext": {
            "requestId": request_id,
            "functionArn": "acs:fc:cn-hangzhou:1234567890123456:functions/test-act",
            "condition": "UnhandledInvocationError",
            "approximateInvokeCount": 3,
        },
        "requestPayload": event.decode(),
        "responseContext": {"statusCode": 200, "functionError": "UnhandledInvocationError"},
        "responsePayload": task.return_payload,
    }
    assert json.loads(task.return_payload)["errorType"] == "ValueError"


def test_a_task_that_succeeds_at_last_is_handed_to_no_destination(engine: Start, tmp_path: Path) -> None:
    running = engine(switches=QUICK)
    calls = Calls(running.url)
    calls.start("test-act", {"do": "fail_first", "times": 2, "note": str(tmp_path / "note")}, "w-1")
    assert running.wait_idle(60)
    task = calls.get("test-act", "w-1")
    assert (task.status, task.already_retried_times, task.return_payload) == ("Succeeded", 2, "done")
    assert caught(calls) == []


@pytest.mark.parametrize(("deed", "words"), [("die", "exit code -9"), ("leave", "exit code 3")])
def test_a_crash_is_an_error_and_is_retried(engine: Start, tmp_path: Path, deed: str, words: str) -> None:
    running = engine(switches=QUICK)
    calls = Calls(running.url)
    calls.start("test-act", {"do": deed, "note": str(tmp_path / "note")}, "w-1")
    assert running.wait_idle(60)
    assert len(lines(tmp_path / "note")) == 3
    task = calls.get("test-act", "w-1")
    assert task.status == "Failed"
    assert words in task.task_error_message


def test_a_handler_is_killed_at_its_time_out_and_that_is_an_error(engine: Start) -> None:
    running = engine()
    calls = Calls(running.url)
    answer = calls.invoke("test-slow", {"do": "sleep", "seconds": 60})
    assert answer.headers["x-fc-error-type"] == "UnhandledInvocationError"
    assert "time out after 1 seconds" in json.loads(answer.body.read())["errorMessage"]
    calls.start("test-slow", {"do": "sleep", "seconds": 60}, "w-1")
    assert running.wait_idle(60)
    assert calls.get("test-slow", "w-1").status == "Failed"


def test_a_task_too_old_to_start_expires_and_is_handed_to_its_destination(engine: Start, tmp_path: Path) -> None:
    clock = Clock()
    running = engine(clock=clock)
    calls = Calls(running.url)
    calls.start("test-old", {"note": str(tmp_path / "note")}, "w-1", "100")
    clock.ahead = 50
    running.wake()
    assert running.wait_idle(60)
    task = calls.get("test-old", "w-1")
    assert task.status == "Expired"
    assert not lines(tmp_path / "note")
    [envelope] = caught(calls)
    assert envelope["requestContext"]["requestId"] == task.request_id
    assert envelope["responseContext"]["statusCode"] != 200
    assert envelope["responsePayload"] == ""


def test_the_delay_does_not_count_to_the_age_when_switched_so(engine: Start) -> None:
    clock = Clock()
    running = engine(clock=clock, switches=EngineSwitches(delay_counts_to_age=False))
    calls = Calls(running.url)
    calls.start("test-old", {}, "w-1", "100")
    clock.ahead = 100
    running.wake()
    assert running.wait_idle(60)
    assert calls.get("test-old", "w-1").status == "Succeeded"


def test_a_waiting_task_can_be_stopped_and_is_handed_to_no_destination(engine: Start) -> None:
    running = engine()
    calls = Calls(running.url)
    calls.start("test-act", {}, "w-1", "3000")
    assert calls.stop("test-act", "w-1").status_code == 204
    assert calls.get("test-act", "w-1").status == "Stopped"
    assert running.wait_idle(60)
    assert caught(calls) == []


def test_a_running_task_can_be_stopped_and_its_handler_is_killed(engine: Start, tmp_path: Path) -> None:
    running = engine()
    calls = Calls(running.url)
    calls.start("test-act", {"do": "sleep", "seconds": 60, "note": str(tmp_path / "note")}, "w-1")
    until(lambda: lines(tmp_path / "note"))
    calls.stop("test-act", "w-1")
    assert running.wait_idle(60)
    task = calls.get("test-act", "w-1")
    assert task.status == "Stopped"
    assert [event.status for event in task.events][-2:] == ["Stopping", "Stopped"]
    assert len(lines(tmp_path / "note")) == 1
    assert caught(calls) == []


def test_stopping_what_has_ended_changes_nothing(engine: Start) -> None:
    running = engine()
    calls = Calls(running.url)
    calls.start("test-act", {}, "w-1")
    assert running.wait_idle(60)
    calls.stop("test-act", "w-1")
    assert calls.get("test-act", "w-1").status == "Succeeded"


def test_a_function_at_its_limit_puts_tasks_off_and_refuses_sync_calls(engine: Start, tmp_path: Path) -> None:
    running = engine()
    calls = Calls(running.url)
    gate = tmp_path / "gate"
    calls.start("test-narrow", {"do": "wait_for", "file": str(gate), "note": str(tmp_path / "first")}, "first")
    until(lambda: lines(tmp_path / "first"))
    calls.start("test-narrow", {}, "second")
    assert refusal(lambda: calls.run("test-narrow", {})) == (429, "ResourceExhausted")
    assert calls.get("test-narrow", "second").status == "Enqueued"
    gate.touch()
    assert running.wait_idle(60)
    first, second = calls.get("test-narrow", "first"), calls.get("test-narrow", "second")
    assert (second.status, second.already_retried_times) == ("Succeeded", 0)
    assert second.events[1].timestamp >= first.end_time
    assert second.events[1].timestamp - second.events[0].timestamp >= 500  # the first back-off


def test_other_functions_run_while_one_is_at_its_limit(engine: Start, tmp_path: Path) -> None:
    running = engine()
    calls = Calls(running.url)
    gate = tmp_path / "gate"
    for i in range(3):
        calls.start("test-narrow", {"do": "wait_for", "file": str(gate)}, f"narrow-{i}")
    calls.start("test-act", {}, "free")
    until(lambda: calls.get("test-act", "free").status == "Succeeded")
    gate.touch()


def test_every_task_runs_twice_when_switched_so(engine: Start, tmp_path: Path) -> None:
    running = engine(switches=EngineSwitches(run_twice=True, retry_interval=0.01))
    calls = Calls(running.url)
    calls.start("test-act", {"do": "count", "note": str(tmp_path / "note")}, "w-1")
    assert running.wait_idle(60)
    task = calls.get("test-act", "w-1")
    assert len(lines(tmp_path / "note")) == 2
    assert (task.status, task.already_retried_times) == ("Succeeded", 0)
    assert json.loads(task.return_payload)["calls"] == 2


def test_many_tasks_run_side_by_side_up_to_the_engines_bound(engine: Start, tmp_path: Path) -> None:
    running = engine(instances=2)
    calls = Calls(running.url)
    for i in range(12):
        calls.start("test-act", {"do": "count", "note": str(tmp_path / "note")}, f"w-{i}")
    assert running.wait_idle(60)
    assert len(lines(tmp_path / "note")) == 12
    processes = {json.loads(task.return_payload)["pid"] for task in calls.list("test-act", include_payload=True).tasks}
    assert len(processes) <= 2
