"""Alibaba Cloud DCDN, API 2018-01-15."""

from __future__ import annotations

from refresh_watch.model import Kind, Product
from refresh_watch.product_specs.spec import ByIdOperation, ListOperation, ProductSpec, SubmitOperation

SPEC = ProductSpec(
    product=Product.DCDN,
    names={"en": "DCDN", "zh": "DCDN"},
    service=Product.DCDN,
    sdk="alibabacloud_dcdn20180115",
    version="2018-01-15",
    host="dcdn.aliyuncs.com",
    # calls a second: its documents of 2025
    list=ListOperation("DescribeDcdnRefreshTasks", page_size=50, calls_per_second=5.0),
    by_id=ByIdOperation("DescribeDcdnRefreshTaskById", ids_per_call=10, calls_per_second=30.0),
    rows_in="Task",
    # OpenAPI metadata of the list operation
    object_types=("file", "directory", "preload", "regex", "IgnoreParams"),
    submits=(
        SubmitOperation("RefreshDcdnObjectCaches", Kind.REFRESH, ("RefreshTaskId",)),
        # PushTaskId: its documents of 2019
        SubmitOperation("PreloadDcdnObjectCaches", Kind.PREFETCH, ("PreloadTaskId", "PushTaskId")),
        SubmitOperation("RefreshDcdnObjectCacheByCacheTag", Kind.REFRESH, ("RefreshTaskId",), names_urls=False),
    ),
    # no page of Alibaba Cloud's that names it was found, only users' documents; the two consoles are built alike
    console="https://dcdn.console.aliyun.com/refresh/record",
)
