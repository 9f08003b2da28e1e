"""From rows to what a look shows of one item. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from refresh_watch.errors import Retryable
from refresh_watch.instants import Seconds
from refresh_watch.model import MAX_SAMPLES, FailedObject, Kind, ObjectRow, Page, Refusal, Status
from refresh_watch.observation import Answer, ItemObservation
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.reasons import tally

CLOCK_SLACK: Seconds = 60
"""A row created so long before the submission still counts: the two clocks need not agree (docs/contracts.md)."""

MOST_BOUND_TASKS = 5
"""Task ids that one path is bound to: a watch carries them in its payload, which is small."""

ONE_SUBMISSION: Seconds = 3
"""Tasks of one submission are created within so long of each other; what comes later is of another submission."""

CUT_FROM_ROWS = 20
"""A by-id answer of so many rows may be cut: no document says how many it can hold, and 20 is the lists' page."""


def seen(item: str, rows: Sequence[ObjectRow], *, whole: bool) -> ItemObservation:
    """What its rows show of an item; without any it was not seen."""
    if not rows:
        return ItemObservation(item, Answer.NOT_SEEN)
    failed = [row for row in rows if row.status.is_failure]
    failures = [FailedObject(row.object_path, row.status_word, row.description) for row in failed]
    complete = sum(row.status is Status.COMPLETE for row in rows)
    first_open = next((row for row in rows if row.status is not Status.COMPLETE), rows[0])
    return ItemObservation(
        item,
        Answer.SEEN,
        whole=whole,
        complete=complete,
        failed=len(failed),
        running=len(rows) - complete - len(failed),
        failures=tuple(failures[:MAX_SAMPLES]),
        reasons=tally(failures),
        status_word=first_open.status_word,
        progress=mean_progress(rows),
        kind=next((row.kind for row in rows if row.kind is not Kind.UNKNOWN), Kind.UNKNOWN),
        task_ids=tuple(sorted({row.task_id for row in rows})),
    )


def unanswered(item: str, error: Retryable) -> ItemObservation:
    """Asked, but throttled, unreachable or answered in the wrong shape."""
    return ItemObservation(item, Answer.NO_ANSWER, problem=error.reason, throttled=error.throttled)


def refused(item: str, refusal: Refusal) -> ItemObservation:
    """The API refuses for good."""
    return ItemObservation(item, Answer.REFUSED, refusal=refusal)


def objects_of(observed: ItemObservation) -> int:
    """How many objects it shows."""
    return observed.complete + observed.failed + observed.running


def or_before(observed: ItemObservation, before: ItemObservation | None) -> ItemObservation:
    """An observation, unless an earlier answer of this look showed more: then that one, and never as the whole."""
    if before is not None and before.answer is Answer.SEEN and objects_of(observed) < objects_of(before):
        return replace(before, whole=False)
    return observed


def all_final(rows: Iterable[ObjectRow]) -> bool:
    """No object of these is running."""
    return all(row.status.is_final for row in rows)


def may_be_cut(page: Page, asked: Sequence[str]) -> bool:
    """The by-id answer cannot be taken for all rows of the ids that were asked."""
    foreign = any(row.task_id not in asked for row in page.rows)
    return foreign or len(page.rows) != page.total or len(page.rows) >= CUT_FROM_ROWS


def rows_of_path(rows: Sequence[ObjectRow], item: WatchedItem, watch: Watch, *, early: bool = False) -> list[ObjectRow]:
    """The rows of a watch by path: exactly this path; of the bound tasks once it is bound, else of this submission.

    Not bound yet, these are the tasks created within ONE_SUBMISSION of the one that `_rank` puts first, at most
    MOST_BOUND_TASKS, none from CLOCK_SLACK before `watch.started_at` or earlier (a submission in the future counts from
    acceptance). While it is `early` its own may not be shown yet, so one from before it does not count.
    """
    exact = [row for row in rows if row.object_path == item.item]
    if item.task_ids:
        return [row for row in exact if row.task_id in item.task_ids]
    kind = watch.request.kind
    submitted = math.floor(watch.started_at)  # rows are dated in whole seconds
    distances: dict[str, tuple[int, Seconds]] = {}
    ours = []
    for row in exact:
        if row.created_at is None or row.created_at < watch.started_at - CLOCK_SLACK:
            continue
        if Kind.UNKNOWN in (kind, row.kind) or kind is row.kind:
            ours.append(row)
            distance = _rank(row.created_at - submitted)
            distances[row.task_id] = min(distance, distances.get(row.task_id, distance))
    rank, nearest = min(distances.values(), default=(_FIRST, 0.0))
    if early and rank in _FROM_BEFORE:
        return []
    near = {one: at for one, at in distances.items() if at[0] == rank and at[1] <= nearest + ONE_SUBMISSION}
    bound = sorted(near, key=lambda task_id: near[task_id])[:MOST_BOUND_TASKS]
    return [row for row in ours if row.task_id in bound]


_FIRST, _JUST_BEFORE, _LATER, _EARLIER = range(4)
_FROM_BEFORE = (_JUST_BEFORE, _EARLIER)


def _rank(after: Seconds) -> tuple[int, Seconds]:
    """Which task is the submission's own, by how long after it the task was created: the lowest is.

    Next to it before far from it, since the two clocks need not agree to the second; then the next one created, for
    later ones are of later submissions; then the nearest earlier one.
    """
    distance = abs(after)
    if distance <= ONE_SUBMISSION:
        return (_FIRST if after >= 0 else _JUST_BEFORE), distance
    return (_LATER if after > 0 else _EARLIER), distance


def mean_progress(rows: Sequence[ObjectRow]) -> float | None:
    """The mean of what can be read of their Process, 0 to 100; None where nothing can."""
    known = [min(100.0, max(0.0, row.progress)) for row in rows if row.progress is not None]
    return sum(known) / len(known) if known else None
