"""When to look next."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.errors import BadInput
from refresh_watch.limits import LONGEST_DELAY
from refresh_watch.model import Kind, Product, WatchRequest
from refresh_watch.watch import Pace, Watch, open_watch
from refresh_watch.watching.schedule import (
    LONGEST_STEP,
    PREFETCH,
    REFRESH,
    Schedule,
    first_look,
    next_look,
    read_schedule,
)

ACCEPTED = 1_790_000_000.0


def watch_of(number: int = 1, **request: Any) -> Watch:
    return open_watch("refresh", WatchRequest(Product.CDN, task_ids=(str(number),), **request), ACCEPTED)


def looks(until: float, cost: float = 0.0, number: int = 1, **request: Any) -> list[float]:
    """Seconds after acceptance of each look, of a watch whose tasks never move."""
    watch = watch_of(number, **request)
    at = [first_look(watch, ACCEPTED)]
    while at[-1] < until:
        at.append(round(at[-1] + next_look(watch, ACCEPTED + at[-1], cost=cost), 3))
    return at


def gaps(at: list[float], begin: float, end: float) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(at) if begin <= earlier and later <= end]


def test_a_refresh_is_asked_about_most_often_where_it_ends() -> None:
    at = looks(480)
    assert 30 < at[0] < 60, "a quick one ends within a minute"
    assert len([one for one in at if 140 < one < 240]) == 0, "hardly any ends here"
    assert max(gaps(at, 260, 480)) < 20


def test_a_prefetch_is_asked_about_later_and_less() -> None:
    at = looks(1500, kind=Kind.PREFETCH)
    assert at[0] > 200
    assert 25 < min(gaps(at, 400, 1500)) <= max(gaps(at, 400, 1500)) < 60


def test_watches_that_were_submitted_together_do_not_look_together() -> None:
    first = sorted(looks(0, number=number)[0] for number in range(100))
    assert first[-1] - first[0] > 10
    assert max(later - earlier for earlier, later in itertools.pairwise(first)) < 2


def test_a_watch_whose_look_costs_sixteen_times_as_much_looks_a_quarter_as_often() -> None:
    cheap, dear = looks(470), looks(470, cost=16 * 0.2)
    assert len(dear) == pytest.approx(len(cheap) / 4, abs=2)


def test_where_answers_lag_the_second_look_of_a_pair_follows_seconds_later() -> None:
    watch = replace(watch_of(), pace=Pace(looked_at=300, again=True, lags=True))
    assert next_look(watch, ACCEPTED + 300) == 3


def test_progress_that_moves_steadily_says_when_to_look() -> None:
    watch = replace(watch_of(), pace=Pace(looked_at=200, points=((100, 40.0), (200, 80.0)), lags=False))
    assert 45 <= next_look(watch, ACCEPTED + 200) <= 52


def test_the_last_look_before_the_deadline_falls_on_it() -> None:
    assert looks(100, deadline=100.0)[-1] == 100
    assert looks(20, deadline=20.0) == [20]


def test_a_user_may_set_another_schedule_and_nothing_is_added_to_it() -> None:
    assert looks(4, schedule="0,0.5,2;1") == [0, 0.5, 2, 3, 4]
    moving = replace(watch_of(schedule="0,0.5,2;1"), pace=Pace(1.0, points=((0.5, 10.0), (1.0, 20.0)), again=True))
    assert next_look(moving, ACCEPTED + 2, cost=99) == 1


def test_a_look_that_came_late_takes_the_place_of_the_one_that_it_nearly_met() -> None:
    assert read_schedule("0,15,45,90;15").next(38) == 90


@pytest.mark.parametrize("kind", [Kind.REFRESH, Kind.PREFETCH])
def test_a_watch_of_three_days_grows_slow_and_never_outwaits_the_engine(kind: Kind) -> None:
    at = looks(3 * 86400 - 1, deadline=3 * 86400.0, kind=kind)
    assert len(at) < 1000
    assert 500 < max(later - earlier for earlier, later in itertools.pairwise(at)) <= LONGEST_DELAY


def test_a_watch_of_tasks_submitted_long_ago_looks_at_once_and_then_where_the_schedule_stands() -> None:
    watch = watch_of(submitted_at=ACCEPTED - 330)
    assert first_look(watch, ACCEPTED) == 0
    assert 4 < next_look(watch, ACCEPTED) < 20


@pytest.mark.parametrize("schedule", [REFRESH, PREFETCH, Schedule((0, 3, 9), 4), Schedule((5,), 1)])
def test_numbers_and_times_of_a_schedule_are_each_other_s_inverse(schedule: Schedule) -> None:
    for number in (0.0, 0.4, 1.0, 2.5, 11.0, 40.25, 300.0, 900.0):
        assert schedule.number_at(schedule.time_of(number)) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "0,1", "5,1;2", "0;0.01", "a;1", "-1,2;3", "0,1;", "nan;1", "0;inf"])
def test_a_schedule_that_is_none_is_answered_with_what_is_allowed(text: str) -> None:
    with pytest.raises(BadInput, match="rising seconds"):
        read_schedule(text)


def test_a_clock_that_stands_before_the_submission_is_taken_for_the_submission() -> None:
    """Intake and the watch run on different machines, whose clocks need not agree."""
    for schedule in ("0;15", "0,15,45;15", "5;15", ""):
        watch = watch_of(schedule=schedule)
        assert 0 < next_look(watch, ACCEPTED - 0.5) <= 120, schedule


def test_no_estimate_makes_a_watch_wait_longer_than_the_schedule_ever_does() -> None:
    slow = Pace(looked_at=200, points=((100, 3.0), (200, 6.2)), lags=False)
    assert next_look(replace(watch_of(deadline=86400.0), pace=slow), ACCEPTED + 200) == LONGEST_STEP


_SCHEDULES = st.one_of(
    st.sampled_from(["", "0;0.1", "0,15,45,90;15", "259200;86400", "0,0.000001,259200;0.1"]),
    st.tuples(st.lists(st.floats(0, 259200), min_size=1, max_size=6, unique=True), st.floats(0.1, 86400)).map(
        lambda drawn: f"{','.join(map(repr, sorted(drawn[0])))};{drawn[1]!r}"
    ),
)


@given(
    schedule=_SCHEDULES,
    age=st.one_of(st.floats(-3600, 400_000), st.sampled_from([-0.01, 0.0])),
    cost=st.floats(0, 1e6),
    late_by=st.floats(0, 1e6),
    kind=st.sampled_from(Kind),
    deadline=st.floats(0.5, 259200),
    submitted_at=st.one_of(st.none(), st.floats(0, 2e9)),
)
def test_the_next_look_comes_later_than_now_and_within_the_hour(
    schedule: str, age: float, cost: float, late_by: float, kind: Kind, deadline: float, submitted_at: float | None
) -> None:
    watch = watch_of(schedule=schedule, kind=kind, deadline=deadline, submitted_at=submitted_at)
    assert 0 <= first_look(watch, ACCEPTED) <= min(LONGEST_DELAY, deadline + 1e-3)
    assert 0 < next_look(watch, ACCEPTED + age, cost=cost, late_by=late_by) <= LONGEST_DELAY
