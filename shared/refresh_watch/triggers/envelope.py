"""What a decoded part of an event is, and what an envelope carries.

list            of any of these, at most 100 items; `RawData` of a stream is a list of texts
CloudEvent      of EventBridge, alone or in a list: `data` is an object, JSON text, or bytes in `data_base64`
queue message   of SMQ (MNS), `{"requestId", "messageId", "messageBody"}`, alone or as a CloudEvent's data: text, in
                base64 unless the trigger decodes it (`IsBase64Decode`)
topic message   of SMQ (`mns_topic`, `notifyContentFormat`): STREAM is the message itself, or with attributes
                `{"body": …, "attrs": {"Extend": "{\\"key\\":\\"value\\"}"}}`; JSON is `{"TopicOwner", "TopicName",
                "Message", "MessageId", …}`, attributes among them

Sources: Function Compute's trigger event formats, CloudEvents 1.0. What names no refresh or prefetch, such as events of
timers, OSS and logs, is refused here. It comes again and again, each time with another time or file: one refusal is
reported of each trigger of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from refresh_watch.errors import BadInput, Described, as_word, missing, wrong_type
from refresh_watch.model import Word
from refresh_watch.triggers.strict_json import JSON_ALLOWED, read_json, read_message
from refresh_watch.watching.request import REQUEST_KEYS, SUBMIT_KEYS

MAX_EVENT_ITEMS = 100
"""Of one event, altogether: each is two to four calls to Function Compute, and intake has a minute for them."""

MAX_ENVELOPES = 4
"""One inside the other; a trail record sent through a queue, in a batch, has as many."""

LONGEST_SERVICE_WORD = 60

COMPLETING = tuple(key for key in REQUEST_KEYS if key != "submitted")
"""The attributes that are read; others are the caller's own."""

_QUEUE = "mns:Queue:SendMessage"
_TRAIL = re.compile(r"[^:]+:ActionTrail:[^:]+")
"""`cdn:ActionTrail:ApiCall`, `…:ConsoleOperation`; the event's `source` is not documented, and not read."""

_RECORD_KEYS = ("requestParameters", "responseElements", "userIdentity", "eventSource", "serviceName", "eventTime")

_INSTEAD = "an event that names tasks: the answer of the submit call, or ActionTrail through EventBridge"
OF_OSS = f"{_INSTEAD}; OSS tells of files, not of tasks, and what OSS itself refreshes never shows in the product's API"
_OF_TIMER = f"{_INSTEAD}; a timer names none: remove the trigger from this function"
_OF_SWEEP = "the sweep's timer on the function watch: move the trigger there"
_TOO_WIDE = f"{_INSTEAD}; narrow the rule to what is meant for this function"
_OF_LOGS = f"{_INSTEAD}; a log trigger hands over cursors, not submissions"


class EventKind(Word):
    """What a decoded part of an event is. Our own JSON has none of the keys by which the others are known."""

    LIST = "list"
    TEXT = "text"
    CLOUD_EVENT = "CloudEvent"
    QUEUE = "queue message"
    TOPIC = "topic message"
    TRAIL = "record of ActionTrail"
    CDN = "events of CDN"  # OSS wraps its events in the same way
    OBJECT = "object"
    NO_OBJECT = "no object"


_BY_TYPE: dict[type, EventKind] = {list: EventKind.LIST, str: EventKind.TEXT}

CARRIES = {EventKind.CLOUD_EVENT: "data", EventKind.QUEUE: "messageBody", EventKind.TOPIC: "Message"}
"""The key of what an envelope carries, as a rule."""


@dataclass(frozen=True)
class EventPart:
    """The whole event, an element of a list, or what an envelope carries."""

    body: Any
    kind: EventKind
    attributes: Mapping[str, str]  # given with it: they complete a request (direct.py)
    place: tuple[str | int, ...] = ()
    envelopes: int = 0  # around it

    def inner(self, name: str | int, body: Any) -> EventPart:
        """What stands in it under a name."""
        return EventPart(body, kind_of(body), self.attributes, (*self.place, name), self.envelopes + 1)


class NoSubmission(BadInput):
    """An event that names no tasks. `dedup_key` is the same each time that it comes."""

    def __init__(self, field: str, given: str, allowed: str, dedup_key: tuple[str, ...]) -> None:
        super().__init__(field, given, allowed)
        self.dedup_key = dedup_key


def kind_of(body: Any) -> EventKind:
    """What it is, by its form."""
    if not isinstance(body, dict):
        return _BY_TYPE.get(type(body), EventKind.NO_OBJECT)
    if "specversion" in body:
        return EventKind.CLOUD_EVENT
    if "messageBody" in body:
        return EventKind.QUEUE
    if "TopicName" in body or ("body" in body and body.keys() <= {"body", "attrs"}):
        return EventKind.TOPIC
    if "eventName" in body and any(key in body for key in _RECORD_KEYS):
        return EventKind.TRAIL
    return EventKind.CDN if "events" in body else EventKind.OBJECT


