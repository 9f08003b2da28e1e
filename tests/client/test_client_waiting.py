"""How patiently the end of a watch is waited for, by a clock that leaps: the record is the engine's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from refresh_watch.client import StillWatched, WaitingEnded, Watches
from refresh_watch.errors import BadInput, EngineError, NoSuchWatch
from refresh_watch.function_compute.tasks import Started
from refresh_watch.instants import Seconds
from refresh_watch.report import Report, ReportKind
from refresh_watch.reports.wire import encode
from refresh_watch.watch import Watch
from refresh_watch.watching.hop_payload import read_hop, write_hop
from refresh_watch.watching.reporting import broken_report, final_report
from refresh_watch.workflow.wait_for_final import NOT_STARTED_FOR, UNANSWERED_FOR, UNKNOWN_FOR, Listener
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.cli.gate import Gate
from tests.client.patience import patient
from tests.hand_clock import HandClock
from tests.workflow.house import House

LATER = {"schedule": "600;600"}


@dataclass
class Leaping(HandClock):
    """Does something in the pause that ends at or after `when` seconds."""

    when: Seconds = 0.0
    then: Callable[[], object] | None = None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.then is not None and sum(self.slept) >= self.when:
            self.then()
            self.then = None


def put_off(deployed: House, watches: Watches, **more: Any) -> Watch:
    """A watch whose first look is ten minutes away; as its first hop is given it."""
    task_id = deployed.products.world.add_task(
        "cdn", objects=[ObjectPlan("http://example.com/a", NEVER)], created_at=time.time()
    )
    watch_id = watches.start("cdn", task_id, **{**LATER, **more}).watch_id
    kept = deployed.fc.task("watch", f"w-{watch_id}-h0000")
    assert kept is not None
    assert kept.payload is not None
    return read_hop(kept.payload).watch


def commit(deployed: House, report: Report) -> None:
    assert deployed.fc.start_later("notify", encode(report), 3000, report.id) is Started.STARTED


def test_until_the_next_look_is_due_it_is_asked_once_a_minute(deployed: House, watches: Watches, gate: Gate) -> None:
    watch = put_off(deployed, watches)
    clock = Leaping(when=590, then=lambda: commit(deployed, final_report(watch, time.time())))

    report = patient(gate.url, clock).wait(watch.id)

    assert report.watch_id == watch.id
    assert len(clock.slept) <= 11
    assert len(gate.paths("/async-tasks/")) <= 2 * len(clock.slept) + 3


def test_a_look_that_takes_longer_is_asked_after_with_growing_pauses(
    deployed: House, watches: Watches, gate: Gate
) -> None:
    watch = put_off(deployed, watches)
    clock = Leaping(at=time.time() + 601, when=20, then=lambda: commit(deployed, final_report(watch, time.time())))

    patient(gate.url, clock).wait(watch.id)

    assert clock.slept == sorted(clock.slept)
    assert (clock.slept[0], len(clock.slept)) == (2, 5)


def test_a_long_watch_is_joined_with_few_questions(deployed: House, watches: Watches, gate: Gate) -> None:
    watch = put_off(deployed, watches)
    kept = deployed.fc.task("watch", f"w-{watch.id}-h0000")
    assert kept is not None
    hop = read_hop(kept.payload or b"")
    for number in range(1, 40):
        payload = write_hop(replace(hop, number=number, watch=replace(watch, looks=number)))
        deployed.fc.start_later("watch", payload, 3000, f"w-{watch.id}-h{number:04d}")
    heard: list[int] = []
    clock = Leaping(when=1, then=lambda: commit(deployed, final_report(watch, time.time())))

    patient(gate.url, clock).wait(watch.id, Listener(stands=lambda watch, due: heard.append(watch.looks)))

    assert heard == [39]
    assert len(gate.paths(f"/async-tasks/w-{watch.id}")) <= 16


def test_a_broken_report_is_passed_on_once_and_the_final_waited_for(deployed: House, watches: Watches) -> None:
    watch = put_off(deployed, watches)
    commit(deployed, broken_report(watch, time.time(), "refresh-watch failed: a fault"))
    heard: list[Report] = []
    clock = Leaping(at=time.time() + 600, when=300, then=lambda: commit(deployed, final_report(watch, time.time())))

    report = patient(deployed.engine_url, clock).wait(watch.id, Listener(broke=heard.append))

    assert report.kind is ReportKind.FINAL
    assert [one.problem for one in heard] == ["refresh-watch failed: a fault"]


def test_a_watch_that_nothing_is_known_of_is_said_to_be_unknown_soon(deployed: House, gate: Gate) -> None:
    clock = HandClock()

    with pytest.raises(NoSuchWatch, match=r"^watch_id: '0123456789abcdef' is not known in cn-hangzhou"):
        patient(gate.url, clock).wait("0123456789abcdef")

    assert NOT_STARTED_FOR <= sum(clock.slept) <= NOT_STARTED_FOR + 10
    assert len(gate.asked) <= 20


def test_a_watch_that_was_started_here_is_looked_for_longer(deployed: House, gate: Gate) -> None:
    gate.refuses = lambda method, path: (404, "AsyncTaskNotFound") if method == "GET" else None
    clock = HandClock()
    starting = patient(gate.url, clock)
    started = starting.start("cdn", "704225661", **LATER)

    with pytest.raises(WaitingEnded, match=r"shows nothing of it after 2m \(is task mode on"):
        starting.wait(started.watch_id)

    assert UNKNOWN_FOR <= sum(clock.slept) <= UNKNOWN_FOR + 30


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("nosuch", "'nosuch'"),
        ("", "''"),
        ("0123456789ABCDEF", "'0123456789ABCDEF'"),
        (5, "(a number was given)"),
        (None, "(null was given)"),
    ],
)
def test_what_is_no_id_of_a_watch_is_refused_before_anything_is_asked(gate: Gate, given: Any, shown: str) -> None:
    with pytest.raises(BadInput) as refused:
        patient(gate.url, HandClock()).wait(given)

    assert str(refused.value).startswith("watch_id: ")
    assert shown in str(refused.value)
    assert "the watch_id that start answered" in str(refused.value)
    assert gate.asked == []


def test_at_the_end_of_a_limit_the_error_says_that_the_watch_goes_on(
    deployed: House, watches: Watches, gate: Gate
) -> None:
    watch = put_off(deployed, watches)
    clock = HandClock()

    with pytest.raises(StillWatched) as ended:
        patient(gate.url, clock).wait(watch.id, seconds=90)

    assert sum(clock.slept) == pytest.approx(90)
    assert str(ended.value).startswith(f"watch {watch.id} has not settled in the time that was given; it goes on")
    commit(deployed, final_report(watch, time.time()))
    assert patient(gate.url, clock).wait(watch.id, seconds=90).watch_id == watch.id


@pytest.mark.parametrize("seconds", [0, -1, True, "90", float("nan")])
def test_a_limit_that_is_none_is_refused(gate: Gate, seconds: Any) -> None:
    with pytest.raises(BadInput, match=r"^seconds: "):
        patient(gate.url, HandClock()).wait("0123456789abcdef", seconds=seconds)
    assert gate.asked == []


def test_a_record_of_another_version_is_said_to_be_there(deployed: House) -> None:
    deployed.fc.start_later("watch", b'{"hop":0,"watch":{"of":"tomorrow"}}', 3000, "w-fedcba9876543210-h0000")

    with pytest.raises(EngineError, match="nothing of it that can be read here"):
        patient(deployed.engine_url, HandClock()).wait("fedcba9876543210")


def test_a_record_that_is_lost_is_not_waited_for_until_the_latest_end(
    deployed: House, watches: Watches, gate: Gate
) -> None:
    watch = put_off(deployed, watches)

    def lose() -> None:
        gate.refuses = lambda method, path: (404, "AsyncTaskNotFound")

    clock = Leaping(at=time.time() + 600, when=10, then=lose)
    with pytest.raises(EngineError, match="shows nothing of it any more"):
        patient(gate.url, clock).wait(watch.id)

    assert sum(clock.slept) < 120


def test_a_final_report_that_never_comes_ends_the_waiting_long_after_the_latest_end(
    deployed: House, watches: Watches
) -> None:
    watch = put_off(deployed, watches)
    clock = HandClock(at=time.time() + 4 * 86400)

    with pytest.raises(EngineError, match="although its latest end has passed"):
        patient(deployed.engine_url, clock).wait(watch.id)


def test_an_engine_that_is_out_of_reach_is_borne_for_ten_minutes(deployed: House, watches: Watches, gate: Gate) -> None:
    watch = put_off(deployed, watches)
    heard: list[str] = []
    gate.is_open = False
    clock = HandClock()

    with pytest.raises(EngineError, match="has not answered for 10m"):
        patient(gate.url, clock).wait(watch.id, Listener(unanswered=heard.append))

    assert len(heard) == 1
    assert UNANSWERED_FOR <= sum(clock.slept) <= UNANSWERED_FOR + 60


@pytest.mark.parametrize(
    ("refusal", "words"),
    [((403, "AccessDenied"), "fc:GetAsyncTask"), ((404, "FunctionNotFound"), "FunctionNotFound (HTTP 404)")],
)
def test_a_record_that_must_not_be_read_is_not_asked_twice(gate: Gate, refusal: tuple[int, str], words: str) -> None:
    gate.refuses = lambda method, path: refusal
    clock = HandClock()

    with pytest.raises(EngineError) as ended:
        patient(gate.url, clock).wait("0123456789abcdef")

    assert words in str(ended.value)
    assert (len(gate.asked), clock.slept) == (1, [])
