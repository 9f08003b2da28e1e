"""Action, version and parameters → the API's answer. Pure: the instant is handed in.

What the files of `services` list, and STS and RAM, is all that the stand-in knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from refresh_watch.instants import Instant
from refresh_watch_emulator.products import ram, sts
from refresh_watch_emulator.products.call import ApiError, Call
from refresh_watch_emulator.products.catalog import SERVICES, service_of_version
from refresh_watch_emulator.products.queries import ListQuestion, by_id_question, list_question, malformed_id
from refresh_watch_emulator.products.rows import row_json, shown_state, shown_status
from refresh_watch_emulator.products.service import AnyOperation, ListTasks, Service, SubmitTasks
from refresh_watch_emulator.products.submits import submit
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, RowState, SubmittedTask, World, domain_of

HOSTS: Mapping[str, str] = {
    **{service.version: service.host for service in SERVICES},
    sts.VERSION: "sts.aliyuncs.com",
    ram.VERSION: "ram.aliyuncs.com",
}

_THROTTLED: Mapping[str, tuple[int, str, str]] = {
    "400": (400, "Throttling.User", "Request was denied due to user flow control."),
    "429": (429, "TooManyRequests", "The server is busy. Please try again later."),
    "503": (503, "Throttling", "Request was denied due to request throttling."),
}


def answer(world: World, switches: Switches, call: Call, now: Instant) -> dict[str, Any]:
    """Do what is asked and answer the JSON of a 200, with RequestId. Raises ApiError for everything else."""
    return {**_answer(world, switches, call, now), "RequestId": world.request_id()}


def _answer(world: World, switches: Switches, call: Call, now: Instant) -> dict[str, Any]:
    if call.version == ram.VERSION:
        return ram.answer_ram(world.account, call, now, switches.entity_exists)
    if (call.version, call.action) == (sts.VERSION, "GetCallerIdentity"):
        return sts.caller_identity(world.account)
    service, operation = _operation(call, switches)
    kind = {ListTasks: "list", SubmitTasks: "submit"}.get(type(operation), "by_id")
    wait = world.allowance.take(f"{service.name}.{kind}", now)
    if wait:
        status, code, message = _THROTTLED[switches.throttled_as]
        after = max(1, round(wait * 1000)) if switches.tell_retry_after else None
        raise ApiError(status, code, message, retry_after_ms=after)
    if isinstance(operation, SubmitTasks):
        return submit(world, service, operation, call, now)
    if isinstance(operation, ListTasks):
        question = list_question(call, service, operation, switches, now)
        return _list(world, switches, service, question, now)
    return _by_id(world, switches, service, call, now)


def _operation(call: Call, switches: Switches) -> tuple[Service, AnyOperation]:
    if call.version not in HOSTS:
        raise ApiError(404, "InvalidVersion", "Specified parameter Version is not valid.")
    service = service_of_version(call.version)
    operation = service.operations.get(call.action) if service else None
    gone = isinstance(operation, ListTasks) and operation.older and switches.legacy_action == "gone"
    if service is None or operation is None or gone:
        message = "Specified api is not found, please check your url and method."
        raise ApiError(404, "InvalidAction.NotFound", message)
    return service, operation


def _list(world: World, switches: Switches, service: Service, question: ListQuestion, now: Instant) -> dict[str, Any]:
    _refuse_unknown(world, switches, service, question.task_ids)
    named = bool(question.task_ids or question.object_path)
    rows = [
        (task, plan, state)
        for task in world.visible(service.name, now, switches.invisible_seconds, question.task_ids)
        if _asks_for(question, task, switches)
        for plan, state in _states(task, now, switches, named=named)
        if _matches(question, plan.path, state, switches)
    ]
    first = (question.page_number - 1) * question.page_size
    page = rows[first : first + question.page_size]
    return {
        "Tasks": {service.rows_in: [row_json(*row, switches) for row in page]},
        "PageNumber": question.page_number,
        "PageSize": question.page_size,
        "TotalCount": len(rows),
    }


def _by_id(world: World, switches: Switches, service: Service, call: Call, now: Instant) -> dict[str, Any]:
    ids = by_id_question(call, service)
    _refuse_unknown(world, switches, service, ids)
    tasks = {task.id: task for task in world.visible(service.name, now, switches.invisible_seconds, ids)}
    rows = [
        (task, plan, state)
        for task in (tasks[task_id] for task_id in ids if task_id in tasks)
        for plan, state in _states(task, now, switches)
    ]
    shown = rows[: switches.by_id_row_limit]
    written = [row_json(*row, switches) for row in shown]
    return {
        "TotalCount": len(rows if switches.by_id_total == "full" else shown),
        "Tasks": {service.rows_in: written} if switches.by_id_form == "wrapped" else written,
    }


def _refuse_unknown(world: World, switches: Switches, service: Service, ids: tuple[str, ...]) -> None:
    unknown = any(not world.knows(service.name, task_id) for task_id in ids)
    if switches.unknown_id == "malformed" and unknown:
        raise malformed_id(service)


def _asks_for(question: ListQuestion, task: SubmittedTask, switches: Switches) -> bool:
    timed = switches.time_filter == "obeyed"
    return (
        (not question.task_ids or task.id in question.task_ids)
        and (not question.object_path or any(plan.path == question.object_path for plan in task.plans))
        and question.object_type in ("", task.object_type.lower())
        and (not timed or question.start is None or question.start <= int(task.created_at))
        and (not timed or question.end is None or int(task.created_at) <= question.end)
    )


def _states(
    task: SubmittedTask, now: Instant, switches: Switches, *, named: bool = True
) -> Iterator[tuple[ObjectPlan, RowState]]:
    updates = named or switches.listing_updates
    states = task.asked(now, stale=switches.stale_answers) if updates else task.last_told()
    return zip(task.plans, (shown_state(state, switches) for state in states), strict=True)


def _matches(question: ListQuestion, path: str, state: RowState, switches: Switches) -> bool:
    return (
        question.object_path in ("", path)
        and (switches.status_filter == "ignored" or question.status in ("", shown_status(state.status, switches)))
        and (not question.domains or domain_of(path) in question.domains)
    )
