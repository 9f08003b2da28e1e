"""A `ListQuery` checked against the four documents, and as the API's parameters.

What the API checks better itself (the words of Status and ObjectType, the 3 days) is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from refresh_watch.errors import BadInput, Described, missing
from refresh_watch.instants import format_instant
from refresh_watch.model import ListQuery
from refresh_watch.product_specs.registry import with_groups
from refresh_watch.product_specs.spec import ProductSpec

MAX_PAGE_NUMBER = 100_000
_DIGITS = re.compile(r"[0-9]+")


def check_query(query: ListQuery, spec: ProductSpec) -> None:
    """Raise BadInput for what the documents forbid: one line instead of a refusal from afar."""
    if query.task_id:
        check_task_id(query.task_id)
    if (query.domain_name or query.status) and not query.object_type:
        raise missing("object_type", "a type (file, directory, preload) with domain_name or status")
    if spec.needs_domain_and_type and not (query.domain_name and query.object_type):
        field = "object_type" if query.domain_name else "domain_name"
        raise missing(field, f"a value; {spec.product} requires domain_name and object_type")
    if query.resource_group_id and not spec.has_resource_group:
        raise BadInput("resource_group_id", query.resource_group_id, f"a value with product {with_groups()} only")
    if (query.start_time is None) != (query.end_time is None):
        field = "start_time" if query.start_time is None else "end_time"
        raise missing(field, "start_time and end_time together, or neither")
    if query.start_time is not None and query.end_time is not None and query.end_time <= query.start_time:
        raise BadInput("end_time", format_instant(query.end_time), f"later than {format_instant(query.start_time)}")
    if query.page_number is not None and not 1 <= query.page_number <= MAX_PAGE_NUMBER:
        raise BadInput("page_number", query.page_number, f"1 to {MAX_PAGE_NUMBER}")
    if query.page_size is not None and not 1 <= query.page_size <= spec.list.page_size:
        raise BadInput("page_size", query.page_size, f"1 to {spec.list.page_size}")


def check_task_id(task_id: str) -> None:
    """Raise BadInput unless it is digits: an empty TaskId would show the account's other tasks (documents, note)."""
    if _DIGITS.fullmatch(task_id) is None:
        raise BadInput("task_id", task_id, "digits")


def check_ids(task_ids: Sequence[str], at_most: int) -> None:
    """Raise BadInput unless it is one to `at_most` ids of digits. `at_most` is 0 where there is no by-id operation."""
    if not 1 <= len(task_ids) <= at_most:
        allowed = f"1 to {at_most} ids a call" if at_most else "the list operation: there is none by id"
        raise BadInput("task_ids", Described(f"{len(task_ids)} ids in one call"), allowed)
    for task_id in task_ids:
        check_task_id(task_id)


def parameters(query: ListQuery, spec: ProductSpec) -> dict[str, str]:
    """The query under the API's names; what is not given is left out, so that nothing empty is ever sent.

    The filter's word for a directory is `directory` in all documents but VOD's older one, which says `path`.
    """
    says_path = query.object_type == "path" and "path" not in spec.object_types
    given: dict[str, str | int | None] = {
        "TaskId": query.task_id,
        "ObjectPath": query.object_path,
        "ObjectType": "directory" if says_path else query.object_type,
        "DomainName": query.domain_name,
        "Status": query.status,
        "StartTime": None if query.start_time is None else format_instant(query.start_time),
        "EndTime": None if query.end_time is None else format_instant(query.end_time),
        "PageNumber": query.page_number,
        "PageSize": query.page_size,
        "ResourceGroupId": query.resource_group_id,
    }
    return {name: str(value) for name, value in given.items() if value}
