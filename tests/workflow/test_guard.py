"""Requested is tracked: chains that are cut, fan-outs that fail, and invocations that break for good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from refresh_watch.errors import EngineError
from refresh_watch.function_compute.tasks import Task, TaskStatus
from refresh_watch.model import Outcome
from refresh_watch.reports.from_wire import decode
from refresh_watch.settings import Settings
from refresh_watch.triggers.result import Requested
from refresh_watch.watch import open_watch
from refresh_watch.watching.hop_payload import Hop, read_hop, write_hop
from refresh_watch.watching.request import read_request
from refresh_watch.workflow.guard import guard_delay, run_guard
from refresh_watch.workflow.starting import start
from refresh_watch.workflow.task_history import TaskHistory, resume
from refresh_watch.workflow.task_ids import hop_id
from refresh_watch_emulator.engine.crash import KillWorker
from tests.hand_clock import HandClock
from tests.record import Record
from tests.workflow.house import house, wait_for
from tests.workflow.scenario import add, many
from tests.workflow.virtual_house import virtual_house


def test_a_chain_whose_task_was_stopped_is_picked_up_by_the_guard(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=5)), schedule="0,60;60", deadline="8s")
        hop = wait_for(lambda: home.tasks("watch", f"w-{watch_id}-h0001"), "the successor")[0]
        home.fc.stop("watch", hop.id)
        wait_for(lambda: home.tasks("watch", hop.id)[0].status == "Stopped", "the successor is stopped")
        assert home.final(watch_id)["outcome"] == "complete"
        assert len(home.messages(watch_id)) == 1


def test_it_is_picked_up_where_lists_hold_no_payloads_too() -> None:
    with virtual_house() as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=5)), schedule="0,60;60", deadline="8s")
        home.run(until=lambda: home.tasks("watch", f"w-{watch_id}-h0001"))
        home.stop("watch", f"w-{watch_id}-h0001")
        assert home.final(watch_id)["outcome"] == "complete"
        assert len(home.messages(watch_id)) == 1


def test_a_final_whose_fan_out_failed_is_sent_by_the_guard() -> None:
    with virtual_house(kills=[KillWorker("f-*", 1)] * 2) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("Failed", 1, after=0)), deadline="1s")
        assert home.final(watch_id)["outcome"] == "failed"
        assert {task.id: task.status for task in home.tasks("notify", f"f-{watch_id}")} == {
            f"f-{watch_id}": "Failed",
            f"f-{watch_id}-again01": "Succeeded",
        }
        assert [len(home.messages(watch_id)), len(home.chats())] == [1, 1]


def test_a_hop_that_fails_for_good_is_reported_as_broken_and_may_still_end_in_a_final() -> None:
    with virtual_house(kills=[KillWorker("w-*-h0001", 1)] * 2) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=5)), deadline="3s")
        assert home.final(watch_id)["outcome"] == "complete"
        (broken,) = home.messages(watch_id, "broken")
        assert "refresh-watch failed after" in broken["problem"]


def test_a_dead_chain_is_started_again_by_the_same_event(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        task = add(home, "cdn", *many("never", 1))
        request = {"product": "cdn", "task_ids": task, "schedule": "0,60;60", "deadline": "10m"}
        watch_id = home.post(request)[1]["watch_id"]
        hop = wait_for(lambda: home.tasks("watch", f"w-{watch_id}-h0001"), "the successor")[0]
        assert home.post(request)[1]["state"] == "watching (Enqueued)"
        home.fc.stop("watch", hop.id)
        wait_for(lambda: home.tasks("watch", hop.id)[0].status == "Stopped", "the successor is stopped")
        home.products.world.settle(task, "Complete")
        answer = home.post(request)[1]
        assert (answer["already"], answer["state"]) == (True, "resumed")
        assert home.final(watch_id)["outcome"] == "complete"


@dataclass
class NothingRuns(Record):
    """Every hop has failed, only guards run, and what was handed to notify is out."""

    status: TaskStatus = TaskStatus.FAILED

    def tasks(self, function: str, prefix: str) -> list[Task]:
        status = TaskStatus.SUCCEEDED if function == "notify" else self.status
        return [replace(task, status=status) for task in super().tasks(function, prefix)]


def test_a_watch_whose_every_hop_fails_still_ends_in_one_final_report() -> None:
    clock, record = HandClock(1_795_000_000.0), NothingRuns()
    watch = open_watch("refresh", read_request({"product": "cdn", "task_ids": "1"}), clock.now())
    record.start_later("watch", write_hop(Hop(watch, 0)), 0, hop_id(watch.id, 0))
    guard = Hop(watch, 0, is_guard=True)
    clock.sleep(guard_delay(watch, 0))
    while run_guard(guard, engine=record, clock=clock) != "settled and fanned out":
        assert guard.number < 200
        guard = replace(guard, number=guard.number + 1)
        clock.sleep(guard_delay(watch, guard.number))
    (final,) = record.payloads("notify")
    assert decode(final).outcome is Outcome.UNVERIFIABLE
    assert clock.now() < watch.accepted_at + 4 * 86400


def test_a_guard_ends_before_the_record_does() -> None:
    clock, record = HandClock(1_795_000_000.0), NothingRuns()
    watch = open_watch("refresh", read_request({"product": "cdn", "task_ids": "1"}), clock.now())
    clock.sleep(6.5 * 86400)
    with pytest.raises(EngineError, match="could not be sent for six days"):
        run_guard(Hop(watch, 150, is_guard=True), engine=record, clock=clock)
    assert record.kept == {}


def found(hop: Hop, after: float) -> str:
    """What the guard finds so long after the watch was accepted, when this hop still waits."""
    record = Record()
    record.start_later("watch", write_hop(hop), 0, hop_id(hop.watch.id, hop.number))
    return run_guard(Hop(hop.watch, 0, is_guard=True), engine=record, clock=HandClock(hop.watch.accepted_at + after))


def test_a_hop_that_function_compute_holds_up_is_overtaken() -> None:
    watch = open_watch("refresh", read_request({"product": "cdn", "task_ids": "1"}), 1_795_000_000.0)
    due = watch.accepted_at + 1000
    assert found(Hop(watch, 7, due=due), 1200) == "alive"
    assert found(Hop(watch, 7, due=due), 1400) == "a hop is held up: overtaken"


def test_a_hop_that_waits_for_its_turn_in_the_quota_is_not_held_up() -> None:
    """Its turn may come an hour after the look was due: it knows only when that was."""
    watch = open_watch("refresh", read_request({"product": "cdn", "task_ids": "1"}), 1_795_000_000.0)
    hop = Hop(watch, 7, due=watch.accepted_at + 1000, booked=True)
    assert found(hop, 3000) == "alive"
    assert found(hop, 1000 + 3599 + 400) == "a hop is held up: overtaken"


def test_a_first_hop_that_never_begins_is_overtaken_too() -> None:
    record, clock = NothingRuns(), HandClock(1_795_000_000.0)
    start(Requested(read_request({"product": "cdn", "task_ids": "1"})), settings=Settings(), engine=record, clock=clock)
    first = read_hop(record.payloads("watch", "w-")[0])
    assert found(first, 200) == "alive"
    assert found(first, 1860) == "a hop is held up: overtaken"


def test_a_hop_that_was_resumed_and_is_held_up_again_is_overtaken_again() -> None:
    watch = open_watch("refresh", read_request({"product": "cdn", "task_ids": "1"}), 1_795_000_000.0)
    record, clock = NothingRuns(), HandClock(watch.accepted_at + 1000)
    resume(TaskHistory(watch.id, (), ()), record, clock, watch)
    (payload,) = record.payloads("watch")
    assert found(read_hop(payload), 1200) == "alive"
    assert found(read_hop(payload), 1400) == "a hop is held up: overtaken"
