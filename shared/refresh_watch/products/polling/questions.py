"""The two calls of one look, with the watch's filters; their rows teach what makes the next look cheaper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refresh_watch.model import ListQuery, Page
from refresh_watch.products.api import ProductApi
from refresh_watch.products.calling import Caller
from refresh_watch.products.polling.hints import Learning
from refresh_watch.watch import Watch


@dataclass
class Questions:
    """Asks for one watch in one look. `late`: the look began at or after the watch's deadline; `early`: so soon after
    the submission that what was submitted may not be shown yet.

    Both calls raise what `Caller.call` raises.
    """

    api: ProductApi
    watch: Watch
    caller: Caller
    learning: Learning
    late: bool
    early: bool

    @property
    def by_id(self) -> bool:
        """Whether the by-id operation can be asked: it knows no filter, so a watch that has one asks the list."""
        request = self.watch.request
        filters = request.domain_name or request.object_type or request.resource_group_id
        return bool(self.api.ids_per_call and request.task_ids and not filters)

    @property
    def filtered(self) -> ListQuery:
        """A list query with the watch's filters and the longest pages."""
        request = self.watch.request
        return ListQuery(
            domain_name=request.domain_name,
            object_type=request.object_type,
            resource_group_id=request.resource_group_id,
            page_size=self.api.page_size,
        )

    def list_page(self, query: ListQuery) -> Page:
        """One page of the list operation."""
        return self._learned(self.caller.call(self.api.list_operation, lambda: self.api.list_page(query)))

    def by_ids(self, ids: Sequence[str]) -> Page:
        """One by-id call."""
        return self._learned(self.caller.call(self.api.by_id_operation, lambda: self.api.by_ids(ids)))

    def _learned(self, page: Page) -> Page:
        self.learning.rows(page.rows)
        return page
