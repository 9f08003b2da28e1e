"""CDN, API 2018-05-10."""

from __future__ import annotations

from refresh_watch_emulator.products.service import ListTasks, Service, SubmitTasks, TasksById

SERVICE = Service(
    name="cdn",
    version="2018-05-10",
    host="cdn.aliyuncs.com",
    operations={
        "DescribeRefreshTasks": ListTasks(
            ("file", "directory", "preload", "regex", "ignoreparams", "block", "unblock"),
        ),
        "DescribeRefreshTaskById": TasksById(),
        "RefreshObjectCaches": SubmitTasks("RefreshTaskId", ("file", "directory", "regex", "exquery"), most_domains=10),
        "PushObjectCache": SubmitTasks("PushTaskId", most_urls=100),
    },
    calls_per_second={"list": 5.0, "by_id": 30.0, "submit": 50.0},
    rows_in="CDNTask",
    most_per_page=100,
    longest_path=1024,
)
