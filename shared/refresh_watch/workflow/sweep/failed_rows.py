"""What failed in a product's account in a given time, whichever tool submitted it: for the sweep.

EndTime is fixed, so newer tasks never shift the pages, and each page is read once: a sweep is followed by another one
over most of the same time, which sees what this one missed. A row that failed is certain by itself, since a failure is
final; that there is no other is never claimed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from refresh_watch.errors import Retryable
from refresh_watch.model import ListQuery, ObjectRow, Page, Status
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.api import ProductApi
from refresh_watch.products.calling import ApiCaller, OutOfTime
from refresh_watch.products.polling.all_pages import Key, key_of
from refresh_watch.products.polling.window import Window
from refresh_watch.products.refusals import RefusedForGood

MOST_PAGES = 40
"""Of a time that is read row by row; beyond, only what has failed is asked for."""

MOST_CALLS = 100
"""Of one sweep of one product, tries included."""

MOST_ASKED = 100
"""Tasks that a listing shows running and that are asked about by their ids; a tenth of it where one call holds one."""

FAILED_STATUSES = (Status.FAILED, Status.TIMEOUT, Status.CANCELED)
"""What the filter Status takes of failures; older editions of the documents know the first only."""

_NOT_OBEYED = "there are too many tasks to read them all, and the filter Status is not obeyed"


@dataclass(frozen=True)
class Swept:
    """`failed`: rows of that time that failed. `rows`: how many there were, as TotalCount has it.

    `left_out`: why there may be others that failed; empty where all were seen.
    """

    failed: tuple[ObjectRow, ...]
    rows: int
    calls: int
    left_out: str = ""


def sweep(api: ProductApi, window: Window, *, caller: ApiCaller) -> Swept:
    """Ask for what failed in the window, as far as `caller` has time. Raises RefusedForGood when nothing can be asked.

    Cost in calls, for R rows on pages of P: R / P up to MOST_PAGES, else 1 + 3 for each object type of the product,
    besides the pages of what failed; and one for each ten tasks that still run, at most ten.
    """
    reading = _Reading(api, window, caller)
    try:
        left_out = reading.read()
    except (Retryable, RefusedForGood) as error:
        if isinstance(error, RefusedForGood) and not reading.total:
            raise
        left_out = str(error)  # what has been read is certain all the same
    return Swept(reading.failed, reading.total, caller.calls, left_out)


class _Reading:
    def __init__(self, api: ProductApi, window: Window, caller: ApiCaller) -> None:
        self._api = api
        self._window = window
        self._caller = caller
        self._rows: dict[Key, ObjectRow] = {}
        self._query = ListQuery(start_time=window.start, end_time=window.end, page_size=api.spec.list.page_size)
        self.total = 0

    @property
    def failed(self) -> tuple[ObjectRow, ...]:
        return tuple(row for row in self._rows.values() if row.status.is_failure)

    def read(self) -> str:
        """Read in the way that suits the number of rows; answers what was left out."""
        pages = self._pages(self._query)
        self.total = next(pages).total
        more = math.ceil(self.total / self._api.spec.list.page_size) - 1
        if more < MOST_PAGES and more <= self._caller.list_calls_left():
            for _ in pages:
                pass
            self._ask_about_running()
            return ""
        left_out = self._by_status()
        if left_out:
            for _ in islice(pages, MOST_PAGES - 1):  # the newest, as the lists are sorted
                pass
        return left_out

    def _pages(self, query: ListQuery) -> Iterator[Page]:
        number = read = 0
        while True:
            if self._caller.calls >= MOST_CALLS:
                raise OutOfTime(f"more would have taken over {MOST_CALLS} calls")
            number += 1
            page = self._caller.list_page(replace(query, page_number=number))
            self._keep(page.rows)
            yield page
            read += len(page.rows)
            if not page.rows or read >= page.total:
                return

    def _keep(self, rows: Sequence[ObjectRow]) -> None:
        for row in rows:
            # a filter that is ignored shows the tasks of other times, and an id that cannot be asked about is of no use
            if not self._window.holds(row) or re.fullmatch("[0-9]{1,20}", row.task_id) is None:
                continue
            known = self._rows.get(key_of(row))
            if known is None or not known.status.is_failure:
                self._rows[key_of(row)] = row

    def _by_status(self) -> str:
        for status in FAILED_STATUSES:
            for object_type in spec_of(self._api.spec.product).object_types:  # which Status requires
                refused = self._read_filtered(status, object_type)
                if refused.startswith("InvalidStatus") and status is not Status.FAILED:
                    break  # an older edition, to which all failures are Failed
                if refused and not refused.startswith("InvalidObjectType"):
                    return f"{_NOT_OBEYED} ({refused})"
        return ""

    def _read_filtered(self, status: Status, object_type: str) -> str:
        """Read what a filter lets through; answers the code by which it is refused, or that it is ignored."""
        try:
            for page in self._pages(replace(self._query, status=status.value, object_type=object_type)):
                if any(row.status is Status.COMPLETE for row in page.rows):
                    return "ignored"
        except RefusedForGood as error:
            return error.refusal.code  # it is the filter: without it the same was answered
        return ""

    def _ask_about_running(self) -> None:
        """A question about a task brings its status up to date; whether a listing does, no document says.

        They may not have been asked about yet. The oldest first: they are the likeliest to have ended.
        """
        failed = {row.task_id for row in self.failed}
        running = (row for row in self._rows.values() if not row.status.is_final and row.task_id not in failed)
        ids = list(dict.fromkeys(row.task_id for row in sorted(running, key=lambda row: row.created_at or 0.0)))
        size = self._api.spec.ids_per_call
        if not size:
            for task_id in ids[: MOST_ASKED // 10]:
                for _ in self._pages(ListQuery(task_id=task_id, page_size=self._api.spec.list.page_size)):
                    pass
            return
        for first in range(0, min(len(ids), MOST_ASKED), size):
            some = ids[first : first + size]
            self._keep([row for row in self._caller.by_ids(some).rows if row.task_id in some])
