"""What every product's API looks like to a look and to the `list` command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from refresh_watch.model import ListQuery, Page, Product


class ProductApi(Protocol):
    """One product's API behind its official SDK; one call is one request, without retries.

    Both methods raise `errors.Retryable` when there was no usable answer, `refusals.RefusedForGood` when asking again
    would bring the same refusal, and `errors.BadInput` for a query that the document forbids.
    """

    @property
    def product(self) -> Product:
        """Which product it is."""
        ...

    @property
    def page_size(self) -> int:
        """The most rows a page may have."""
        ...

    @property
    def list_operation(self) -> str:
        """The quota's name of the list operation, such as ``cdn.list``."""
        ...

    @property
    def by_id_operation(self) -> str:
        """The quota's name of the by-id operation; empty where there is none."""
        ...

    @property
    def ids_per_call(self) -> int:
        """How many ids one by-id call may name; 0 where there is no such operation."""
        ...

    @property
    def needs_domain_and_type(self) -> bool:
        """Its document requires DomainName and ObjectType in every query."""
        ...

    def list_page(self, query: ListQuery) -> Page:
        """One page of the list operation."""
        ...

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """All that the by-id operation shows of up to `ids_per_call` ids."""
        ...
