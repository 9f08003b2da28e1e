"""DCDN, API 2018-01-15."""

from __future__ import annotations

from refresh_watch_emulator.products.service import ListTasks, Service, SubmitTasks, TasksById

SERVICE = Service(
    name="dcdn",
    version="2018-01-15",
    host="dcdn.aliyuncs.com",
    operations={
        "DescribeDcdnRefreshTasks": ListTasks(("file", "directory", "preload", "ignoreparams", "regex")),
        "DescribeDcdnRefreshTaskById": TasksById(),
        "RefreshDcdnObjectCaches": SubmitTasks("RefreshTaskId", ("file", "directory", "regex", "ignoreparams")),
        "PreloadDcdnObjectCaches": SubmitTasks("PreloadTaskId", most_urls=100),
    },
    calls_per_second={"list": 5.0, "by_id": 30.0, "submit": 15.0},
    malformed_id="The specified TaskId is invalid.",
)
