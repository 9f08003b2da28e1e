"""What every product's API looks like to a look and to the `list` command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from refresh_watch.model import ListQuery, Page
from refresh_watch.product_specs.spec import ProductSpec


class ProductApi(Protocol):
    """One product's API behind its official SDK; one call is one request, without retries.

    Both methods raise `errors.Retryable` when there was no usable answer, `refusals.RefusedForGood` when asking again
    would bring the same refusal, and `errors.BadInput` for a query that the document forbids.
    """

    @property
    def spec(self) -> ProductSpec:
        """Which product it is, and what its pages and calls hold."""
        ...

    def list_page(self, query: ListQuery) -> Page:
        """One page of the list operation."""
        ...

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """All that the by-id operation shows of up to `spec.ids_per_call` ids."""
        ...
