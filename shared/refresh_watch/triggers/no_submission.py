"""Events that name no refresh or prefetch: OSS, timers, logs, other services. Refused, with what to use instead.

They come again and again, each time with another time or file: one refusal is reported of each trigger of that kind.
"""

from __future__ import annotations

from typing import Any

from refresh_watch.errors import BadInput, as_word
from refresh_watch.triggers.json_path import EventPart, within
from refresh_watch.triggers.labels import service_word

_INSTEAD = "an event that names tasks: the answer of the submit call, or ActionTrail through EventBridge"
_OSS = f"{_INSTEAD}; OSS tells of files, not of tasks, and what OSS itself refreshes never shows in the product's API"
_TIMER = f"{_INSTEAD}; a timer names none: remove the trigger from this function"
_SWEEP = "the sweep's timer on the function watch: move the trigger there"
_WIDE = f"{_INSTEAD}; narrow the rule to what is meant for this function"
_LOGS = f"{_INSTEAD}; a log trigger hands over cursors, not submissions"


class NoSubmission(BadInput):
    """An event that names no tasks. `dedup_key` is the same each time that it comes."""

    def __init__(self, field: str, given: str, allowed: str, dedup_key: tuple[str, ...]) -> None:
        super().__init__(field, given, allowed)
        self.dedup_key = dedup_key


def check_type(kind: str, place: str) -> None:
    """Raise NoSubmission for a CloudEvent's type that names no tasks: of OSS, or of a schedule."""
    if kind.startswith("oss:"):
        raise NoSubmission(place, service_word(kind), _OSS, ("oss", kind))
    # eventbridge:Events:ScheduledEvent (EventBridge, "time trigger" sources)
    if kind.endswith(":ScheduledEvent"):
        raise NoSubmission(place, service_word(kind), _TIMER, ("timer", kind))


def check_source(source: object, kind: str, place: str) -> None:
    """Raise NoSubmission for a CloudEvent of one of Alibaba Cloud's services: a rule lets too much through."""
    if isinstance(source, str) and source.startswith("acs."):
        raise NoSubmission(place, service_word(kind), _WIDE, ("service", kind))


def check(part: EventPart) -> None:
    """Raise NoSubmission for a timer's event and one of the log service (SLS)."""
    body, place = part.body, part.place
    if not isinstance(body, dict):
        return
    if "triggerName" in body and "triggerTime" in body:
        name, payload = _text(body, "triggerName"), _text(body, "payload")
        allowed = _SWEEP if payload.strip().lower().startswith("sweep") else _TIMER
        raise NoSubmission(within(place, "triggerName"), as_word(name), allowed, ("timer", name, allowed))
    source = body.get("source")
    if isinstance(source, dict) and "logstoreName" in source:
        store = _text(source, "logstoreName")
        dedup_key = ("log", _text(source, "projectName"), store)
        raise NoSubmission(within(place, "source.logstoreName"), as_word(store), _LOGS, dedup_key)


def check_oss(entry: dict[str, Any], place: str) -> None:
    """Raise NoSubmission for an entry of `events` that is one of OSS."""
    oss = entry.get("oss")
    if entry.get("eventSource") != "acs:oss" and not isinstance(oss, dict):
        return
    bucket = oss.get("bucket") if isinstance(oss, dict) else None
    name = _text(bucket, "name") if isinstance(bucket, dict) else ""
    raise NoSubmission(within(place, "eventSource"), "acs:oss", _OSS, ("oss", name))


def _text(members: dict[str, Any], key: str) -> str:
    value = members.get(key)
    return value if isinstance(value, str) else ""
