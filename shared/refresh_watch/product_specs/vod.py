"""ApsaraVideo VOD, API 2017-03-21."""

from __future__ import annotations

from refresh_watch.model import Kind, Product
from refresh_watch.product_specs.spec import ListOperation, ProductSpec, SubmitOperation

SPEC = ProductSpec(
    product=Product.VOD,
    names={"en": "VOD", "zh": "VOD"},
    service=Product.VOD,
    sdk="alibabacloud_vod20170321",
    version="2017-03-21",
    host="vod.cn-shanghai.aliyuncs.com",
    only_host_because="the operation is available in China (Shanghai) only, says its document",
    # calls a second are stated nowhere: CDN's are assumed
    list=ListOperation("DescribeVodRefreshTasks", page_size=50, calls_per_second=5.0),
    rows_in="Task",
    object_types=("file", "directory", "preload"),
    submits=(
        SubmitOperation("RefreshVodObjectCaches", Kind.REFRESH, ("RefreshTaskId",)),
        SubmitOperation("PreloadVodObjectCaches", Kind.PREFETCH, ("PreloadTaskId",)),
    ),
    # the comments of Alibaba Cloud's VOD SDK name the host; which page of it has the tasks is not known
    console="https://vod.console.aliyun.com",
)
