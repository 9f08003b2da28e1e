"""One page of a product's tasks, for the `list` command."""

from __future__ import annotations

from shared.clock import Clock
from shared.errors import AskAgain
from shared.instants import Instant
from shared.model import ListQuery, Page
from shared.products.api import ProductApi
from shared.products.calling import Caller, OutOfTime
from shared.watching.quota import Quota


def list_tasks(api: ProductApi, query: ListQuery, *, quota: Quota, clock: Clock, until: Instant) -> Page:
    """Ask for one page, with tries, until `until`.

    Raises AskAgain when there was no usable answer, RefusedForGood, and BadInput for what the document forbids.
    """
    try:
        return Caller(quota, clock, until).call(api.list_operation, lambda: api.list_page(query))
    except OutOfTime as error:
        raise AskAgain(str(error)) from None
