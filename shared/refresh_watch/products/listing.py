"""Single questions to a product's API, for the `list` command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refresh_watch.clock import Clock
from refresh_watch.errors import AskAgain
from refresh_watch.instants import Instant
from refresh_watch.model import ListQuery, Page
from refresh_watch.products.api import ProductApi
from refresh_watch.products.calling import Caller, OutOfTime
from refresh_watch.watching.quota import Quota


def list_tasks(api: ProductApi, query: ListQuery, *, quota: Quota, clock: Clock, until: Instant) -> Page:
    """Ask for one page, with tries, until `until`.

    Raises AskAgain when there was no usable answer, RefusedForGood, and BadInput for what the document forbids.
    """
    return _ask(Caller(quota, clock, until), api.list_operation, lambda: api.list_page(query))


def tasks_by_ids(api: ProductApi, ids: Sequence[str], *, quota: Quota, clock: Clock, until: Instant) -> Page:
    """Ask about up to `api.ids_per_call` ids in one call; all else as `list_tasks`."""
    return _ask(Caller(quota, clock, until), api.by_id_operation, lambda: api.by_ids(ids))


def _ask(caller: Caller, operation: str, ask: Callable[[], Page]) -> Page:
    try:
        return caller.call(operation, ask)
    except OutOfTime as error:
        raise AskAgain(str(error)) from None
