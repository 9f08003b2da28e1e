"""The least mean lag that any plan of looks can have at a given mean number of calls, by dynamic programming.

This is the inspection problem (Barlow, Hunter and Proschan, "Optimum Checking Procedures", J. SIAM 11, 1963): the law of
the end T is known, each look costs, and the lag is what passes from the end to the look that shows it. A price a call
turns calls into seconds; least price x calls + lag, over all prices, is the frontier of both.

Two worlds. Fresh: a look at c, after one at a that showed the task running, shows an end in (a, c]. Stale: an answer
shows what the question before it brought up to date, so with questions at a < b < c an end in (a, b] is shown at c. That
update is asynchronous, so the next question comes `gap` seconds later at the earliest. Every question counts, also one
whose answer is old.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refresh_watch.instants import Seconds
from tests.performance.workloads import Law

ENDS_BY = 1 - 1e-5
"""The grid ends at this quantile: the last point shows the end, whatever it is."""


SHORT: Seconds = 1500
"""A law that ends sooner is solved on every second."""


@dataclass(frozen=True)
class Point:
    """What a plan costs, in the mean: calls, and seconds from the end to the look that shows it."""

    calls: float
    lag: Seconds


@dataclass(frozen=True)
class Grid:
    """The instants at which a plan may look, and at each what the law says; rising, the first is 0."""

    at: tuple[Seconds, ...]
    cdf: tuple[float, ...]
    waited: tuple[Seconds, ...]

    def partial_mean(self, i: int) -> Seconds:
        """E[T; T <= at[i]]."""
        return self.at[i] * self.cdf[i] - self.waited[i]


def grid_of(law: Law, step: Seconds, growth: float = 0.0, gap: Seconds = 0.0) -> Grid:
    """Every `step` seconds, or every `growth` of the time since submission where that is longer.

    There, each instant is joined by the one a `gap` after it: where answers are stale, plans ask in pairs.
    """
    at, end = [0.0], law.quantile(ENDS_BY)
    while at[-1] < end:
        at.append(at[-1] + max(step, growth * at[-1]))
    if gap:
        at = sorted({*at, *(t + gap for t in at if growth * t > step)})
    return Grid(tuple(at), tuple(law.cdf(t) for t in at), tuple(law.waited(t) for t in at))


class Envelope:
    """The least of lines ``slope * x + height``: added with falling slopes, asked with rising x; constant time each.

    Each line carries a number, `calls` here.
    """

    def __init__(self) -> None:
        self._lines: deque[tuple[float, float, float]] = deque()

    def add(self, slope: float, height: float, calls: float) -> None:
        lines = self._lines
        while lines and lines[-1][0] == slope:
            if lines[-1][1] <= height:
                return
            lines.pop()
        while len(lines) > 1:
            (s1, h1, _), (s2, h2, _) = lines[-2], lines[-1]
            if (height - h1) * (s1 - s2) > (h2 - h1) * (s1 - slope):
                break
            lines.pop()
        lines.append((slope, height, calls))

    def least(self, x: float) -> tuple[float, float]:
        """The least value at x, and the calls of the line that has it."""
        lines = self._lines
        while len(lines) > 1 and lines[1][0] * x + lines[1][1] <= lines[0][0] * x + lines[0][1]:
            lines.popleft()
        slope, height, calls = lines[0]
        return slope * x + height, calls


def fresh(grid: Grid, price: Seconds, effort: Sequence[float] | None = None) -> Point:
    """The best plan when an answer shows the truth.

    V(a) = min over c > a of price x P(T > a) + E[c - T; a < T <= c] + V(c). `effort`: calls of a look whose predecessor
    was at that grid point; one, if not given.
    """
    last = len(grid.at) - 1
    value, calls = 0.0, 0.0
    envelope = Envelope()
    for a in range(last - 1, -1, -1):
        c = a + 1
        envelope.add(grid.at[c], grid.waited[c] + value, calls)
        least, then = envelope.least(-grid.cdf[a])
        made = (1 - grid.cdf[a]) * (effort[a] if effort else 1.0)
        value = price * made + least - grid.waited[a] + grid.at[a] * grid.cdf[a]
        calls = made + then
    return Point(calls, value - price * calls)


def stale(grid: Grid, price: Seconds, gap: Seconds, effort: Sequence[float] | None = None) -> Point:
    """The best plan when an answer shows what the question before it brought up to date.

    f(a, b) = min over c >= b + gap of price x P(T > a) + E[c - T; a < T <= b] + f(b, c), where a and b are the last two
    questions. The first question (its answer shows the task as it was created) has a = 0 and no b. `effort`: calls of a
    question when the latest answer showed the task as it was at that grid point.
    """
    at, cdf, last = grid.at, grid.cdf, len(grid.at) - 1
    # value[b][a] is f(a, b); the end of the grid is shown by one more question, a gap later
    value: list[list[float]] = [[] for _ in at]
    calls: list[list[float]] = [[] for _ in at]
    for b in range(last, -1, -1):
        envelope = Envelope()
        if b == last:
            envelope.add(at[last] + gap, 0.0, 0.0)
        else:
            for c in range(last, min(last, bisect_left(at, at[b] + gap - 1e-6, b + 1)) - 1, -1):
                envelope.add(at[c], value[c][b], calls[c][b])
        column, counted = [0.0] * (b + 1), [0.0] * (b + 1)
        for a in range(b, -1, -1):
            least, then = envelope.least(cdf[b] - cdf[a])
            made = (1 - cdf[a]) * (effort[a] if effort else 1.0)
            column[a] = price * made + least - (grid.partial_mean(b) - grid.partial_mean(a))
            counted[a] = made + then
        value[b], calls[b] = column, counted
    first = min(range(last + 1), key=lambda b: value[b][0])
    return Point((effort[0] if effort else 1.0) + calls[first][0], value[first][0] - price * calls[first][0])


class Frontier:
    """The least lag at any number of calls: optima at prices that fall by three tenths, and between them a power law."""

    def __init__(self, solve: Callable[[Seconds], Point], dearest: Seconds) -> None:
        """`solve` answers the optimum at a price a call; `dearest` is a price at which a plan hardly looks at all."""
        self._solve = solve
        self._dearest = dearest
        self._points: dict[int, Point] = {}

    def lag_at(self, calls: float) -> Seconds:
        """The least mean lag of a plan with at most so many calls in the mean; NaN for fewer than any plan needs."""
        low, high = 0, 44
        if calls < self._point(low).calls:
            return math.nan
        if calls >= self._point(high).calls:
            return self._point(high).lag
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._point(middle).calls <= calls else (low, middle)
        below, above = self._point(low), self._point(high)
        if above.calls == below.calls:
            return above.lag
        share = math.log(calls / below.calls) / math.log(above.calls / below.calls)
        return below.lag * math.pow(above.lag / below.lag, share)

    def _point(self, number: int) -> Point:
        if number not in self._points:
            self._points[number] = self._solve(self._dearest * 0.7**number)
        return self._points[number]


def frontier(
    law: Law, gap: Seconds | None = None, *, effort: Callable[[Seconds], float] | None = None, fine: bool = True
) -> Frontier:
    """The frontier of a law. `gap`: in the stale world, with so many seconds between two questions; else the fresh one.

    `effort`: calls of a look by the age of what the one before it showed; one, if not given. A stale optimum on a grid
    that is not `fine` is some 1 % too high, and several times as quick.
    """
    dearest = law.quantile(0.5) * 2
    if gap is None:
        grid = grid_of(law, 0.5, 0.001)
    else:
        is_short = law.quantile(ENDS_BY) < SHORT
        growth = (0.0 if is_short else 0.012) if fine else (0.015 if is_short else 0.03)
        grid = grid_of(law, 1.0, growth, gap)
    efforts = [effort(t) for t in grid.at] if effort else None
    if gap is None:
        return Frontier(lambda price: fresh(grid, price, efforts), dearest)
    return Frontier(lambda price: stale(grid, price, gap, efforts), dearest)
