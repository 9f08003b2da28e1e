"""ApsaraVideo VOD's older action DescribeRefreshTasks (API 2017-03-21, document of 2020), renamed since.

The SDK's typed method is gone, so the VOD client's generic call names the action. Whether the gateway still knows it is
not documented: once it answers InvalidAction.NotFound, the action's successor is asked instead, and the page says so.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from alibabacloud_tea_openapi.utils_models import OpenApiRequest

from refresh_watch.credentials import Credentials
from refresh_watch.model import ListQuery, Note, Page, Product
from refresh_watch.products.queries import check_query, parameters
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.products.rows import read_list
from refresh_watch.products.sdk import body_of, rpc
from refresh_watch.products.vod import VodApi

ACTION = "DescribeRefreshTasks"
FALLBACK = Note("vod_legacy_fallback")

logger = logging.getLogger("refresh_watch.products")


class VodLegacyApi(VodApi):
    """The older action through the VOD client (see `api.ProductApi`)."""

    product = Product.VOD_LEGACY
    needs_domain_and_type = True

    def __init__(self, credentials: Credentials, endpoint: str = "") -> None:
        """`endpoint`: a URL instead of vod.cn-shanghai.aliyuncs.com."""
        super().__init__(credentials, endpoint)
        self._renamed = False

    def list_page(self, query: ListQuery) -> Page:
        """One page of the older action, or of its successor once the older one is known to be gone."""
        check_query(query, page_size=self.page_size, legacy=True)
        if not self._renamed:
            try:
                body = body_of("vod:DescribeRefreshTasks", lambda: self._call(query))
                return read_list(body, "Task", query.page_number or 1)
            except RefusedForGood as refused:
                if refused.refusal.code != "InvalidAction.NotFound":
                    raise
            self._renamed = True
            logger.warning("the action is gone", extra={"fields": {"action": ACTION, "note": FALLBACK.key}})
        return replace(super().list_page(query), note=FALLBACK)

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """VOD has no such operation: `ids_per_call` is 0."""
        return super().by_ids(task_ids)

    def _call(self, query: ListQuery) -> Any:
        # the SDK's names in the API's spelling: task_id is TaskId
        sent = {name.title().replace("_", ""): str(value) for name, value in parameters(query).items()}
        if query.object_type:
            sent["ObjectType"] = query.object_type  # `path` is this document's own word
        return self._client.call_api(rpc(ACTION, "2017-03-21"), OpenApiRequest(query=sent), self._options)
