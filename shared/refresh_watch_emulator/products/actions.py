"""Action, version and parameters → the API's answer. Pure: the instant is handed in.

What is listed here is all that the stand-in knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from refresh_watch.instants import Instant
from refresh_watch_emulator.products import ram, sts
from refresh_watch_emulator.products.call import ApiError, Call
from refresh_watch_emulator.products.queries import ListQuestion, by_id_question, list_question, malformed_id
from refresh_watch_emulator.products.rows import row_json, shown_state, shown_status
from refresh_watch_emulator.products.submits import Submit, submit
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import Row, Task, World, domain_of

CDN, DCDN, VOD = "2018-05-10", "2018-01-15", "2017-03-21"
HOSTS: Mapping[str, str] = {
    CDN: "cdn.aliyuncs.com",
    DCDN: "dcdn.aliyuncs.com",
    VOD: "vod.cn-shanghai.aliyuncs.com",
    sts.VERSION: "sts.aliyuncs.com",
    ram.VERSION: "ram.aliyuncs.com",
}


@dataclass(frozen=True)
class Describe:
    """One operation that asks about tasks."""

    product: str
    by: Literal["list", "by_id"]

    @property
    def service(self) -> str:
        """Whose tasks."""
        return self.product.removesuffix("-legacy")

    @property
    def container(self) -> str:
        """What the list's rows are wrapped in."""
        return "CDNTask" if self.product == "cdn" else "Task"


OPERATIONS: Mapping[tuple[str, str], Describe | Submit] = {
    (CDN, "DescribeRefreshTasks"): Describe("cdn", "list"),
    (CDN, "DescribeRefreshTaskById"): Describe("cdn", "by_id"),
    (DCDN, "DescribeDcdnRefreshTasks"): Describe("dcdn", "list"),
    (DCDN, "DescribeDcdnRefreshTaskById"): Describe("dcdn", "by_id"),
    (VOD, "DescribeVodRefreshTasks"): Describe("vod", "list"),
    (VOD, "DescribeRefreshTasks"): Describe("vod-legacy", "list"),
    (CDN, "RefreshObjectCaches"): Submit("cdn", "RefreshTaskId", most_domains=10),
    (CDN, "PushObjectCache"): Submit("cdn", "PushTaskId", is_prefetch=True, most_urls=100),
    (DCDN, "RefreshDcdnObjectCaches"): Submit("dcdn", "RefreshTaskId"),
    (DCDN, "PreloadDcdnObjectCaches"): Submit("dcdn", "PreloadTaskId", is_prefetch=True, most_urls=100),
    (VOD, "RefreshVodObjectCaches"): Submit("vod", "RefreshTaskId", most_urls=2000),
    (VOD, "PreloadVodObjectCaches"): Submit("vod", "PreloadTaskId", is_prefetch=True, most_urls=500),
}

_THROTTLED: Mapping[str, tuple[int, str, str]] = {
    "400": (400, "Throttling.User", "Request was denied due to user flow control."),
    "429": (429, "TooManyRequests", "The server is busy. Please try again later."),
    "503": (503, "Throttling", "Request was denied due to request throttling."),
}


def answer(world: World, switches: Switches, call: Call, now: Instant) -> dict[str, Any]:
    """Do what is asked and answer the JSON of a 200, with RequestId. Raises ApiError for everything else."""
    if call.version == ram.VERSION:
        return {**ram.answer_ram(world.account, call, now, switches.entity_exists), "RequestId": world.request_id()}
    if (call.version, call.action) == (sts.VERSION, "GetCallerIdentity"):
        return {**sts.caller_identity(world.account), "RequestId": world.request_id()}
    operation = _operation(call, switches)
    by = operation.by if isinstance(operation, Describe) else "submit"
    wait = world.allowance.take(f"{operation.service}.{by}", now)
    if wait:
        status, code, message = _THROTTLED[switches.throttled_as]
        after = max(1, round(wait * 1000)) if switches.tell_retry_after else None
        raise ApiError(status, code, message, retry_after_ms=after)
    if isinstance(operation, Submit):
        body = submit(world, operation, call, now)
    elif operation.by == "by_id":
        body = _by_id(world, switches, operation, call, now)
    else:
        body = _list(world, switches, operation, call, now)
    return {**body, "RequestId": world.request_id()}


