"""Native CDN events (trigger type `cdn_events`): a refresh or prefetch has completed, says CDN.

`{"events": [{"eventName": "CachedObjectsRefreshed", "eventParameter": {"taskId": 2089687230, "createTime": 1521180769,
"objectPath": ["/a.mp4"], "domain": "example.com", …}, …}]}`: the id is a JSON number, though its table says String.
What a failed one sends, and whether every one is sent, no document says. So it is a hint: the first look is at once,
and the verdict is the API's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from refresh_watch.errors import BadInput, Described, wrong_type
from refresh_watch.instants import Instant
from refresh_watch.model import Kind, Product
from refresh_watch.settings import Settings
from refresh_watch.triggers import no_submission
from refresh_watch.triggers.direct import read_wanted
from refresh_watch.triggers.json_path import EventPart, at, within
from refresh_watch.triggers.labels import label_of, service_word
from refresh_watch.triggers.no_submission import NoSubmission
from refresh_watch.triggers.result import EventResult, Ignored, rejected
from refresh_watch.watching.request import read_task_ids

KIND_OF_EVENT = {"CachedObjectsRefreshed": Kind.REFRESH, "CachedObjectsPushed": Kind.PREFETCH}

_EARLIEST: Instant = 1_230_768_000.0
_LATEST: Instant = 4_102_444_800.0
"""2009 and 2100: seconds outside of them are none, such as milliseconds."""

_EXACT_BELOW = 2.0**53
"""A whole number that somebody has written as `2089687230.0` is still the one that was meant."""


def is_one(body: Any) -> bool:
    """Our own JSON has no such key. OSS wraps its events in the same way."""
    return isinstance(body, dict) and "events" in body


def read(found: EventPart, settings: Settings) -> Iterator[EventResult]:
    """Read the events, item by item. Nothing is raised."""
    events, place = found.body["events"], within(found.place, "events")
    if not isinstance(events, list) or not events:
        allowed = "a list of CDN events"
        error = (
            wrong_type(place, events, allowed) if events != [] else BadInput(place, Described("an empty list"), allowed)
        )
        yield rejected(error, found.body)
        return
    for number, entry in enumerate(events):
        where = within(place, number)
        try:
            yield _read_one(entry, where, found, settings)
        except NoSubmission as error:
            yield rejected(error, error.told_once)
        except BadInput as error:
            # nobody can send a better one, and the next one is as wrong
            yield rejected(error, ["cdn_events", error.given, error.allowed], Product.CDN.value)


def _read_one(entry: Any, place: str, found: EventPart, settings: Settings) -> EventResult:
    if not isinstance(entry, dict):
        raise wrong_type(place, entry, "an object: a CDN event")
    no_submission.check_oss(entry, place)
    name = entry.get("eventName")
    if not isinstance(name, str) or name not in KIND_OF_EVENT:
        allowed = f"{', '.join(KIND_OF_EVENT)}; set the trigger's eventName to one of them"
        # of one trigger all events are alike: people are told of the first
        return rejected(BadInput(within(place, "eventName"), service_word(name), allowed), ["cdn_events", str(name)])
    about = entry.get("eventParameter")
    about = about if isinstance(about, dict) else {}
    task_id = about.get("taskId")
    if isinstance(task_id, float) and task_id.is_integer() and abs(task_id) < _EXACT_BELOW:
        task_id = int(task_id)
    if task_id in (None, "", 0, "0") and not isinstance(task_id, bool):
        return Ignored(f"{within(place, 'eventParameter.taskId')}: the event names no task")
    given_request = {
        "product": Product.CDN.value,
        "task_ids": list(read_task_ids(task_id, within(place, "eventParameter.taskId"))),
        "kind": KIND_OF_EVENT[name].value,
        "submitted_at": _created_at(about),
        "label": label_of(_paths(about)),
    }
    try:
        return read_wanted(given_request, found.attributes, settings, at_once=True)
    except BadInput as error:
        raise at(place, error) from None


def _created_at(about: dict[str, Any]) -> Instant | None:
    """createTime, in seconds, where it can be one: not after the end of what it created."""
    created, completed = (about.get(key) for key in ("createTime", "completeTime"))
    if isinstance(created, bool) or not isinstance(created, (int, float)) or not _EARLIEST <= created < _LATEST:
        return None
    if isinstance(completed, (int, float)) and completed < created:
        return None
    return float(created)


def _paths(about: dict[str, Any]) -> list[str]:
    """The objects with their domain before them; CDN gives paths that begin with a slash."""
    paths, domain = about.get("objectPath"), about.get("domain")
    paths = [paths] if isinstance(paths, str) else paths
    if not isinstance(paths, list):
        return []
    host = domain if isinstance(domain, str) and re.fullmatch(r"[\w*-]+(\.[\w-]+)+", domain) else ""
    return [host + path if path.startswith("/") else path for path in paths if isinstance(path, str)]
