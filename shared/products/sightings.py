"""From rows to what a look learned about one item. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import AskAgain
from shared.instants import Seconds
from shared.model import (
    MAX_SAMPLES,
    Answer,
    FailedObject,
    Kind,
    ObjectRow,
    Page,
    Refusal,
    Sighting,
    Status,
    WatchedItem,
    WatchRequest,
)

CLOCK_SLACK: Seconds = 60
"""A row created so long before the submission still counts: the two clocks need not agree (contract 5.1)."""

CUT_FROM_ROWS = 20
"""A by-id answer of so many rows may be cut: no document says how many it can hold, and 20 is the lists' page."""


def seen(item: str, rows: Sequence[ObjectRow], *, whole: bool) -> Sighting:
    """The sighting of an item by its rows; without any it was not seen."""
    if not rows:
        return Sighting(item, Answer.NOT_SEEN)
    failed = [row for row in rows if row.status.is_failure]
    complete = sum(row.status is Status.COMPLETE for row in rows)
    telling = next((row for row in rows if row.status is not Status.COMPLETE), rows[0])
    return Sighting(
        item,
        Answer.SEEN,
        whole=whole,
        complete=complete,
        failed=len(failed),
        running=len(rows) - complete - len(failed),
        failures=tuple(FailedObject(row.object_path, row.status_word, row.description) for row in failed[:MAX_SAMPLES]),
        status_word=telling.status_word,
        progress=_progress(rows),
        kind=next((row.kind for row in rows if row.kind is not Kind.UNKNOWN), Kind.UNKNOWN),
        task_ids=tuple(sorted({row.task_id for row in rows})),
    )


def unanswered(item: str, error: AskAgain) -> Sighting:
    """Asked, but throttled, unreachable or answered in the wrong shape."""
    return Sighting(item, Answer.NO_ANSWER, problem=error.reason, throttled=error.throttled)


def refused(item: str, refusal: Refusal) -> Sighting:
    """The API refuses for good."""
    return Sighting(item, Answer.REFUSED, refusal=refusal)


def is_settled(sighting: Sighting | None) -> bool:
    """All rows were read, and all are final."""
    return sighting is not None and sighting.answer is Answer.SEEN and sighting.whole and sighting.running == 0


def may_be_cut(page: Page, asked: Sequence[str]) -> bool:
    """The by-id answer cannot be taken for all rows of the ids that were asked."""
    foreign = any(row.task_id not in asked for row in page.rows)
    return foreign or len(page.rows) != page.total or len(page.rows) >= CUT_FROM_ROWS


def rows_of_path(rows: Sequence[ObjectRow], item: WatchedItem, request: WatchRequest) -> list[ObjectRow]:
    """The rows of a watch by path: exactly this path; of the bound tasks once it is bound, else of this submission."""
    exact = [row for row in rows if row.object_path == item.item]
    if item.task_ids:
        return [row for row in exact if row.task_id in item.task_ids]
    since = request.submitted_at
    return [
        row
        for row in exact
        if (since is None or (row.created_at is not None and row.created_at >= since - CLOCK_SLACK))
        and (Kind.UNKNOWN in (request.kind, row.kind) or request.kind is row.kind)
    ]


def _progress(rows: Sequence[ObjectRow]) -> float | None:
    known = [min(100.0, max(0.0, row.progress)) for row in rows if row.progress is not None]
    return sum(known) / len(known) if known else None
