"""The parameters of the list and by-id operations, checked as the documents say.

Where no document names a code (paging out of bounds, more than 10 ids), the code follows the others' pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from refresh_watch.instants import Instant, parse_instant
from refresh_watch_emulator.products.call import ApiError, Call, bad
from refresh_watch_emulator.products.service import ListTasks, Service
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import WINDOW

PAGE_SIZE = 20
LAST_PAGE = 100_000
MOST_IDS = 10
MOST_DOMAINS = 500
STATUSES = ("Complete", "Refreshing", "Failed", "Timeout", "Canceled")

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class ListQuestion:
    """A list operation's parameters, in order. Empty: not asked for."""

    task_ids: tuple[str, ...]
    object_path: str
    object_type: str  # `path` reads as `directory`
    domains: tuple[str, ...]
    status: str
    start: Instant | None
    end: Instant | None
    page_number: int
    page_size: int


def list_question(call: Call, service: Service, operation: ListTasks, switches: Switches, now: Instant) -> ListQuestion:
    """Read a list operation's parameters. Raises ApiError with the code that the documents list."""
    ids = _list_ids(call, service, switches)
    page_number = _number(call, "PageNumber", 1, LAST_PAGE)
    page_size = _number(call, "PageSize", PAGE_SIZE, service.most_per_page)
    path = call.get("ObjectPath")
    if service.longest_path is not None and len(path) > service.longest_path:
        raise bad("InvalidObjectPath.Malformed", "The specified ObjectPath is invalid.")
    object_type = call.get("ObjectType").lower()
    if object_type and object_type not in operation.object_types:
        raise bad("InvalidObjectType.ValueNotSupported", "The specified ObjectType is not supported.")
    status = call.get("Status")
    if status and (status not in STATUSES or switches.status_filter == "refused"):
        raise bad("InvalidStatus.ValueNotSupported", "The specified Status is not supported.")
    domains = tuple(domain for domain in call.get("DomainName").split(",") if domain)
    if len(domains) > MOST_DOMAINS:
        raise bad("DomainNameOverLimit", "A maximum of 500 domains are supported for each request.")
    requires_domain = operation.older and switches.legacy_requires_domain
    if requires_domain and not domains:
        raise bad("MissingParameter.DomainName", "The DomainName parameter is required.")
    if (domains or status or requires_domain) and not object_type:
        message = "The ObjectType parameter is required if DomainName or ObjectType is specified."  # sic
        raise bad("MissingParameter.ObjectType", message)
    start, end = _range(call, now)
    kind = "directory" if object_type == "path" else object_type
    return ListQuestion(ids, path, kind, domains, status, start, end, page_number, page_size)


def by_id_question(call: Call, service: Service) -> tuple[str, ...]:
    """Read a by-id operation's ids: one to ten. Raises ApiError."""
    ids = call.get("TaskId").split(",")
    if ids == [""]:
        raise bad("MissingTaskId", "TaskId is mandatory for this action.")
    if len(ids) > MOST_IDS or not all(_is_id(part) for part in ids):
        raise malformed_id(service)
    return tuple(dict.fromkeys(ids))


def malformed_id(service: Service) -> ApiError:
    """InvalidTaskId.Malformed in the service's wording."""
    return bad("InvalidTaskId.Malformed", service.malformed_id)


def _list_ids(call: Call, service: Service, switches: Switches) -> tuple[str, ...]:
    text = call.get("TaskId")
    if not text:
        return ()
    ids = tuple(text.split(","))
    if (len(ids) > 1 and switches.comma_list == "malformed") or not all(_is_id(part) for part in ids):
        raise malformed_id(service)
    return ids


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[0-9]+", text) is not None


def _number(call: Call, name: str, default: int, most: int) -> int:
    text = call.get(name)
    if not text:
        return default
    if re.fullmatch(r"[0-9]{1,9}", text) is None or not 1 <= int(text) <= most:
        raise bad(f"Invalid{name}.Malformed", f"The specified {name} is invalid.")
    return int(text)


def _range(call: Call, now: Instant) -> tuple[Instant | None, Instant | None]:
    start_text, end_text = call.get("StartTime"), call.get("EndTime")
    if not start_text and not end_text:
        return None, None
    if not start_text or not end_text:
        raise bad("MissingTimeParameter", "The StartTime and EndTime must be both specified.")
    start = _instant(start_text, "InvalidStartTime.Malformed", "The specified StartTime parameter is invalid.")
    end = _instant(end_text, "InvalidEndTime.Malformed", "The specified EndTime is invalid.")
    if end < start:
        raise bad("InvalidEndTime.Mismatch", "The specified EndTime is earlier than the StartTime.")
    if start > now:
        raise bad("InvalidStartTime.ValueNotSupported", "The specified StartTime is invalid.")
    if int(start) < int(now - WINDOW):
        raise bad("InvalidTime", "The query time cannot exceed the last 3 days.")
    return start, end


def _instant(text: str, code: str, message: str) -> Instant:
    if _INSTANT.fullmatch(text) is None:
        raise bad(code, message)
    try:
        return parse_instant(text)
    except ValueError:  # the 31st of February
        raise bad(code, message) from None
