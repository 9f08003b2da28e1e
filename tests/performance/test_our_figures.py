"""What README and docs/waiting.md say of the default schedule, held with few draws: virtual time, so always the same."""

from __future__ import annotations

from functools import cache
from statistics import fmean

import pytest

from refresh_watch.instants import Seconds
from tests.performance import ours
from tests.performance.cases import Case, scenes
from tests.performance.optimum import frontier
from tests.performance.runs import Summary, summed_up
from tests.performance.workloads import MIX, PREFETCH, REFRESH, REFRESH_AND_MIX, Workload

START: Seconds = 1.1
"""Of a cold hop."""

DRAWS = 100


@cache
def figures(case: Case) -> Summary:
    return summed_up([ours.run(scene, hop_start=START) for scene in scenes(case, DRAWS)])


@pytest.mark.parametrize(
    ("workload", "calls", "lag", "p95"), [(REFRESH, 12, 6, 14), (MIX, 12, 12, 45), (PREFETCH, 20, 20, 45)], ids=str
)
def test_few_calls_and_a_short_wait_at_once(workload: Workload, calls: float, lag: Seconds, p95: Seconds) -> None:
    found = figures(Case(workload))
    assert (found.wrong, found.none, found.throttled) == (0, 0, 0)
    assert found.calls <= calls
    assert found.lag <= lag
    assert found.p95 <= p95


@pytest.mark.parametrize(("stale", "within"), [(False, 1.15), (True, 1.25)], ids=["fresh", "stale"])
def test_refresh_and_mix_together_are_near_the_best_that_any_schedule_can_do(stale: bool, within: float) -> None:
    found = [figures(Case(workload, stale=stale)) for workload in (REFRESH, MIX)]
    calls, lag = fmean(one.calls for one in found), fmean(one.lag for one in found)
    best = frontier(REFRESH_AND_MIX, 3.0 if stale else None, fine=False).lag_at(calls)
    # a hundred draws stray a few per cent from the mean
    assert lag <= within * 1.05 * best


@pytest.mark.parametrize("workload", [REFRESH, MIX, PREFETCH], ids=str)
@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
def test_progress_that_moves_unevenly_saves_calls_and_a_third_of_the_wait(workload: Workload, stale: bool) -> None:
    without, shown = (figures(Case(workload, progress, stale)) for progress in ("jumps", "uneven"))
    assert shown.calls < without.calls
    assert shown.lag < without.lag * 2 / 3
    assert shown.wrong == 0
