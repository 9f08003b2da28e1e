"""How far an id of very many objects is, by counts instead of pages: TotalCount under a Status filter.

Counts only ever postpone the reading: what they say is never a verdict, which needs every row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from refresh_watch.model import MAX_SAMPLES, FailedObject, ListQuery, ObjectRow, Page, Status
from refresh_watch.observation import ItemObservation
from refresh_watch.products.polling.observations import all_final, mean_progress, seen
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.watching.reasons import tally


@dataclass(frozen=True)
class Count:
    """What the counts show of an id, never as the whole. `running`: it is certain that it still runs."""

    observed: ItemObservation
    running: bool


class _Contradiction(Exception):
    """The filter was not obeyed, or the numbers cannot all be true."""


def count(
    ask: Callable[[ListQuery], Page], query: ListQuery, first: Page, *, running_shown: bool, calls: int
) -> Count | None:
    """Count an id's objects by their status, in at most `calls` further calls; None when it cannot be counted.

    `query` is the id's, `first` its page 1, whose rows are all the id's own; `running_shown`: another answer of this
    look shows a running object. Raises what `ask` raises, but for a refusal: a filter that is not supported refuses
    the count, not the id.
    """
    types = {query.object_type or row.object_type for row in first.rows}
    if len(types) != 1 or "" in types:
        return None  # the documents require ObjectType beside Status
    query = replace(query, object_type=types.pop(), page_number=1)

    def having(status: Status, size: int, fits: Callable[[Status], bool]) -> Page:
        page = ask(replace(query, status=status.value, page_size=size))
        if page.total > first.total or len(page.rows) > page.total:
            raise _Contradiction
        if any(row.task_id != query.task_id or not fits(row.status) for row in page.rows):
            raise _Contradiction
        return page

    refreshing: tuple[ObjectRow, ...] = ()
    try:
        complete = having(Status.COMPLETE, 1, lambda status: status is Status.COMPLETE)
        failed = having(Status.FAILED, MAX_SAMPLES, lambda status: status.is_failure)
        rest = first.total - complete.total - failed.total
        if rest < 0 or complete.total < sum(row.status is Status.COMPLETE for row in first.rows):
            return None
        running = rest > 0 and (running_shown or not all_final(first.rows))
        if rest > 0 and not running:
            # without a call left the reading waits for the next look, which no longer asks by id first
            if calls > 2:
                refreshing = having(Status.REFRESHING, 1, lambda status: not status.is_final).rows
            running = bool(refreshing) or calls <= 2
    except (RefusedForGood, _Contradiction):
        return None
    return Count(_observed(first, complete.total, failed, refreshing), running)


def _observed(first: Page, complete: int, failed: Page, refreshing: Sequence[ObjectRow]) -> ItemObservation:
    read = seen(first.rows[0].task_id, (*first.rows, *failed.rows, *refreshing), whole=False)
    failures = [FailedObject(row.object_path, row.status_word, row.description) for row in failed.rows]
    others = mean_progress([row for row in first.rows if row.status is not Status.COMPLETE])
    share = complete / first.total
    return replace(
        read,
        complete=complete,
        failed=failed.total,
        running=max(1, first.total - complete - failed.total),
        failures=tuple(failures[:MAX_SAMPLES]),
        # of all that failed or of none: a part would look like all
        reasons=tally(failures) if len(failures) == failed.total else (),
        progress=None if others is None and complete == 0 else 100 * share + (others or 0.0) * (1 - share),
    )
