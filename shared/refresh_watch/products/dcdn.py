"""Alibaba Cloud DCDN, API 2018-01-15: DescribeDcdnRefreshTasks and DescribeDcdnRefreshTaskById."""

from __future__ import annotations

from collections.abc import Sequence

from alibabacloud_dcdn20180115.client import Client
from alibabacloud_dcdn20180115.models import DescribeDcdnRefreshTaskByIdRequest, DescribeDcdnRefreshTasksRequest

from refresh_watch.credentials import Credentials
from refresh_watch.model import ListQuery, Page, Product
from refresh_watch.products.queries import check_ids, check_query, parameters
from refresh_watch.products.rows import read_by_id, read_list
from refresh_watch.products.sdk import body_of, client_config, runtime_options


class DcdnApi:
    """DCDN behind its SDK (see `api.ProductApi`)."""

    product = Product.DCDN
    page_size = 50
    list_operation = "dcdn.list"
    by_id_operation = "dcdn.by_id"
    ids_per_call = 10
    needs_domain_and_type = False

    def __init__(self, credentials: Credentials, endpoint: str = "") -> None:
        """`endpoint`: a URL instead of dcdn.aliyuncs.com."""
        self._client = Client(client_config(credentials, endpoint, "cn-hangzhou"))
        self._options = runtime_options()

    def list_page(self, query: ListQuery) -> Page:
        """One page of DescribeDcdnRefreshTasks."""
        check_query(query, page_size=self.page_size)
        request = DescribeDcdnRefreshTasksRequest(**parameters(query))
        body = body_of(
            "dcdn:DescribeDcdnRefreshTasks",
            lambda: self._client.describe_dcdn_refresh_tasks_with_options(request, self._options),
        )
        return read_list(body, "Task", query.page_number or 1)

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """DescribeDcdnRefreshTaskById, up to ten ids."""
        check_ids(task_ids, self.ids_per_call)
        request = DescribeDcdnRefreshTaskByIdRequest(task_id=",".join(task_ids))
        body = body_of(
            "dcdn:DescribeDcdnRefreshTaskById",
            lambda: self._client.describe_dcdn_refresh_task_by_id_with_options(request, self._options),
        )
        return read_by_id(body, "Task")
