"""How soon, at how many calls: refresh-watch beside its peers, and both against the optimum."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

from refresh_watch.instants import Seconds
from refresh_watch.watching.pace import AGAIN_AFTER
from tests.performance import ours
from tests.performance.cases import Case, Progress, scenes
from tests.performance.compromise import print_compromises
from tests.performance.lag_checks import OURS, Row, checks
from tests.performance.optimum import frontier
from tests.performance.peers import PEERS, Peer
from tests.performance.runs import summed_up
from tests.performance.table import Check, print_table
from tests.performance.waiting import wait
from tests.performance.workloads import MIX, PREFETCH, REFRESH, REFRESH_AND_MIX, LastOf, Workload

WORKLOADS = (REFRESH, PREFETCH, MIX)
PROGRESS: tuple[Progress, ...] = ("jumps", "mute", "linear", "uneven")

GAP: Seconds = AGAIN_AFTER
"""Between two questions of the stale optimum: our own; the columns beside it have 1 s."""

HEADS = (
    "who", "progress", "answers", "start", "looks", "calls", "lag", "p95", "wrong", "none", "throttled", "function s",
    "optimum", "ratio", "opt. 1 s", "ratio 1 s",
)  # fmt: skip


LEGEND = """
progress: it jumps from 0 to 100 %; or mute, the status says nothing either; or it moves, in a line or unevenly.
answers: stale ones show what the question before them brought up to date.   start: each hop meets a cold or warm instance.
looks, calls, throttled, function s: means a watch.   lag, p95: from the last true end to the report, right verdicts only.
wrong, none: verdicts that are not true, and no verdict at all, of so many draws.
optimum: the least mean lag of any schedule that sees no progress, at as many calls (dynamic programming); in the stale
world its questions stand 3 s apart at least, or 1 s. For one id; for more, a look is taken to cost as many calls as ours.
"""


@dataclass(frozen=True)
class Starts:
    """What passes from a hop's start to its first question."""

    cold: Seconds
    warm: Seconds


def main(pool: Executor, starts: Starts, *, quick: bool) -> list[Check]:
    """Measure, print, and answer the check-list."""
    jobs = [*_single(quick), *_many(quick), *_large(quick)]
    rows = _held_against_optima(pool, list(pool.map(partial(_measured, starts), jobs)), quick=quick)
    print(LEGEND)
    for title, chosen in _grouped(rows):
        print_table(title, HEADS, [_cells(row) for row in chosen])
    together = _together(rows, quick=quick)
    if not quick:
        print_compromises(REFRESH_AND_MIX, "refresh and mix", together[0].summary.calls, GAP)
        prefetch = next(row for row in rows if row.is_default and row.case == Case(PREFETCH))
        print_compromises(PREFETCH, "prefetch", prefetch.summary.calls, GAP)
    return checks(rows, together)


@dataclass(frozen=True)
class _Job:
    case: Case
    draws: int
    peer: Peer | None = None
    warm: bool = False


def _single(quick: bool) -> Iterable[_Job]:
    """One id of one object: every workload and sort of world.

    A watch looks at times of its own (by its id), so its lag has noise: of a thousand draws some 2 %.
    """
    draws, peers_draws = (60, 20) if quick else (1000, 300)
    for workload in WORKLOADS:
        for stale in (False, True):
            for progress in _progress(quick):
                yield _Job(Case(workload, progress, stale), draws)
            yield _Job(Case(workload, stale=stale), draws, warm=True)
            for peer in PEERS:
                yield _Job(Case(workload, stale=stale), peers_draws, peer)


def _many(quick: bool) -> Iterable[_Job]:
    """Ten and a thousand ids, each with its own end; peers only where they tell something new."""
    for ids, draws in ((10, 10 if quick else 100), (1000, 1 if quick else 4)):
        for workload in WORKLOADS[:1] if quick else WORKLOADS:
            for stale in (False, True):
                for progress in _ends_of(_progress(quick)):
                    yield _Job(Case(workload, progress, stale, ids=ids), draws)
        for peer in PEERS if ids == 10 or not quick else ():
            yield _Job(Case(REFRESH, ids=ids), min(draws, 20 if ids == 10 else 1), peer)


def _large(quick: bool) -> Iterable[_Job]:
    """One id of 2,000 objects, of which a by-id answer holds 20."""
    for workload in WORKLOADS[:1] if quick else WORKLOADS:
        for stale in (False,) if quick else (False, True):
            for progress in _ends_of(_progress(quick)):
                yield _Job(Case(workload, progress, stale, objects=2000, by_id_rows=20), 1 if quick else 4)
    for peer in () if quick else PEERS:
        yield _Job(Case(REFRESH, objects=2000, by_id_rows=20), 1, peer)


def _ends_of(progress: tuple[Progress, ...]) -> tuple[Progress, Progress]:
    """Only the harshest sort, and the likeliest of the informative ones."""
    return progress[0], progress[-1]


def _progress(quick: bool) -> tuple[Progress, ...]:
    return ("jumps", "uneven") if quick else PROGRESS


