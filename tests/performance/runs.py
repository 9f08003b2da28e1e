"""What one waiting came to, and what many of them come to together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from refresh_watch.instants import Seconds
from refresh_watch.model import Word


class Verdict(Word):
    """What the one who waited said, held against the truth."""

    RIGHT = "right"
    WRONG = "wrong"  # complete or failed where that was not so, or not yet so
    NONE = "none"  # gave up, or broke off


@dataclass(frozen=True)
class Run:
    """One waiting. `lag`: from the true end of the last object to the word of it; NaN without a right verdict."""

    verdict: Verdict
    lag: Seconds
    looks: int
    calls: int
    throttled: int
    busy: Seconds  # of function time


@dataclass(frozen=True)
class Summary:
    """The means of many. `lag` and `p95` are of the right verdicts."""

    draws: int
    looks: float
    calls: float
    lag: Seconds
    p95: Seconds
    wrong: int
    none: int
    throttled: float
    busy: Seconds

    @property
    def right(self) -> float:
        """The share of right verdicts."""
        return 1 - (self.wrong + self.none) / self.draws


def summed_up(runs: Sequence[Run]) -> Summary:
    """The means of at least one run."""
    lags = sorted(run.lag for run in runs if run.verdict is Verdict.RIGHT)
    return Summary(
        draws=len(runs),
        looks=fmean(run.looks for run in runs),
        calls=fmean(run.calls for run in runs),
        lag=fmean(lags) if lags else math.nan,
        p95=lags[math.ceil(0.95 * len(lags)) - 1] if lags else math.nan,
        wrong=sum(run.verdict is Verdict.WRONG for run in runs),
        none=sum(run.verdict is Verdict.NONE for run in runs),
        throttled=fmean(run.throttled for run in runs),
        busy=fmean(run.busy for run in runs),
    )
