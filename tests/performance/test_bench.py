"""The benchmark's own arithmetic: verdicts, summaries, the check-list."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from refresh_watch.model import Product
from tests.performance import ours
from tests.performance.cases import NOON, Case, Progress, scenes
from tests.performance.lag_checks import OURS, Row, checks
from tests.performance.quota_left import least_seconds
from tests.performance.runs import Run, Summary, Verdict, summed_up
from tests.performance.table import Check, at_most, number
from tests.performance.workloads import MIX, PREFETCH, REFRESH, REFRESH_AND_MIX

GOOD = Summary(draws=10, looks=5, calls=5, lag=4, p95=8, wrong=0, none=0, throttled=0, busy=3)


def test_the_same_scene_comes_to_the_same_end_twice() -> None:
    first, second = (
        [ours.run(scene, hop_start=0.5) for scene in scenes(Case(MIX, "uneven", ids=3), 4)] for _ in range(2)
    )
    assert first == second
    assert {run.verdict for run in first} == {Verdict.RIGHT}
    assert all(run.lag > 0 for run in first)


def test_a_watch_that_is_told_too_early_or_otherwise_is_wrong() -> None:
    (scene,) = scenes(Case(REFRESH, ids=2), 1)
    followed = ours.follow(scene, hop_start=0.5)
    assert followed.is_right(scene)
    assert not replace(followed, told_at=scene.ends_at - 1).is_right(scene)
    later = {task_id: replace(truth, failed=truth.failed + 1) for task_id, truth in scene.truths.items()}
    assert not followed.is_right(replace(scene, truths=later))


def test_a_look_whose_time_ended_first_and_the_one_after_it_are_one_sweep() -> None:
    (scene,) = scenes(Case(REFRESH), 1)
    followed = ours.follow(scene, hop_start=0.5)
    looks = [
        ours.Looked(NOON + n, calls, 0, after) for n, (calls, after) in enumerate([(3, 9), (5, 0), (6, 0), (7, 9)])
    ]
    assert [(sweep.began - NOON, sweep.calls) for sweep in replace(followed, looks=looks).sweeps] == [(0, 3), (1, 18)]


def test_draws_are_as_many_ids_and_objects_as_asked_for_and_one_in_twenty_fails() -> None:
    drawn = list(scenes(Case(PREFETCH, ids=5, objects=4), 3))
    truths = [truth for scene in drawn for truth in scene.truths.values()]
    assert [len(scene.truths) for scene in drawn] == [5, 5, 5]
    assert {truth.complete + truth.failed for truth in truths} == {4}
    assert sum(truth.failed for truth in truths) == 60 // 20
    assert len({task_id for scene in drawn for task_id in scene.truths}) == 15
    assert all(scene.ends_at == max(truth.ends_at for truth in scene.truths.values()) > NOON for scene in drawn)


@pytest.mark.parametrize(("progress", "shown"), [("jumps", False), ("mute", False), ("linear", True), ("uneven", True)])
def test_only_informative_progress_moves(progress: Progress, shown: bool) -> None:
    (scene,) = scenes(Case(REFRESH, progress), 1)
    assert (scene.switches.progress == "moves") == shown


def test_lags_are_of_the_right_verdicts_only() -> None:
    runs = [Run(Verdict.RIGHT, float(lag), 2, 3, 1, 5.0) for lag in range(1, 21)]
    runs += [Run(Verdict.WRONG, math.nan, 2, 3, 1, 5.0), Run(Verdict.NONE, math.nan, 2, 3, 1, 5.0)]
    summary = summed_up(runs)
    assert (summary.lag, summary.p95, summary.wrong, summary.none) == (10.5, 19, 1, 1)
    assert summary.right == pytest.approx(20 / 22)
    assert math.isnan(summed_up(runs[-2:]).lag)


def test_the_quota_dictates_the_quickest_way() -> None:
    assert least_seconds(Product.CDN, 1000, 1.0) == pytest.approx(1.0)  # ten pages, five of them at once
    assert least_seconds(Product.CDN, 1000, 0.2) == pytest.approx(9.0)
    assert least_seconds(Product.VOD, 1000, 0.2) == pytest.approx(19.0)
    assert least_seconds(Product.CDN, 10, 0.2) == 0


def test_a_check_is_what_its_figure_says() -> None:
    assert at_most("calls", 12.0, 12).met
    assert not at_most("calls", 12.1, 12).met
    assert not at_most("lag", math.nan, 12).met
    assert [number(value) for value in (math.nan, 0, 7.0, 0.456, 5.236, 52.36, 523.6)] == [
        "-", "0", "7", "0.46", "5.24", "52.4", "524",
    ]  # fmt: skip


def rows(mine: Summary, peer: Summary) -> list[Row]:
    made = []
    for workload in (REFRESH, PREFETCH, MIX):
        for stale in (False, True):
            made.append(Row(OURS, Case(workload, stale=stale), False, mine, optimum=4.0))
            shown = replace(mine, lag=mine.lag / 2)
            made.append(Row(OURS, Case(workload, "uneven", stale), False, shown, optimum=4.0))
            made.append(Row("peer", Case(workload, stale=stale), False, peer))
    return made


def not_met(mine: Summary, peer: Summary) -> set[str]:
    everything = rows(mine, peer)
    together = [Row(OURS, Case(REFRESH_AND_MIX, stale=stale), False, mine, optimum=4.0) for stale in (False, True)]
    found: list[Check] = checks(everything, together)
    return {check.claim.split(": ")[-1] for check in found if not check.met}


def test_the_check_list_holds_when_all_is_well_and_names_what_is_not() -> None:
    slower = replace(GOOD, calls=4, lag=30)
    assert not_met(GOOD, slower) == set()
    assert not_met(GOOD, replace(GOOD, calls=4, lag=3)) == {"no peer better on both counts"}
    assert not_met(GOOD, replace(GOOD, calls=4, lag=3, none=5)) == set()
    assert not_met(replace(GOOD, p95=50), slower) == {"95th lag"}
    assert not_met(replace(GOOD, wrong=1), slower) == {"wrong ones"}
    assert not_met(replace(GOOD, throttled=1), slower) == {"throttled answers"}
    assert "lag to the optimum's" in not_met(replace(GOOD, lag=5.5), slower)
