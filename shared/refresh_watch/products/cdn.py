"""Alibaba Cloud CDN, API 2018-05-10: DescribeRefreshTasks and DescribeRefreshTaskById."""

from __future__ import annotations

from collections.abc import Sequence

from alibabacloud_cdn20180510.client import Client
from alibabacloud_cdn20180510.models import DescribeRefreshTaskByIdRequest, DescribeRefreshTasksRequest

from refresh_watch.credentials import Credentials
from refresh_watch.model import ListQuery, Page, Product
from refresh_watch.products.queries import check_ids, check_query, parameters
from refresh_watch.products.rows import read_by_id, read_list
from refresh_watch.products.sdk import body_of, client_config, runtime_options


class CdnApi:
    """CDN behind its SDK (see `api.ProductApi`)."""

    product = Product.CDN
    page_size = 100
    list_operation = "cdn.list"
    by_id_operation = "cdn.by_id"
    ids_per_call = 10
    needs_domain_and_type = False

    def __init__(self, credentials: Credentials, endpoint: str = "") -> None:
        """`endpoint`: a URL instead of cdn.aliyuncs.com."""
        self._client = Client(client_config(credentials, endpoint, "cn-hangzhou"))
        self._options = runtime_options()

    def list_page(self, query: ListQuery) -> Page:
        """One page of DescribeRefreshTasks."""
        check_query(query, page_size=self.page_size, resource_group=True)
        request = DescribeRefreshTasksRequest(**parameters(query))
        body = body_of(
            "cdn:DescribeRefreshTasks",
            lambda: self._client.describe_refresh_tasks_with_options(request, self._options),
        )
        return read_list(body, "CDNTask", query.page_number or 1)

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """DescribeRefreshTaskById, up to ten ids."""
        check_ids(task_ids, self.ids_per_call)
        request = DescribeRefreshTaskByIdRequest(task_id=",".join(task_ids))
        body = body_of(
            "cdn:DescribeRefreshTaskById",
            lambda: self._client.describe_refresh_task_by_id_with_options(request, self._options),
        )
        return read_by_id(body, "CDNTask")