def _operation(call: Call, switches: Switches) -> Describe | Submit:
    if call.version not in HOSTS:
        raise ApiError(404, "InvalidVersion", "Specified parameter Version is not valid.")
    operation = OPERATIONS.get((call.version, call.action))
    gone = isinstance(operation, Describe) and operation.product == "vod-legacy" and switches.legacy_action == "gone"
    if operation is None or gone:
        message = "Specified api is not found, please check your url and method."
        raise ApiError(404, "InvalidAction.NotFound", message)
    return operation


def _list(world: World, switches: Switches, operation: Describe, call: Call, now: Instant) -> dict[str, Any]:
    question = list_question(call, operation.product, switches, now)
    _refuse_unknown(world, switches, operation, question.task_ids)
    named = bool(question.task_ids or question.object_path)
    rows = [
        row
        for task in world.visible(operation.service, now, switches.invisible_seconds)
        if _asks_for(question, task, switches)
        for row in _rows(task, now, switches, named=named)
        if _matches(question, row, switches)
    ]
    first = (question.page_number - 1) * question.page_size
    page = rows[first : first + question.page_size]
    return {
        "Tasks": {operation.container: [row_json(row, switches) for row in page]},
        "PageNumber": question.page_number,
        "PageSize": question.page_size,
        "TotalCount": len(rows),
    }


def _by_id(world: World, switches: Switches, operation: Describe, call: Call, now: Instant) -> dict[str, Any]:
    ids = by_id_question(call, operation.service)
    _refuse_unknown(world, switches, operation, ids)
    tasks = {task.id: task for task in world.visible(operation.service, now, switches.invisible_seconds)}
    rows = [row for task_id in ids if task_id in tasks for row in _rows(tasks[task_id], now, switches)]
    shown = rows[: switches.by_id_row_limit]
    written = [row_json(row, switches) for row in shown]
    return {
        "TotalCount": len(rows if switches.by_id_total == "full" else shown),
        "Tasks": {operation.container: written} if switches.by_id_form == "wrapped" else written,
    }


def _refuse_unknown(world: World, switches: Switches, operation: Describe, ids: tuple[str, ...]) -> None:
    unknown = any(not world.knows(operation.service, task_id) for task_id in ids)
    if switches.unknown_id == "malformed" and unknown:
        raise malformed_id(operation.service)


def _asks_for(question: ListQuestion, task: Task, switches: Switches) -> bool:
    timed = switches.time_filter == "obeyed"
    return (
        (not question.task_ids or task.id in question.task_ids)
        and (not question.object_path or any(plan.path == question.object_path for plan in task.plans))
        and question.object_type in ("", task.object_type.lower())
        and (not timed or question.start is None or question.start <= int(task.created_at))
        and (not timed or question.end is None or int(task.created_at) <= question.end)
    )


def _rows(task: Task, now: Instant, switches: Switches, *, named: bool = True) -> list[Row]:
    updates = named or switches.listing_updates
    states = task.asked(now, stale=switches.stale_answers) if updates else task.last_told()
    return [
        Row(task.id, plan.path, task.object_type, task.created_at, shown_state(state, switches))
        for plan, state in zip(task.plans, states, strict=True)
    ]


def _matches(question: ListQuestion, row: Row, switches: Switches) -> bool:
    return (
        question.object_path in ("", row.path)
        and (switches.status_filter == "ignored" or question.status in ("", shown_status(row.state.status, switches)))
        and (not question.domains or domain_of(row.path) in question.domains)
    )
