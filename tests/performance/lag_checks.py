"""The table of lags: a line of it, and what it has to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from refresh_watch.instants import Seconds
from tests.performance.cases import Case, Progress
from tests.performance.runs import Summary
from tests.performance.table import Check, at_most, number
from tests.performance.workloads import MIX, PREFETCH, REFRESH, Workload

OURS = "refresh-watch"


@dataclass(frozen=True)
class Row:
    """Who waited for what, what it came to, and the least mean lag at as many calls (`optimum_1s`: with a gap of 1 s)."""

    who: str
    case: Case
    warm: bool  # each hop meets a warm instance
    summary: Summary
    optimum: Seconds = nan
    optimum_1s: Seconds = nan

    @property
    def is_default(self) -> bool:
        """It is our own default setting, in its harder form."""
        return self.who == OURS and not self.warm

    @property
    def answers(self) -> str:
        """How old the answers are."""
        return "stale" if self.case.stale else "fresh"

    @property
    def ratio(self) -> float:
        """Of its lag to the least possible."""
        return self.summary.lag / self.optimum

    @property
    def against(self) -> tuple[float, float, float, float]:
        """The optimum and the ratio to it; in the stale world once more for a gap of one second."""
        other = self.optimum_1s if self.case.stale else nan
        return self.optimum, self.ratio, other, self.summary.lag / other


BOUNDS: tuple[tuple[Workload, str, Seconds], ...] = (
    (REFRESH, "calls", 12),
    (REFRESH, "lag", 6),
    (REFRESH, "p95", 14),
    (MIX, "lag", 12),
    (PREFETCH, "calls", 20),
    (PREFETCH, "lag", 20),
    (PREFETCH, "p95", 45),
)
"""At the default setting, fresh answers, no progress, every hop a cold start."""

WITHIN = {False: 1.15, True: 1.25}
"""Of the optimum at the same calls: fresh, and stale."""

MOSTLY = 0.95
"""A peer with fewer right verdicts than this is beaten by that alone."""


def checks(rows: Sequence[Row], together: Sequence[Row]) -> list[Check]:
    """All lines."""
    return [*_bounds(rows), *_optima(rows, together), *_peers(rows), *_progress(rows), *_verdicts(rows)]


def _default(rows: Sequence[Row], workload: Workload, progress: Progress = "jumps", *, stale: bool = False) -> Row:
    return next(row for row in rows if row.is_default and row.case == Case(workload, progress, stale))


def _bounds(rows: Sequence[Row]) -> list[Check]:
    names = {"calls": "calls", "lag": "mean lag", "p95": "95th lag"}
    return [
        at_most(f"{workload.name}, fresh: {names[what]}", getattr(_default(rows, workload).summary, what), bound)
        for workload, what, bound in BOUNDS
    ]


def _optima(rows: Sequence[Row], together: Sequence[Row]) -> list[Check]:
    held = [*together, *(_default(rows, PREFETCH, stale=stale) for stale in (False, True))]
    return [
        at_most(f"{row.case.workload.name}, {row.answers}: lag to the optimum's", row.ratio, WITHIN[row.case.stale])
        for row in held
    ]


def _peers(rows: Sequence[Row]) -> list[Check]:
    made = []
    for mine in rows:
        rivals = [row for row in rows if row.who != OURS and row.case == mine.case and row.summary.right >= MOSTLY]
        peers = [row for row in rows if row.who != OURS and row.case == mine.case]
        if not mine.is_default or not peers:
            continue
        better = [row.who for row in rivals if _beats(row, mine)]
        case = mine.case
        where = f"{case.workload.name}, {mine.answers}, ids {case.ids:,}, objects of each {case.objects:,}"
        figure = f"of {len(peers)} peers {len(rivals)} right, better: {', '.join(better) or 'none'}"
        made.append(Check(f"{where}: no peer better on both counts", figure, not better))
    return made


def _beats(peer: Row, mine: Row) -> bool:
    return peer.summary.calls <= mine.summary.calls and peer.summary.lag <= mine.summary.lag


def _progress(rows: Sequence[Row]) -> list[Check]:
    """With uneven progress: against our own row without, and against the best plan without at the same calls."""
    made = []
    for workload in (REFRESH, PREFETCH, MIX):
        for stale in (False, True):
            without, shown = (_default(rows, workload, progress, stale=stale) for progress in ("jumps", "uneven"))
            less = 1 - shown.summary.lag / without.summary.lag
            calls, calls_without = shown.summary.calls, without.summary.calls
            figure = f"{less:.0%}, bound 40%, at {number(calls)} calls against {number(calls_without)}"
            where = f"{workload.name}, {shown.answers}, progress uneven: less lag than"
            made.append(Check(f"{where} ours without it", figure, less >= 0.4 and calls <= calls_without))
            figure = f"{1 - shown.ratio:.0%}, bound 40%"
            made.append(Check(f"{where} the optimum without it at the same calls", figure, shown.ratio <= 0.6))
    return made


def _verdicts(rows: Sequence[Row]) -> list[Check]:
    mine = [row.summary for row in rows if row.who == OURS]
    wrong = sum(summary.wrong + summary.none for summary in mine)
    throttled = sum(summary.throttled for summary in mine)
    return [
        at_most(f"our verdicts in {sum(summary.draws for summary in mine):,} draws: wrong ones", wrong, 0),
        at_most("alone, at its full share: throttled answers", throttled, 0),
    ]
