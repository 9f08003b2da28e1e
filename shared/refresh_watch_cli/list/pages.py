"""Asks a product's API for `refresh-watch list`: a page, all pages, several tasks, or the tasks of a watch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from refresh_watch.model import ListQuery, ObjectRow, Outcome, Page, Status
from refresh_watch.products.api import ProductApi
from refresh_watch.products.calling import ApiCaller
from refresh_watch.products.polling.all_pages import RowsRead, read_all_pages
from refresh_watch.products.polling.observations import may_be_cut, rows_of_path
from refresh_watch.products.refusals import RefusedForGood, concerns_one_item
from refresh_watch.watch import Watch, WatchedItem


@dataclass(frozen=True)
class ListResult:
    """What was read, before our own filter.

    `total` is the API's count. `unknown`: task ids and paths of which it showed no row. `whole`: no row is missing of
    the others.
    """

    rows: tuple[ObjectRow, ...]
    total: int
    whole: bool = True
    unknown: tuple[str, ...] = ()


@dataclass
class TaskLister:
    """Asks for as long as its caller does. Every method raises Retryable, RefusedForGood and BadInput."""

    api: ProductApi
    caller: ApiCaller
    last: Page | None = None  # the last answer: its ids, page and note
    _by_id: dict[str, tuple[ObjectRow, ...]] = field(default_factory=dict)

    def one(self, query: ListQuery, *, every: bool) -> ListResult:
        """One page, or all of them."""
        if not every:
            page = self._page(query)
            rows, total, whole = tuple(row for row in page.rows if _belongs(row, query)), page.total, True
        else:
            reading = self._every(query, lambda row: _belongs(row, query))
            rows, whole = reading.rows, reading.whole
            total = self.last.total if self.last else len(rows)
        # a filter or a later page says nothing about whether the task is known
        alone = query == ListQuery(task_id=query.task_id, page_size=query.page_size)
        return ListResult(rows, total, whole, (query.task_id,) if alone and query.task_id and not rows else ())

    def tasks(self, ids: Sequence[str], filters: ListQuery) -> ListResult:
        """All rows of these tasks, task by task. The by-id operation knows no filter: with one, each has its list."""
        is_filtered = filters != ListQuery(page_size=filters.page_size)
        most = self.api.spec.ids_per_call
        if most and not is_filtered:
            for start in range(0, len(ids), most):
                self._ask_together(ids[start : start + most])
        listed = _together({task_id: self._task(task_id, filters) for task_id in ids})
        return replace(listed, unknown=()) if is_filtered else listed

    def watch(self, watch: Watch, wanted: Sequence[Status]) -> ListResult:
        """The rows of a watch; where complete ones are not wanted, nothing is asked about what is known complete."""
        request = watch.request
        filters = ListQuery(
            domain_name=request.domain_name,
            object_type=request.object_type,
            resource_group_id=request.resource_group_id,
        )
        skips = bool(wanted) and Status.COMPLETE not in wanted
        items = [item for item in watch.items if not (skips and item.outcome is Outcome.COMPLETE)]
        if request.task_ids:
            return self.tasks([item.item for item in items], filters)
        return _together({item.item: self._path(item, watch, filters) for item in items})

    def _ask_together(self, ids: Sequence[str]) -> None:
        """Ask by id, and in halves where the answer may be cut or one bad id spoils it; what stays so has its list."""
        if len(ids) < 2:
            return
        try:
            page = self.last = self.caller.by_ids(ids)
        except RefusedForGood as error:
            if not concerns_one_item(error.refusal):
                raise
        else:
            if not may_be_cut(page, ids):
                for task_id in ids:
                    self._by_id[task_id] = tuple(row for row in page.rows if row.task_id == task_id)
                return
        half = (len(ids) + 1) // 2
        self._ask_together(ids[:half])
        self._ask_together(ids[half:])

    def _task(self, task_id: str, filters: ListQuery) -> RowsRead:
        if task_id in self._by_id:
            return RowsRead(self._by_id[task_id], whole=True)
        try:
            return self._every(replace(filters, task_id=task_id), lambda row: row.task_id == task_id)
        except RefusedForGood as error:
            if not concerns_one_item(error.refusal):
                raise
            return RowsRead((), whole=True)  # among others it is one that the API does not know

    def _path(self, item: WatchedItem, watch: Watch, filters: ListQuery) -> RowsRead:
        reading = self._every(replace(filters, object_path=item.item), lambda row: row.object_path == item.item)
        return RowsRead(tuple(rows_of_path(reading.rows, item, watch)), reading.whole)

    def _every(self, query: ListQuery, belongs: Callable[[ObjectRow], bool]) -> RowsRead:
        query = replace(query, page_size=query.page_size or self.api.spec.list.page_size)
        return read_all_pages(lambda number: self._page(replace(query, page_number=number)), belongs)

    def _page(self, query: ListQuery) -> Page:
        self.last = self.caller.list_page(query)
        return self.last


def _together(readings: Mapping[str, RowsRead]) -> ListResult:
    """The rows of several tasks or paths, one after the other."""
    rows = tuple(row for reading in readings.values() for row in reading.rows)
    unknown = tuple(item for item, reading in readings.items() if not reading.rows)
    return ListResult(rows, len(rows), all(reading.whole for reading in readings.values()), unknown)


def _belongs(row: ObjectRow, query: ListQuery) -> bool:
    return query.task_id in ("", row.task_id)
