"""ApsaraVideo VOD, API 2017-03-21: DescribeVodRefreshTasks, available in China (Shanghai) only, says its document."""

from __future__ import annotations

from collections.abc import Sequence

from alibabacloud_vod20170321.client import Client
from alibabacloud_vod20170321.models import DescribeVodRefreshTasksRequest

from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, Described
from refresh_watch.model import ListQuery, Page, Product
from refresh_watch.products.queries import check_query, parameters
from refresh_watch.products.rows import read_list
from refresh_watch.products.sdk import body_of, client_config, runtime_options

REGION = "cn-shanghai"


class VodApi:
    """VOD behind its SDK (see `api.ProductApi`)."""

    product = Product.VOD
    page_size = 50
    list_operation = "vod.list"
    by_id_operation = ""
    ids_per_call = 0
    needs_domain_and_type = False

    def __init__(self, credentials: Credentials, endpoint: str = "") -> None:
        """`endpoint`: a URL instead of vod.cn-shanghai.aliyuncs.com."""
        self._client = Client(client_config(credentials, endpoint, REGION))
        self._options = runtime_options()

    def list_page(self, query: ListQuery) -> Page:
        """One page of DescribeVodRefreshTasks."""
        check_query(query, page_size=self.page_size)
        request = DescribeVodRefreshTasksRequest(**parameters(query))
        body = body_of(
            "vod:DescribeVodRefreshTasks",
            lambda: self._client.describe_vod_refresh_tasks_with_options(request, self._options),
        )
        return read_list(body, "Task", query.page_number or 1)

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """VOD has no such operation: `ids_per_call` is 0."""
        raise BadInput(
            "task_ids", Described(f"{len(task_ids)} ids in one call"), "one id a call: VOD has no by-id operation"
        )
