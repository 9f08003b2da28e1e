"""A `ListQuery` checked against the four documents, and as the SDKs' request parameters.

What the API checks better itself (the words of Status and ObjectType, the 3 days) is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from refresh_watch.errors import BadInput, missing
from refresh_watch.instants import format_instant
from refresh_watch.model import ListQuery

MAX_PAGE_NUMBER = 100_000
_DIGITS = re.compile(r"[0-9]+")


def check_query(query: ListQuery, *, page_size: int, resource_group: bool = False, legacy: bool = False) -> None:
    """Raise BadInput for what the documents forbid: one line instead of a refusal from afar.

    `resource_group`: only CDN has ResourceGroupId. `legacy`: VOD's older document requires DomainName and ObjectType.
    """
    if query.task_id:
        check_task_id(query.task_id)
    if (query.domain_name or query.status) and not query.object_type:
        raise missing("object_type", "a type (file, directory, preload) with domain_name or status")
    if legacy and not (query.domain_name and query.object_type):
        field = "object_type" if query.domain_name else "domain_name"
        raise missing(field, "a value; vod-legacy requires domain_name and object_type")
    if query.resource_group_id and not resource_group:
        raise BadInput("resource_group_id", query.resource_group_id, "a value with product cdn only")
    if (query.start_time is None) != (query.end_time is None):
        field = "start_time" if query.start_time is None else "end_time"
        raise missing(field, "start_time and end_time together, or neither")
    if query.start_time is not None and query.end_time is not None and query.end_time <= query.start_time:
        raise BadInput("end_time", format_instant(query.end_time), f"later than {format_instant(query.start_time)}")
    if query.page_number is not None and not 1 <= query.page_number <= MAX_PAGE_NUMBER:
        raise BadInput("page_number", query.page_number, f"1 to {MAX_PAGE_NUMBER}")
    if query.page_size is not None and not 1 <= query.page_size <= page_size:
        raise BadInput("page_size", query.page_size, f"1 to {page_size}")


def check_task_id(task_id: str) -> None:
    """Raise BadInput unless it is digits: an empty TaskId would show the account's other tasks (documents, note)."""
    if _DIGITS.fullmatch(task_id) is None:
        raise BadInput("task_id", task_id, "digits")


def check_ids(task_ids: Sequence[str], at_most: int) -> None:
    """Raise BadInput unless it is one to `at_most` ids of digits."""
    if not 1 <= len(task_ids) <= at_most:
        raise BadInput("task_ids", len(task_ids), f"1 to {at_most} ids a call")
    for task_id in task_ids:
        check_task_id(task_id)


def parameters(query: ListQuery) -> dict[str, str | int]:
    """The query under the SDKs' names; what is not given is left out, so that nothing empty is ever sent.

    The filter's word for a directory is `directory` in all documents but VOD's older one, which says `path`.
    """
    given: dict[str, str | int | None] = {
        "task_id": query.task_id,
        "object_path": query.object_path,
        "object_type": "directory" if query.object_type == "path" else query.object_type,
        "domain_name": query.domain_name,
        "status": query.status,
        "start_time": None if query.start_time is None else format_instant(query.start_time),
        "end_time": None if query.end_time is None else format_instant(query.end_time),
        "page_number": query.page_number,
        "page_size": query.page_size,
        "resource_group_id": query.resource_group_id,
    }
    return {name: value for name, value in given.items() if value}
