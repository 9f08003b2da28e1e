"""Any product's API: products differ in their data alone (`product_specs`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from refresh_watch.model import ListQuery, Note, Page
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.product_specs.spec import ProductSpec
from refresh_watch.products.queries import check_ids, check_query, parameters
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.products.rows import read_by_id, read_list

Call = Callable[[str, Mapping[str, str]], object]
"""Call an operation, named by its RAM action such as ``cdn:DescribeRefreshTasks``, with these parameters; answers the
JSON of a 200. Raises Retryable and RefusedForGood."""

GONE = "InvalidAction.NotFound"

logger = logging.getLogger("refresh_watch.products")


class ProductClient:
    """One product's API (see `api.ProductApi`)."""

    def __init__(self, spec: ProductSpec, call: Call) -> None:
        """`call` reaches the API."""
        self.spec = spec
        self._call = call
        self._is_renamed = False

    def list_page(self, query: ListQuery) -> Page:
        """One page of the list operation; of the service's own, once the API has answered that an older one is gone."""
        check_query(query, self.spec)
        if not self._is_renamed:
            try:
                return self._list(self.spec, query)
            except RefusedForGood as refused:
                if not self.spec.renamed_note or refused.refusal.code != GONE:
                    raise
            self._is_renamed = True
            fields = {"action": self.spec.list.action, "note": self.spec.renamed_note}
            logger.warning("the action is gone", extra={"fields": fields})
        return replace(self._list(spec_of(self.spec.service), query), note=Note(self.spec.renamed_note))

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """All that the by-id operation shows of up to `spec.ids_per_call` ids. Raises BadInput where there is none."""
        check_ids(task_ids, self.spec.ids_per_call)
        return read_by_id(self._call(self.spec.by_id_permission, {"TaskId": ",".join(task_ids)}), self.spec.rows_in)

    def _list(self, spec: ProductSpec, query: ListQuery) -> Page:
        body = self._call(spec.list_permission, parameters(query, spec))
        return read_list(body, spec.rows_in, query.page_number or 1)