def unwrap(part: EventPart) -> Iterable[EventPart] | None:
    """What a list, a text or an envelope carries; None for what is none. Raises BadInput, its field within the part."""
    body, kind = part.body, part.kind
    _check_names_tasks(body)
    # a text alone is no event; RawData of a stream is a list of texts
    if kind not in (EventKind.LIST, EventKind.TEXT, *CARRIES) or (kind is EventKind.TEXT and not part.envelopes):
        return None
    if kind is EventKind.LIST and part.place and isinstance(part.place[-1], int):
        raise BadInput("", Described("a list inside a list"), "a watch request, or an event")
    if part.envelopes == MAX_ENVELOPES:
        given = Described(f"an event inside {MAX_ENVELOPES} others")
        raise BadInput("", given, f"at most {MAX_ENVELOPES} envelopes, one inside the other")
    if kind is EventKind.LIST:
        if not body:
            raise BadInput("", Described("a list of 0 requests"), f"1 to {MAX_EVENT_ITEMS} requests")
        return (part.inner(i, item) for i, item in enumerate(body))
    key, attributes = CARRIES.get(kind, ""), part.attributes
    if kind is EventKind.CLOUD_EVENT:
        _check_type(body.get("type"))
        key = "data_base64" if body.get("data") is None and "data_base64" in body else key
    elif kind is EventKind.TOPIC:
        key = key if "TopicName" in body else "body"
        attributes = {**attributes, **(_of_stream(body.get("attrs")) if key == "body" else _texts(body))}
    carried = replace(part.inner(key, read_message(body.get(key) if key else body, key)), attributes=attributes)
    return (_checked(carried, body) if kind is EventKind.CLOUD_EVENT else carried,)


def _check_names_tasks(body: Any) -> None:
    """Raise NoSubmission for a timer's event and one of the log service (SLS)."""
    if not isinstance(body, dict):
        return
    if "triggerName" in body and "triggerTime" in body:
        name, payload = text_in(body, "triggerName"), text_in(body, "payload")
        allowed = _OF_SWEEP if payload.strip().lower().startswith("sweep") else _OF_TIMER
        raise NoSubmission("triggerName", as_word(name), allowed, ("timer", name, allowed))
    source = body.get("source")
    if isinstance(source, dict) and "logstoreName" in source:
        store = text_in(source, "logstoreName")
        dedup_key = ("log", text_in(source, "projectName"), store)
        raise NoSubmission("source.logstoreName", as_word(store), _OF_LOGS, dedup_key)


def service_word(value: object) -> str:
    """A name that a service gave: `RefreshObjectCaches`, `oss:ObjectCreated:PutObject`. A text of another form may be a
    credential that was put there by mistake: it is described instead."""
    if value is None or value == "":
        return Described("nothing")
    if not isinstance(value, str):
        return Described("no text")
    is_name = re.fullmatch(r"[A-Za-z]+([.:][A-Za-z]+)*", value) is not None and len(value) <= LONGEST_SERVICE_WORD
    return value if is_name else Described(f"a text of {len(value)} characters")


def text_in(members: Any, key: str) -> str:
    """The text under a key; empty where it is none."""
    value = members.get(key) if isinstance(members, dict) else None
    return value if isinstance(value, str) else ""


def _check_type(word: Any) -> None:
    """Raise BadInput where it is not the type of a CloudEvent, and NoSubmission for one that names no tasks."""
    if not isinstance(word, str) or not word:
        allowed = "a string: the type of a CloudEvent"
        raise missing("type", allowed) if word in (None, "") else wrong_type("type", word, allowed)
    if word.startswith("oss:"):
        raise NoSubmission("type", service_word(word), OF_OSS, ("oss", word))
    if word.endswith(":ScheduledEvent"):  # eventbridge:Events:ScheduledEvent ("time trigger" sources)
        raise NoSubmission("type", service_word(word), _OF_TIMER, ("timer", word))


def _checked(data: EventPart, event: Mapping[str, Any]) -> EventPart:
    """What a CloudEvent carries. Raises BadInput where it is not what its type and source say."""
    word, key = event["type"], str(data.place[-1])
    if _TRAIL.fullmatch(word):
        if not isinstance(data.body, dict):
            raise wrong_type(key, data.body, "an object: a record of ActionTrail")
        return replace(data, kind=EventKind.TRAIL)
    if word == _QUEUE:
        if data.kind is not EventKind.QUEUE:
            raise missing(f"{key}.messageBody", f"{JSON_ALLOWED}, or base64 of it")
    elif text_in(event, "source").startswith("acs.") and not _may_be_ours(data):
        # an event of one of Alibaba Cloud's services: a rule lets too much through
        raise NoSubmission("type", service_word(word), _TOO_WIDE, ("service", word))
    return data


def _may_be_ours(data: EventPart) -> bool:
    if data.kind is EventKind.OBJECT:
        return any(key in data.body for key in (*REQUEST_KEYS, *SUBMIT_KEYS))
    return data.kind is not EventKind.CLOUD_EVENT


def _of_stream(attrs: Any) -> dict[str, str]:
    """Attributes stand in `Extend`, as JSON; those that stand in `attrs` itself are taken too."""
    if not isinstance(attrs, dict):
        return {}
    extend = attrs.get("Extend")
    if isinstance(extend, str):
        try:
            extend = read_json(extend)
        except BadInput:
            extend = None  # another attribute of that name: the message does not need it
    return {**_texts(attrs), **_texts(extend if isinstance(extend, dict) else {})}


def _texts(members: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in members.items() if key in COMPLETING and isinstance(value, str)}
