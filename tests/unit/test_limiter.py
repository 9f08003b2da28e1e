"""When the next call may be made."""

from __future__ import annotations

import pytest

from refresh_watch.limiter import Limiter


def waits(limiter: Limiter, now: float, per: float, calls: int) -> list[float]:
    """How long each of so many calls has to wait, all asked for at once."""
    found = []
    for _ in range(calls):
        at = limiter.next_at(now)
        limiter.take(at, per)
        found.append(at - now)
    return found


@pytest.mark.parametrize(
    ("slots", "expected"),
    [(1, [0, 10, 20, 30, 40]), (2, [0, 0, 10, 10, 20]), (3, [0, 0, 0, 10, 10])],
)
def test_at_most_so_many_calls_are_made_in_any_stretch_and_later_ones_queue(slots: int, expected: list[float]) -> None:
    assert waits(Limiter(slots), 100.0, 10.0, 5) == expected


def test_an_unused_slot_is_not_saved_up() -> None:
    limiter = Limiter(2)
    waits(limiter, 100.0, 10.0, 2)
    assert waits(limiter, 500.0, 10.0, 3) == [0, 0, 10]


def test_no_call_is_made_while_it_is_held_and_a_shorter_hold_changes_nothing() -> None:
    limiter = Limiter(2)
    limiter.hold(160.0)
    limiter.hold(120.0)
    assert limiter.is_held(100.0)
    assert waits(limiter, 100.0, 10.0, 3) == [60, 60, 70]
    assert not limiter.is_held(160.0)


def test_a_slot_can_be_kept_longer() -> None:
    limiter = Limiter()
    limiter.take(100.0, 10.0)
    limiter.extend(5.0)
    assert limiter.next_at(100.0) == 115.0


def test_a_clock_that_jumps_back_delays_no_call_by_the_time_that_it_repeats() -> None:
    limiter = Limiter(2)
    waits(limiter, 5000.0, 10.0, 2)
    limiter.hold(5030.0)
    assert limiter.next_at(5000.0) == 5030.0
    assert limiter.next_at(1400.0) == 1430.0
    assert limiter.next_at(1430.0) == 1430.0
    assert not limiter.is_held(1430.0)
