"""A CloudEvent, as EventBridge hands it over (function-compute, "EventBridge"; CloudEvents 1.0).

One alone (`event-driven`) or in a list (`event-streaming`). It carries `data`: an object, a string of JSON, or bytes in
`data_base64`. With the schema `RawData` there is no envelope, and nothing for this module.
"""

from __future__ import annotations

import re
from typing import Any

from refresh_watch.errors import missing, wrong_type
from refresh_watch.triggers import action_trail, cdn_events, no_submission, queue, topic
from refresh_watch.triggers.json_path import EventPart, within
from refresh_watch.triggers.strict_json import JSON_ALLOWED, read_message
from refresh_watch.watching.request import REQUEST_KEYS, SUBMIT_KEYS

QUEUE = "mns:Queue:SendMessage"
TRAIL = re.compile(r"[^:]+:ActionTrail:[^:]+")
"""`cdn:ActionTrail:ApiCall`, `…:ConsoleOperation`; the event's `source` is not documented, and not read."""


def is_one(body: Any) -> bool:
    """Our own JSON has no such key."""
    return isinstance(body, dict) and "specversion" in body


def unwrap(event: EventPart) -> EventPart:
    """What it carries. Raises BadInput, with its place, and NoSubmission for what names no tasks."""
    body, place = event.body, event.place
    kind, where = body.get("type"), within(place, "type")
    if not isinstance(kind, str) or not kind:
        allowed = "a string: the type of a CloudEvent"
        raise missing(where, allowed) if kind in (None, "") else wrong_type(where, kind, allowed)
    no_submission.check_type(kind, where)
    key = "data_base64" if body.get("data") is None and "data_base64" in body else "data"
    carried_at = within(place, key)
    data = read_message(body.get(key), carried_at)
    is_trail_record = TRAIL.fullmatch(kind) is not None
    if kind != QUEUE and not is_trail_record and not _may_be_ours(data):
        no_submission.check_source(body.get("source"), kind, where)
    if kind == QUEUE and not queue.is_one(data):
        raise missing(within(carried_at, "messageBody"), f"{JSON_ALLOWED}, or base64 of it")
    if is_trail_record and not isinstance(data, dict):
        raise wrong_type(carried_at, data, "an object: a record of ActionTrail")
    return EventPart(data, carried_at, event.attributes, is_trail_record)


def _may_be_ours(data: Any) -> bool:
    if not isinstance(data, dict) or any(key in data for key in (*REQUEST_KEYS, *SUBMIT_KEYS)):
        return True
    return any(kind.is_one(data) for kind in (action_trail, cdn_events, queue, topic))
