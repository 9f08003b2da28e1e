"""The list, asked about one id or path: all its pages, or counts while an id of very many objects runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from refresh_watch.errors import Retryable
from refresh_watch.model import ObjectRow, Page
from refresh_watch.observation import ItemObservation
from refresh_watch.products.calling import ApiCaller, OutOfTime
from refresh_watch.products.polling.all_pages import RowsRead, read_all_pages
from refresh_watch.products.polling.cost import COUNT_FROM_PAGES, MOST_COUNT_CALLS
from refresh_watch.products.polling.counting import Count, count
from refresh_watch.products.polling.observations import all_final, rows_of_path, seen
from refresh_watch.products.polling.state import ItemStep, LookState


@dataclass(frozen=True)
class AskPageOne(ItemStep):
    """Page 1 of an id: its TotalCount, and often all its rows."""

    def ask(self, caller: ApiCaller) -> Page:
        """One call."""
        return caller.list_page(replace(self.query, page_number=1))

    def answered(self, state: LookState, answer: Page) -> LookState:
        """Go on from there."""
        return self.read_on(state, answer)

    def read_on(
        self, state: LookState, first: Page, *, running_shown: bool = False, calls: int = MOST_COUNT_CALLS - 1
    ) -> LookState:
        """By counts, in so many calls, while the id runs and has very many objects; else by its other pages.

        `running_shown`: another answer of this look shows a running object.
        """
        all_own = bool(first.rows) and all(row.task_id == self.item.item for row in first.rows)
        if first.total > COUNT_FROM_PAGES * state.means.page_size and all_own and not state.late:
            return state.then(CountByStatus(self.item, self.query, first, running_shown, calls, before=self.before))
        return state.then(ReadPages(self.item, self.query, first, before=self.before))


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
        if answer is None:
            return state.then(ReadPages(self.item, self.query, self.first, before=self.before))
        if answer.running:
            return self.shows(state, answer.observed)
        # page 1 has just been read; where the counts know better it is asked for anew
        first = self.first if all_final(self.first.rows) else None
        return state.then(ReadPages(self.item, self.query, first, answer.observed, before=self.before))

    def unanswered(self, state: LookState, _error: Retryable | OutOfTime) -> LookState:
        """Page 1 is enough."""
        return self.shows(state, seen(self.item.item, self.first.rows, whole=False))


@dataclass(frozen=True)
class ReadPages(ItemStep):
    """All pages of an id or a path. `first`: page 1, where it has just been read.

    `counted`: as counted, the id has ended. If a page shows a running object all the same, that is enough.
    """

    first: Page | None = None
    counted: ItemObservation | None = None

    def ask(self, caller: ApiCaller) -> RowsRead | None:
        """None when a page shows that what was counted still runs."""
        first = [self.first] if self.first else []

        def ask(number: int) -> Page:
            # in a second pass page 1 is asked for anew
            page = first.pop() if first else caller.list_page(replace(self.query, page_number=number))
            if self.counted and not all_final(page.rows):
                raise _StillRunning
            return page

        try:
            return read_all_pages(ask, self._belongs)
        except _StillRunning:
            return None

    def answered(self, state: LookState, answer: RowsRead | None) -> LookState:
        """The item by its rows."""
        if answer is None:
            return self.shows(state, self.counted) if self.counted else state
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
