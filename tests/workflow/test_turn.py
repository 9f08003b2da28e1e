"""A hop whose turn in the quota comes later ends, and its successor asks: the look is put off, never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refresh_watch.model import Kind, Product, WatchRequest
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.watch import Watch, open_watch
from refresh_watch.watching.hop_payload import Hop, read_hop
from refresh_watch.workflow.hop import run_hop, whole_seconds
from tests.hand_clock import HandClock
from tests.record import Record

NOON = 1_795_000_000.0


def watch() -> Watch:
    return open_watch("refresh", WatchRequest(Product.CDN, task_ids=("1",), kind=Kind.REFRESH), NOON)


def put_off(seconds: float) -> Callable[[Watch], Observation]:
    return lambda watch: Observation((), NOON, NOON, turn_in=seconds)


def running(watch: Watch) -> Observation:
    observed = ItemObservation("1", Answer.SEEN, True, running=1, status_word="Refreshing")
    return Observation((observed,), NOON + 400, NOON + 400, 1, cost=0.2)


def test_the_successor_has_its_turn_and_knows_when_the_look_was_due() -> None:
    record, clock = Record(), HandClock(NOON + 300)
    hop = Hop(watch(), 7, due=NOON + 290)
    assert run_hop(hop, look=put_off(45.0), engine=record, clock=clock) == "waits for its turn"
    assert list(record.delays.values()) == [45.0]
    (payload,) = record.payloads("watch")
    assert read_hop(payload) == Hop(hop.watch, 8, due=NOON + 290, booked=True)


def test_a_turn_that_comes_later_than_the_engine_can_wait_is_as_late_as_it_can() -> None:
    record = Record()
    run_hop(Hop(watch(), 0), look=put_off(9000.0), engine=record, clock=HandClock(NOON))
    assert list(record.delays.values()) == [3599]


def test_a_hop_that_is_run_twice_and_put_off_twice_has_one_successor() -> None:
    record, clock = Record(), HandClock(NOON)
    for seconds in (45.0, 60.0):
        run_hop(Hop(watch(), 3, due=NOON), look=put_off(seconds), engine=record, clock=clock)
    assert list(record.delays) == [f"w-{watch().id}-h0004"]


def test_a_look_that_was_held_up_slows_the_next_one_and_what_follows_is_planned_anew() -> None:
    delays = []
    for late in (0.0, 60.0):
        record = Record()
        hop = Hop(watch(), 8, due=NOON + 400 - late, booked=True)
        run_hop(hop, look=running, engine=record, clock=HandClock(NOON + 400))
        (delay,) = record.delays.values()
        delays.append(delay)
        (payload,) = record.payloads("watch")
        successor = read_hop(payload)
        assert not successor.booked
        assert successor.due == pytest.approx(NOON + 400 + delay, abs=0.1)
    assert delays[1] > 2 * delays[0]


@pytest.mark.parametrize(("after", "seconds"), [(0.0, 0), (0.2, 1), (1.2, 2), (3.0, 3), (8.4, 8), (8.6, 9)])
def test_a_look_is_put_off_by_whole_seconds_and_one_that_is_due_at_once_comes_not_again_and_again(
    after: float, seconds: float
) -> None:
    assert whole_seconds(after) == seconds
