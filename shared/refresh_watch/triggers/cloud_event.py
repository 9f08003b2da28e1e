"""A CloudEvent, as EventBridge hands it over (function-compute, "EventBridge"; CloudEvents 1.0).

One alone (`event-driven`) or in a list (`event-streaming`). What it carries is `data`: an object, a string of JSON, or
bytes in `data_base64`. With the schema `RawData` there is no envelope, and this file is not asked.
"""

from __future__ import annotations

import re
from typing import Any

from refresh_watch.errors import missing, wrong_type
from refresh_watch.triggers import action_trail, cdn_events, no_submission, queue, topic
from refresh_watch.triggers.direct import SUBMIT_KEYS
from refresh_watch.triggers.json_path import EventPart, within
from refresh_watch.triggers.strict_json import JSON_ALLOWED, read_message
from refresh_watch.watching.request import REQUEST_KEYS

QUEUE = "mns:Queue:SendMessage"
TRAIL = re.compile(r"[^:]+:ActionTrail:[^:]+")
"""`cdn:ActionTrail:ApiCall`, `…:ConsoleOperation`; the event's `source` is not documented, and not read."""


def is_one(body: Any) -> bool:
    """Our own JSON has no such key."""
    return isinstance(body, dict) and "specversion" in body


def opened(event: EventPart) -> EventPart:
    """What it carries. Raises BadInput, with its place, and NoSubmission for what names no tasks."""
    body, place = event.body, event.place
    kind = body.get("type")
    if not isinstance(kind, str) or not kind:
        field, allowed = within(place, "type"), "a string: the type of a CloudEvent"
        raise missing(field, allowed) if kind in (None, "") else wrong_type(field, kind, allowed)
    no_submission.check_type(kind, within(place, "type"))
    data, where = _data(body, place)
    is_trail_record = TRAIL.fullmatch(kind) is not None
    if kind != QUEUE and not is_trail_record and not _may_be_ours(data):
        no_submission.check_source(body.get("source"), kind, within(place, "type"))
    if kind == QUEUE and not (isinstance(data, dict) and "messageBody" in data):
        raise missing(within(where, "messageBody"), f"{JSON_ALLOWED}, or base64 of it")
    if is_trail_record and not isinstance(data, dict):
        raise wrong_type(where, data, "an object: a record of ActionTrail")
    return EventPart(data, where, event.attributes, is_trail_record)


def _may_be_ours(data: Any) -> bool:
    if not isinstance(data, dict) or any(key in data for key in (*REQUEST_KEYS, *SUBMIT_KEYS)):
        return True
    return any(kind.is_one(data) for kind in (action_trail, cdn_events, queue, topic))


def _data(body: dict[str, Any], place: str) -> tuple[Any, str]:
    if body.get("data") is not None:
        where = within(place, "data")
        return read_message(body["data"], where), where
    where = within(place, "data_base64") if "data_base64" in body else within(place, "data")
    return read_message(body.get("data_base64"), where), where
