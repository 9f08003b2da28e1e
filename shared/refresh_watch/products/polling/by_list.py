"""The list, asked about one id or path: all its pages; or, while an id of very many objects runs, its counts.

A count is the TotalCount under a Status filter. Counts only ever postpone the reading: what they say is never a
verdict, which needs every row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from refresh_watch.errors import Retryable
from refresh_watch.model import MAX_SAMPLES, FailedObject, ListQuery, ObjectRow, Page, Status
from refresh_watch.observation import ItemObservation
from refresh_watch.products.calling import ApiCaller
from refresh_watch.products.polling.all_pages import RowsRead, read_all_pages
from refresh_watch.products.polling.cost import COUNT_FROM_PAGES
from refresh_watch.products.polling.observations import all_final, mean_progress, rows_of_path, seen
from refresh_watch.products.polling.state import ItemStep, LookState
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.watching.reasons import tally


@dataclass(frozen=True)
class ReadPages(ItemStep):
    """All pages of an id or a path; or page 1 alone, of an id of very many objects, which is counted then.

    `first`: page 1, where it has just been read. `count_calls`: the calls in which it may be counted while it runs; 0
    where every page has to be read. `running_shown`: another answer of this look shows a running object. `counted`: as
    counted, the id has ended; if a page shows a running object all the same, that is enough.
    """

    first: Page | None = None
    count_calls: int = 0
    running_shown: bool = False
    counted: ItemObservation | None = None

    def ask(self, caller: ApiCaller) -> RowsRead | Page | None:
        """Page 1 of an id that is to be counted. None when a page shows that what was counted still runs."""
        first = self.first
        if self.count_calls:
            first = first or caller.list_page(replace(self.query, page_number=1))
            all_own = bool(first.rows) and all(row.task_id == self.item.item for row in first.rows)
            if first.total > COUNT_FROM_PAGES * (self.query.page_size or 0) and all_own:
                return first
        unread = [first] if first else []

        def ask(number: int) -> Page:
            # in a second pass page 1 is asked for anew
            page = unread.pop() if unread else caller.list_page(replace(self.query, page_number=number))
            if self.counted and not all_final(page.rows):
                raise _StillRunning
            return page

        try:
            return read_all_pages(ask, self._belongs)
        except _StillRunning:
            return None

    def answered(self, state: LookState, answer: RowsRead | Page | None) -> LookState:
        """The item by its rows, or its counts next."""
        if answer is None:
            return self.shows(state, self.counted) if self.counted else state
        if isinstance(answer, Page):
            step = CountByStatus(
                self.item, self.query, answer, self.running_shown, self.count_calls, before=self.before
            )
            return state.then(step)
        by_path = bool(self.query.object_path)
        rows = rows_of_path(answer.rows, self.item, state.watch, early=state.early) if by_path else answer.rows
        return self.shows(state, seen(self.item.item, rows, whole=answer.whole))

    def _belongs(self, row: ObjectRow) -> bool:
        if not self.query.object_path:
            return row.task_id == self.item.item
        # only one document says that id and path combine as AND: under OR these rows are as much an answer
        return row.task_id in self.item.task_ids or row.object_path == self.item.item


class _StillRunning(Exception):
    pass


@dataclass(frozen=True)
class CountByStatus(ItemStep):
    """The counts of an id, in at most `calls` calls. `first`: page 1, whose rows are all its own."""

    first: Page
    running_shown: bool
    calls: int

    def ask(self, caller: ApiCaller) -> Count | None:
        """None when it cannot be counted."""
        return count(caller.list_page, self.query, self.first, running_shown=self.running_shown, calls=self.calls)

    def answered(self, state: LookState, answer: Count | None) -> LookState:
        """The counts are enough while it is certain that the id runs."""
        if answer is not None and answer.running:
            return self.shows(state, answer.observed)
        # page 1 has just been read; where the counts know better it is asked for anew
        first = self.first if answer is None or all_final(self.first.rows) else None
        counted = answer.observed if answer else None
        return state.then(ReadPages(self.item, self.query, first, counted=counted, before=self.before))

    def unanswered(self, state: LookState, _error: Retryable) -> LookState:
        """Page 1 is enough."""
        return self.shows(state, seen(self.item.item, self.first.rows, whole=False))


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
