"""One line of the table of lags."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

from refresh_watch.instants import Seconds
from tests.performance.cases import Case
from tests.performance.runs import Summary

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