def _measured(starts: Starts, job: _Job) -> Row:
    start = starts.warm if job.warm else starts.cold
    drawn = scenes(job.case, job.draws)
    if job.peer is None:
        runs = [ours.run(scene, hop_start=start) for scene in drawn]
    else:
        runs = [wait(job.peer, scene, hop_start=start) for scene in drawn]
    return Row(OURS if job.peer is None else job.peer.name, job.case, job.warm, summed_up(runs))


IDS_PER_CALL, ROWS_PER_PAGE = 10, 100
"""Of CDN's operations: by id, of those still open; or a listing of all."""


@dataclass(frozen=True)
class _Question:
    """A world for which the optimum is asked. `gap`: None where answers are fresh."""

    workload: Workload
    ids: int
    gap: Seconds | None


def _held_against_optima(pool: Executor, rows: Sequence[Row], *, quick: bool) -> list[Row]:
    """Each row with the least lag at its number of calls, where the optimum is known and all its verdicts are right."""
    asked: dict[_Question, list[float]] = {}
    for row in rows:
        for question in _questions(row, quick=quick):
            asked.setdefault(question, []).append(row.summary.calls)
    answers = pool.map(partial(_lags, quick), asked.items())
    known = {
        (question, calls): lag
        for (question, counts), lags in zip(asked.items(), answers, strict=True)
        for calls, lag in zip(counts, lags, strict=True)
    }
    held = []
    for row in rows:
        optima = [known[question, row.summary.calls] for question in _questions(row, quick=quick)]
        first, second = (*optima, math.nan, math.nan)[:2]
        held.append(replace(row, optimum=first, optimum_1s=second))
    return held


def _questions(row: Row, *, quick: bool) -> list[_Question]:
    """What has to be solved for a row: one law, in the stale world with both gaps."""
    case = row.case
    if case.objects > 1 or row.summary.right < 1 or (quick and row.who != OURS):
        return []  # of many objects counting and reading do not cost alike
    gaps = (None,) if not case.stale else (GAP, 1.0) if case.ids == 1 and not quick else (GAP,)
    return [_Question(case.workload, case.ids, gap) for gap in gaps]


def _lags(quick: bool, asked: tuple[_Question, Sequence[float]]) -> list[Seconds]:
    question, counts = asked
    if question.ids == 1:
        known = frontier(question.workload, question.gap, fine=not quick)
    else:
        last = LastOf(question.workload, question.ids)
        known = frontier(last, question.gap, effort=partial(_effort, last), fine=not quick)
    return [known.lag_at(calls) for calls in counts]


def _effort(last: LastOf, t: Seconds) -> float:
    """Calls of a look about many ids, when those that had ended by `t` are known."""
    return max(1.0, min(last.still_open(t) / IDS_PER_CALL, last.count / ROWS_PER_PAGE))


def _together(rows: Sequence[Row], *, quick: bool) -> list[Row]:
    """Refresh and the mix taken together, which share one schedule: against the optimum of their equal mixture."""
    made = []
    for stale in (False, True):
        one, other = (
            next(row for row in rows if row.is_default and row.case == Case(workload, stale=stale))
            for workload in (REFRESH, MIX)
        )
        summary = replace(
            one.summary,
            calls=(one.summary.calls + other.summary.calls) / 2,
            lag=(one.summary.lag + other.summary.lag) / 2,
        )
        optima = [
            frontier(REFRESH_AND_MIX, gap, fine=not quick).lag_at(summary.calls)
            for gap in ((GAP, 1.0) if stale else (None,))
        ]
        case = Case(REFRESH_AND_MIX, stale=stale)
        made.append(Row(OURS, case, warm=False, summary=summary, optimum=optima[0], optimum_1s=optima[-1]))
    heads = ("answers", "calls", "lag", "optimum", "ratio", "opt. 1 s", "ratio 1 s")
    print_table(
        "refresh and mix together (the mean of both rows), against their equal mixture",
        heads,
        [(row.answers, row.summary.calls, row.summary.lag, *row.against) for row in made],
    )
    return made


def _grouped(rows: Sequence[Row]) -> Iterable[tuple[str, list[Row]]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        case = row.case
        objects = f"{case.objects:,} object{'s' if case.objects > 1 else ''}"
        title = f"{case.workload.name}, {case.ids:,} id{'s' if case.ids > 1 else ''} of {objects}"
        groups.setdefault(title, []).append(row)
    for title, chosen in groups.items():
        yield (
            f"{title}: {max(row.summary.draws for row in chosen)} draws",
            sorted(chosen, key=lambda row: row.case.stale),
        )


def _cells(row: Row) -> tuple[str | float, ...]:
    summary = row.summary
    start = "" if row.who != OURS else "warm" if row.warm else "cold"
    return (
        row.who,
        row.case.progress if row.who == OURS else "",
        row.answers,
        start,
        summary.looks,
        summary.calls,
        summary.lag,
        summary.p95,
        f"{summary.wrong}/{summary.draws}",
        f"{summary.none}/{summary.draws}",
        summary.throttled,
        summary.busy,
        *row.against,
    )
