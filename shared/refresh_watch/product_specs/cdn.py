"""Alibaba Cloud CDN, API 2018-05-10."""

from __future__ import annotations

from refresh_watch.model import Kind, Product
from refresh_watch.product_specs.spec import ByIdOperation, ListOperation, ProductSpec, SubmitOperation

SPEC = ProductSpec(
    product=Product.CDN,
    names={"en": "CDN", "zh": "CDN"},
    service=Product.CDN,
    sdk="alibabacloud_cdn20180510",
    version="2018-05-10",
    host="cdn.aliyuncs.com",
    # calls a second: its documents of 2025
    list=ListOperation("DescribeRefreshTasks", page_size=100, calls_per_second=5.0),
    by_id=ByIdOperation("DescribeRefreshTaskById", ids_per_call=10, calls_per_second=30.0),
    rows_in="CDNTask",
    # OpenAPI metadata of the list operation
    object_types=("file", "directory", "preload", "regex", "IgnoreParams", "block", "unblock"),
    has_resource_group=True,
    submits=(
        SubmitOperation("RefreshObjectCaches", Kind.REFRESH, ("RefreshTaskId",)),
        SubmitOperation("PushObjectCache", Kind.PREFETCH, ("PushTaskId",)),
        SubmitOperation("RefreshObjectCacheByCacheTag", Kind.REFRESH, ("RefreshTaskId",), names_urls=False),
    ),
    # Alibaba Cloud's help, "Run scripts to refresh and prefetch content": its link 操作记录 (records)
    console="https://cdn.console.aliyun.com/refresh/record",
)
