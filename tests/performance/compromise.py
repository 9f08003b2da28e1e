"""Where nothing shows whether answers lag, one plan has to serve both worlds: what the best such plans come to.

The same inspection problem as in `optimum.py`, with both worlds weighed: for `share` of 0 the plan is the best for fresh
answers, for 1 the best for stale ones. Between them lie all plans that cannot be bettered in one world without becoming
worse in the other, so no schedule that does not know can do better than these.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from refresh_watch.instants import Seconds
from tests.performance.optimum import Envelope, Grid, Point, frontier, grid_of
from tests.performance.table import print_table
from tests.performance.workloads import Law

SHARES = (0.0, 0.2, 0.3, 0.4, 0.5, 1.0)
HALVINGS = 6
"""Of the range of prices, until the plan makes as many calls as it should."""


@dataclass(frozen=True)
class Both:
    """One plan in both worlds."""

    share: float
    fresh: Point
    stale: Point


def best_for_both(grid: Grid, price: Seconds, gap: Seconds, share: float) -> Both:
    """The plan of the least weighed cost, price x calls + lag, in both worlds."""
    at, cdf, last = grid.at, grid.cdf, len(grid.at) - 1
    weight = 1 - share
    value: list[list[float]] = [[] for _ in at]
    chosen: list[list[int]] = [[] for _ in at]
    for b in range(last, -1, -1):
        envelope = Envelope()
        if b == last:
            envelope.add(share * (at[last] + gap), 0.0, -1)
        else:
            for c in range(last, min(last, bisect_left(at, at[b] + gap - 1e-6, b + 1)) - 1, -1):
                seen = at[c] * (cdf[c] - cdf[b]) - (grid.partial_mean(c) - grid.partial_mean(b))
                envelope.add(share * at[c], value[c][b] + weight * (price * (1 - cdf[b]) + seen), c)
        column, choices = [0.0] * (b + 1), [-1] * (b + 1)
        for a in range(b, -1, -1):
            least, then = envelope.least(cdf[b] - cdf[a])
            paid = price * (1 - cdf[a]) - (grid.partial_mean(b) - grid.partial_mean(a))
            column[a], choices[a] = least + share * paid, int(then)
        value[b], chosen[b] = column, choices
    first = min(range(1, last + 1), key=lambda b: value[b][0] + weight * (at[b] * cdf[b] - grid.partial_mean(b)))
    plan, a = [first], 0
    while (c := chosen[plan[-1]][a]) >= 0:
        a = plan[-1]
        plan.append(c)
    return Both(share, _in_world(grid, plan, gap, stale=False), _in_world(grid, plan, gap, stale=True))


def print_compromises(law: Law, name: str, calls: float, gap: Seconds) -> None:
    """The best plans for both worlds, each at about so many calls where answers are fresh."""
    fresh, stale = frontier(law), frontier(law, gap, fine=False)
    rows = []
    for share in SHARES:
        both = _at_calls(law, calls, gap, share)
        one, other = both.fresh, both.stale
        rows.append(
            (f"{share:.0%}", one.calls, one.lag, one.lag / fresh.lag_at(one.calls), other.calls, other.lag,
             other.lag / stale.lag_at(other.calls))
        )  # fmt: skip
    heads = ("weight of stale", "fresh: calls", "lag", "ratio", "stale: calls", "lag", "ratio")
    print_table(f"{name}: the best that any schedule can do that does not know whether answers lag", heads, rows)


def _at_calls(law: Law, calls: float, gap: Seconds, share: float) -> Both:
    grid = grid_of(law, 2.0, 0.02, gap)
    low, high = 0.05, law.quantile(0.5) / 10
    both = best_for_both(grid, high, gap, share)
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        both = best_for_both(grid, middle, gap, share)
        low, high = (low, middle) if both.fresh.calls < calls else (middle, high)
    return both


def _in_world(grid: Grid, plan: Sequence[int], gap: Seconds, *, stale: bool) -> Point:
    """The mean calls and lag of a plan. In the stale world an end is shown by the look after the next."""
    times = [grid.at[index] for index in plan] + [grid.at[plan[-1]] + gap]
    calls = lag = before = mean_before = 0.0
    for number, index in enumerate(plan):
        share, mean = grid.cdf[index] - before, grid.partial_mean(index) - mean_before
        shown = number + 1 if stale else number
        calls += share * (shown + 1)
        lag += share * times[shown] - mean
        before, mean_before = grid.cdf[index], grid.partial_mean(index)
    return Point(calls, lag)
