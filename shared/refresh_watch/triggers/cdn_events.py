"""Native CDN events (trigger type `cdn_events`): CDN says that a refresh or prefetch has completed.

`{"events": [{"eventName": "CachedObjectsRefreshed", "eventParameter": {"taskId": 2089687230, "createTime": 1521180769,
"objectPath": ["/a.mp4"], "domain": "example.com", …}, …}]}`: the id is a JSON number, though its table says String.
No document says what a failed job sends, nor whether every event arrives. So an event is a hint: the first look is at
once, and the verdict is the API's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from refresh_watch.errors import BadInput, Described, wrong_type
from refresh_watch.instants import Instant
from refresh_watch.model import Kind, Product
from refresh_watch.settings import Settings
from refresh_watch.triggers.direct import read_requested
from refresh_watch.triggers.envelope import OF_OSS, EventPart, NoSubmission, service_word, text_in
from refresh_watch.triggers.result import EventResult, Ignored, label_of, placed, rejected
from refresh_watch.watching.request import read_task_ids

KIND_OF_EVENT = {"CachedObjectsRefreshed": Kind.REFRESH, "CachedObjectsPushed": Kind.PREFETCH}

_EARLIEST: Instant = 1_230_768_000.0
_LATEST: Instant = 4_102_444_800.0
"""2009 and 2100: a number outside is not in seconds; it may be in milliseconds."""

_EXACT_BELOW = 2.0**53
"""A whole number that was written as `2089687230.0` is still the id that was meant."""


def read(part: EventPart, settings: Settings) -> Iterator[EventResult]:
    """Read the events, item by item. Nothing is raised."""
    events = part.body["events"]
    if not isinstance(events, list) or not events:
        given = Described("an empty list")
        allowed = "a list of CDN events"
        error = BadInput("events", given, allowed) if events == [] else wrong_type("events", events, allowed)
        yield rejected(error, part.body)
        return
    for number, entry in enumerate(events):
        try:
            item = _read_one(entry, part.attributes, settings)
        except NoSubmission as error:
            item = rejected(error, error.dedup_key)
        except BadInput as error:
            # the service sends it, and the next one has the same mistake: one report for all
            item = rejected(error, ["cdn_events", error.given, error.allowed], Product.CDN.value)
        yield placed(item, "events", number)


def _read_one(entry: Any, attributes: Mapping[str, str], settings: Settings) -> EventResult:
    if not isinstance(entry, dict):
        raise wrong_type("", entry, "an object: a CDN event")
    if entry.get("eventSource") == "acs:oss" or isinstance(entry.get("oss"), dict):
        bucket = text_in(entry["oss"].get("bucket"), "name") if isinstance(entry.get("oss"), dict) else ""
        raise NoSubmission("eventSource", "acs:oss", OF_OSS, ("oss", bucket))
    name = entry.get("eventName")
    if not isinstance(name, str) or name not in KIND_OF_EVENT:
        allowed = f"{', '.join(KIND_OF_EVENT)}; set the trigger's eventName to one of them"
        # all events of a trigger are alike: the first one is reported
        return rejected(BadInput("eventName", service_word(name), allowed), ["cdn_events", str(name)])
    parameters = entry.get("eventParameter")
    parameters = parameters if isinstance(parameters, dict) else {}
    task_id = parameters.get("taskId")
    if isinstance(task_id, float) and task_id.is_integer() and abs(task_id) < _EXACT_BELOW:
        task_id = int(task_id)
    if task_id in (None, "", 0, "0") and not isinstance(task_id, bool):
        return Ignored("eventParameter.taskId", "the event names no task")
    given_request = {
        "product": Product.CDN.value,
        "task_ids": list(read_task_ids(task_id, "eventParameter.taskId")),
        "kind": KIND_OF_EVENT[name].value,
        "submitted_at": _created_at(parameters),
        "label": label_of(_paths(parameters)),
    }
    return read_requested(given_request, attributes, settings, at_once=True)


def _created_at(parameters: dict[str, Any]) -> Instant | None:
    """createTime, if it is in seconds and not after completeTime."""
    created, completed = (parameters.get(key) for key in ("createTime", "completeTime"))
    if isinstance(created, bool) or not isinstance(created, (int, float)) or not _EARLIEST <= created < _LATEST:
        return None
    if isinstance(completed, (int, float)) and completed < created:
        return None
    return float(created)


def _paths(parameters: dict[str, Any]) -> list[str]:
    """The objects as `domain/path`: CDN gives the paths alone, beginning with a slash."""
    paths, domain = parameters.get("objectPath"), parameters.get("domain")
    paths = [paths] if isinstance(paths, str) else paths
    if not isinstance(paths, list):
        return []
    host = domain if isinstance(domain, str) and re.fullmatch(r"[\w*-]+(\.[\w-]+)+", domain) else ""
    return [host + path if path.startswith("/") else path for path in paths if isinstance(path, str)]
