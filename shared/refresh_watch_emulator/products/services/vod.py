"""ApsaraVideo VOD, API 2017-03-21, with its list operation of before 2019."""

from __future__ import annotations

from refresh_watch_emulator.products.service import ListTasks, Service, SubmitTasks

SERVICE = Service(
    name="vod",
    version="2017-03-21",
    host="vod.cn-shanghai.aliyuncs.com",
    operations={
        "DescribeVodRefreshTasks": ListTasks(("file", "directory", "preload")),
        "DescribeRefreshTasks": ListTasks(("file", "path", "directory", "preload"), older=True),
        "RefreshVodObjectCaches": SubmitTasks("RefreshTaskId", ("file", "directory", "ignoreparams"), most_urls=2000),
        "PreloadVodObjectCaches": SubmitTasks("PreloadTaskId", most_urls=500),
    },
    calls_per_second={"list": 5.0, "submit": 50.0},  # the list's is stated nowhere
    older_name="vod-legacy",
)
