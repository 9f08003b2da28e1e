"""The optimum: against every plan there is on a tiny grid, and against figures known from elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from tests.performance.compromise import best_for_both
from tests.performance.optimum import Grid, Point, fresh, frontier, grid_of, stale
from tests.performance.workloads import MIX, PREFETCH, REFRESH, REFRESH_AND_MIX, LastOf, Law, Part, Workload

SMALL = Workload("small", REFRESH.kind, (Part(0.6, 6.0, 0.2), Part(0.4, 2.5, 0.5)))


@pytest.fixture(scope="module")
def grid() -> Grid:
    return grid_of(SMALL, 2.0)


def plans(grid: Grid) -> list[tuple[float, ...]]:
    """All of them: any of the grid's instants after the first, and its last."""
    *between, last = grid.at[1:]
    return [
        (*chosen, last)
        for count in range(len(between) + 1)
        for chosen in itertools.combinations(between, count)
    ]  # fmt: skip


def outcome_fresh(law: Law, plan: Sequence[float]) -> Point:
    looks = [0.0, *plan]
    calls = sum(1 - law.cdf(a) for a in looks[:-1])
    return Point(calls, sum(shown_at(law, a, c, c) for a, c in itertools.pairwise(looks)))


def outcome_stale(law: Law, plan: Sequence[float], gap: float) -> Point:
    looks = [0.0, *plan, plan[-1] + gap]
    calls = 1 + sum(1 - law.cdf(a) for a in looks[:-2])
    return Point(calls, sum(shown_at(law, a, b, c) for a, b, c in zip(looks, looks[1:], looks[2:], strict=False)))


def shown_at(law: Law, a: float, b: float, c: float) -> float:
    """E[c - T; a < T <= b]."""
    mean = (b * law.cdf(b) - law.waited(b)) - (a * law.cdf(a) - law.waited(a))
    return c * (law.cdf(b) - law.cdf(a)) - mean


@pytest.mark.parametrize("price", [0.05, 0.3, 1.0, 4.0])
def test_in_the_fresh_world_no_plan_on_the_grid_is_better(grid: Grid, price: float) -> None:
    best = min(price * point.calls + point.lag for point in (outcome_fresh(SMALL, plan) for plan in plans(grid)))
    found = fresh(grid, price)
    assert price * found.calls + found.lag == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("price", [0.05, 0.3, 1.0, 4.0])
def test_in_the_stale_world_no_plan_with_its_gaps_is_better(grid: Grid, price: float) -> None:
    gap = 4.0
    allowed = [plan for plan in plans(grid) if all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(plan))]
    best = min(price * point.calls + point.lag for point in (outcome_stale(SMALL, plan, gap) for plan in allowed))
    found = stale(grid, price, gap)
    # the grid's last instant may come sooner after the one before: it closes the plan
    assert price * found.calls + found.lag == pytest.approx(best, rel=0.01)
    assert price * found.calls + found.lag <= best + 1e-9


def test_a_plan_that_costs_nothing_looks_everywhere_and_a_dear_one_once(grid: Grid) -> None:
    assert fresh(grid, 1e-9).calls == pytest.approx(outcome_fresh(SMALL, grid.at[1:]).calls)
    assert fresh(grid, 1e9).calls == pytest.approx(1)
    assert stale(grid, 1e9, 2.0).calls == pytest.approx(2)


@pytest.mark.parametrize(
    ("law", "calls", "lag"),
    [(REFRESH, 5, 9.2), (REFRESH, 3.2, 14.7), (PREFETCH, 13, 27.0), (PREFETCH, 8.4, 42.3), (MIX, 6.1, 12.8)],
)
def test_the_least_lags_of_the_workloads(law: Workload, calls: float, lag: float) -> None:
    assert frontier(law).lag_at(calls) == pytest.approx(lag, rel=0.01)


def test_where_answers_are_stale_the_least_lag_is_about_twice_as_long() -> None:
    assert frontier(REFRESH_AND_MIX).lag_at(12.2) == pytest.approx(6.2, rel=0.01)
    assert frontier(REFRESH_AND_MIX, 1.0, fine=False).lag_at(12.2) == pytest.approx(13.5, rel=0.01)
    assert frontier(REFRESH_AND_MIX, 5.0, fine=False).lag_at(12.2) == pytest.approx(16.0, rel=0.01)


def test_more_calls_than_any_plan_can_use_are_no_better_and_fewer_than_any_needs_are_unknown() -> None:
    known = frontier(REFRESH, 5.0, fine=False)
    assert known.lag_at(500) == known.lag_at(400) > 2.5
    assert known.lag_at(0.5) != known.lag_at(0.5)


@pytest.mark.parametrize(
    "law", [REFRESH, PREFETCH, MIX, LastOf(REFRESH, 10)], ids=["refresh", "prefetch", "mix", "last of ten"]
)
def test_the_closed_forms_agree_with_sums(law: Law) -> None:
    end = law.quantile(0.7)
    step = end / 4000
    summed = sum(law.cdf((i + 0.5) * step) * step for i in range(4000))
    assert law.waited(end) == pytest.approx(summed, rel=1e-3)
    assert law.cdf(end) == pytest.approx(0.7, abs=1e-4)


def test_a_few_stratified_draws_have_the_mean_of_many() -> None:
    few, many = REFRESH.draws(50, seed=1), REFRESH.draws(5000, seed=2)
    assert sum(few) / 50 == pytest.approx(sum(many) / 5000, rel=0.002)
    assert few != sorted(few)


def test_a_plan_for_both_worlds_is_the_best_of_each_at_the_ends_and_between_them_otherwise() -> None:
    grid, gap, price = grid_of(REFRESH, 4.0), 4.0, 2.0
    for_fresh, for_stale = (best_for_both(grid, price, gap, share) for share in (0.0, 1.0))
    assert cost(for_fresh.fresh, price) == pytest.approx(cost(fresh(grid, price), price), rel=0.01)
    assert cost(for_stale.stale, price) == pytest.approx(cost(stale(grid, price, gap), price), rel=0.01)
    between = best_for_both(grid, price, gap, 0.4)
    assert cost(for_fresh.fresh, price) <= cost(between.fresh, price) <= cost(for_stale.fresh, price)
    assert cost(for_stale.stale, price) <= cost(between.stale, price) <= cost(for_fresh.stale, price)


def cost(point: Point, price: float) -> float:
    return price * point.calls + point.lag
