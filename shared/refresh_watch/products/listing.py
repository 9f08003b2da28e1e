"""Single calls of a product's API, for the `list` command."""

from __future__ import annotations

from collections.abc import Sequence

from refresh_watch.clock import Clock
from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant
from refresh_watch.model import ListQuery, Page
from refresh_watch.products.api import ProductApi
from refresh_watch.products.calling import ApiCaller, OutOfTime
from refresh_watch.watching.quota import Quota


def list_tasks(api: ProductApi, query: ListQuery, *, quota: Quota, clock: Clock, until: Instant) -> Page:
    """Ask for one page, with tries, until `until`.

    Raises Retryable when there was no usable answer, RefusedForGood, and BadInput for what the document forbids.
    """
    try:
        return ApiCaller(api, quota, clock, until).list_page(query)
    except OutOfTime as error:
        raise Retryable(str(error)) from None


def tasks_by_ids(api: ProductApi, ids: Sequence[str], *, quota: Quota, clock: Clock, until: Instant) -> Page:
    """Ask about up to `api.ids_per_call` ids in one call; all else as `list_tasks`."""
    try:
        return ApiCaller(api, quota, clock, until).by_ids(ids)
    except OutOfTime as error:
        raise Retryable(str(error)) from None
