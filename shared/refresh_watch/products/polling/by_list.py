"""Asking the list about one id or one path: all its pages, or counts while an id of very many objects runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from refresh_watch.errors import AskAgain
from refresh_watch.model import ListQuery, ObjectRow, Page
from refresh_watch.observation import ItemObservation
from refresh_watch.products.calling import OutOfTime
from refresh_watch.products.polling.counting import Count, count
from refresh_watch.products.polling.observations import refused, rows_of_path, seen
from refresh_watch.products.polling.plan import COUNT_FROM_PAGES, MOST_COUNT_CALLS
from refresh_watch.products.polling.questions import Questions
from refresh_watch.products.polling.reading import read_all
from refresh_watch.products.refusals import RefusedForGood, concerns_one_item, ends_look
from refresh_watch.watch import WatchedItem


class _StillRunning(Exception):
    """A page shows a running object: the reading can wait, what the counts show is enough."""

    def __init__(self, counted: Count) -> None:
        self.counted = counted


@dataclass
class ByList:
    """Asks the list. Raises what `Caller.call` raises, but for a refusal of the item itself."""

    questions: Questions

    def about_path(self, item: WatchedItem) -> ItemObservation:
        """All pages of an object path."""
        bound = item.task_ids
        query = replace(self.questions.filtered, object_path=item.item, task_id=bound[0] if len(bound) == 1 else "")

        def belongs(row: ObjectRow) -> bool:
            # only one document says that id and path combine as AND: under OR these rows are as much an answer
            return row.task_id in bound or row.object_path == item.item

        def answer() -> ItemObservation:
            reading = read_all(lambda number: self._page(query, number), belongs)
            rows = rows_of_path(reading.rows, item, self.questions.watch, early=self.questions.early)
            return seen(item.item, rows, whole=reading.whole)

        return _or_refused(item.item, answer)

    def about_id(self, task_id: str) -> ItemObservation:
        """An id, from its page 1 on."""
        return _or_refused(task_id, lambda: self.from_page_one(task_id, self.page_one(task_id)))

    def page_one(self, task_id: str) -> Page:
        """Page 1 of an id: its TotalCount, and often all its rows. Raises RefusedForGood too."""
        return self._page(self._query(task_id), 1)

    def from_page_one(
        self, task_id: str, first: Page, *, running_shown: bool = False, spent: int = 1
    ) -> ItemObservation:
        """Go on from an id's page 1: by counts while it runs and has very many objects, else by its other pages.

        `running_shown`: another answer of this look shows a running object. `spent`: calls that this id has cost.
        """
        own = [row for row in first.rows if row.task_id == task_id]
        counted: Count | None = None
        many = first.total > COUNT_FROM_PAGES * self.questions.api.page_size
        if many and not self.questions.late and own and len(own) == len(first.rows):
            try:
                counted = count(
                    self.questions.list_page,
                    self._query(task_id),
                    first,
                    running_shown=running_shown,
                    calls=MOST_COUNT_CALLS - spent,
                )
            except AskAgain as error:
                if ends_look(error):
                    raise
                return seen(task_id, own, whole=False)
            except OutOfTime:
                return seen(task_id, own, whole=False)
        if counted is not None and counted.running:
            return counted.observed
        # page 1 has just been read; where the counts know better, and in a second pass, it is asked for anew
        pages = [] if counted is not None and not _all_final(own) else [first]

        def page(number: int) -> Page:
            answer = pages.pop() if pages else self._page(self._query(task_id), number)
            if counted is not None and not _all_final(answer.rows):
                raise _StillRunning(counted)
            return answer

        try:
            reading = read_all(page, lambda row: row.task_id == task_id)
        except _StillRunning as still:
            return still.counted.observed
        return seen(task_id, reading.rows, whole=reading.whole)

    def _query(self, task_id: str) -> ListQuery:
        return replace(self.questions.filtered, task_id=task_id)

    def _page(self, query: ListQuery, number: int) -> Page:
        return self.questions.list_page(replace(query, page_number=number))


def _all_final(rows: Iterable[ObjectRow]) -> bool:
    return all(row.status.is_final for row in rows)


def _or_refused(item: str, answer: Callable[[], ItemObservation]) -> ItemObservation:
    try:
        return answer()
    except RefusedForGood as error:
        if not concerns_one_item(error.refusal):
            raise
        return refused(item, error.refusal)
