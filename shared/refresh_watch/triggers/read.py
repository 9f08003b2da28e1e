"""The reader of events: the bytes that a function was given, plain or wrapped as HTTP, to what they come to.

An HTTP trigger wraps an event (v1 event, http-trigger-invoking-function, 2026-04-01). So, it seems, does an API call to
a function that has an HTTP trigger (the recorded event of devsapp/fc3); both shapes are understood everywhere.

Envelopes inside are opened one after the other: a list of CloudEvents, each with a queue's message, which may itself be
an event of the trail. Every refusal has its place in the event: ``[3].data.messageBody.product``.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

from refresh_watch.errors import BadInput, Described, wrong_type
from refresh_watch.settings import Settings
from refresh_watch.triggers import action_trail, cdn_events, direct
from refresh_watch.triggers.envelope import (
    CARRIES,
    COMPLETING,
    MAX_EVENT_ITEMS,
    EventKind,
    EventPart,
    NoSubmission,
    kind_of,
    unwrap,
)
from refresh_watch.triggers.result import EventResult, Rejected, digest_of, placed, rejected
from refresh_watch.triggers.strict_json import JSON_ALLOWED, read_json

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""Function Compute takes 32 MB of a synchronous call, and 128 KB of an asynchronous one. A hundred requests of a
thousand ids each need this much; decoded it can be thirty times as much in memory."""

MAX_FORM_FIELDS = 100

_LAYERS_SHOWN = 6
_TYPE = re.compile(r"[A-Za-z]{1,20}(:[A-Za-z]{1,30}){1,3}")


@dataclass(frozen=True)
class Event:
    """What was handed to the function. `body` is decoded JSON; `raw` is what it was decoded from."""

    body: Any
    raw: bytes = field(repr=False)  # it may hold headers
    wrapped: bool = False  # it came as an HTTP request, so the answer has to be an HTTP response
    awaited: bool = False  # the caller waits for the answer; after an asynchronous call none does
    attributes: Mapping[str, str] = field(default_factory=dict)  # query parameters: they complete a request
    problem: BadInput | None = None  # there is no JSON in it, or JSON that says a thing twice

    @property
    def layers(self) -> str:
        """For the log: ``HTTP request > list > CloudEvent mns:Queue:SendMessage > queue message > JSON text``.

        Nothing of what it holds. Of a list the first item stands for all. An event without an envelope is ``object``.
        """
        found = [] if not self.wrapped else ["HTTP request" if self.awaited else "asynchronous HTTP request"]
        if self.problem is not None:
            return " > ".join([*found, "unreadable"])
        body = self.body
        while body is not None and len(found) < _LAYERS_SHOWN:
            name, body = _layer(body)
            found.append(name)
        return " > ".join(found)


def open_event(event: bytes) -> Event:
    """Decode an event. Nothing is raised: what cannot be read has a `problem`, and no body."""
    if len(event) > MAX_EVENT_BYTES:
        problem = BadInput("event", Described(f"{len(event)} bytes"), f"at most {MAX_EVENT_BYTES} bytes")
        # no asynchronous call can be as large: the caller waits
        return Event(None, event, wrapped=b'"requestContext"' in event, awaited=True, problem=problem)
    try:
        outer = read_json(event)
    except BadInput as error:
        return Event(None, event, problem=error.at())
    if not _is_http(outer):
        return Event(outer, event)
    inner = _open_http(outer)
    # `refresh-watch start` sends the HTTP form itself, and Function Compute may wrap that once more
    return _open_http(inner.body) if _is_http(inner.body) else inner


def read_event(event: Event, settings: Settings) -> tuple[EventResult, ...]:
    """Read an event item by item; one that could not be read is one refusal. Nothing is raised."""
    if event.problem is not None:
        return (Rejected(event.problem, digest_of(event.raw)),)
    found = _read(EventPart(event.body, kind_of(event.body), event.attributes), settings)
    items = tuple(islice(found, MAX_EVENT_ITEMS + 1))
    if len(items) <= MAX_EVENT_ITEMS:
        return items
    allowed = f"1 to {MAX_EVENT_ITEMS} in one event; of a batch lower CountBasedWindow (runOptions.batchWindow)"
    return (rejected(BadInput("event", Described(f"more than {MAX_EVENT_ITEMS} items"), allowed), event.body),)


def as_http_event(body: bytes) -> bytes:
    """An event in the HTTP form, for a caller that waits for the answer: a plain event cannot say so."""
    context = {"http": {"method": "POST", "path": "/"}}
    event = {"version": "v1", "rawPath": "/", "headers": {}, "body": body.decode(), "requestContext": context}
    return json.dumps(event).encode()


def _read(part: EventPart, settings: Settings) -> Iterator[EventResult]:
    try:
        carried = unwrap(part)
    except BadInput as error:
        dedup_key = error.dedup_key if isinstance(error, NoSubmission) else _content(part.body)
        yield rejected(error.at(*part.place), dedup_key)
        return
    if carried is None:
        yield from (placed(item, *part.place) for item in _read_kind(part, settings))
    for inner in carried or ():
        yield from _read(inner, settings)


def _read_kind(part: EventPart, settings: Settings) -> Iterator[EventResult]:
    if part.kind is EventKind.TRAIL:
        return action_trail.read(part, settings)
    return cdn_events.read(part, settings) if part.kind is EventKind.CDN else direct.read(part, settings)


def _content(body: Any) -> Any:
    """What stays the same when the same message is sent again: not the ids and times of its envelope."""
    if not isinstance(body, dict):
        return body
    carried = [body.get(key) for key in ("messageBody", "Message", "body", "data", "data_base64", "type")]
    return next((content for content in carried if content is not None), body)


def _layer(body: Any) -> tuple[str, Any]:
    """What a piece of an event is, and what it carries; None where it carries nothing more."""
    kind = kind_of(body)
    if kind is EventKind.LIST:
        return kind, body[0] if body else None
    if kind is EventKind.TEXT:
        return "JSON text" if body.lstrip()[:1] in ("{", "[") else kind, None
    word = body.get("type") if kind is EventKind.CLOUD_EVENT else None
    name = f"{kind} {word}" if isinstance(word, str) and _TYPE.fullmatch(word) else kind
    return name, body.get(CARRIES[kind]) if kind in CARRIES else None


def _open_http(outer: dict[str, Any]) -> Event:
    headers = {str(k).lower(): str(v) for k, v in _dict(outer.get("headers")).items()}
    awaited = headers.get("x-fc-invocation-type", "").lower() != "async"
    query = {key: value for key, value in _dict(outer.get("queryParameters")).items() if isinstance(value, str)}
    text = outer.get("body") or ""
    # half of a surrogate pair can stand in JSON but not in UTF-8; the check of the request refuses it with its place
    raw = text.encode(errors="surrogatepass") if isinstance(text, str) else b""
    try:
        if not isinstance(text, str):
            raise wrong_type("body", text, "a string")
        if outer.get("isBase64Encoded") is True:
            raw = _from_base64(raw)
        body = _read_body(raw, query, headers.get("content-type", "").lower())
    except BadInput as error:
        return Event(None, raw, wrapped=True, awaited=awaited, problem=error.at())
    return Event(body, raw, wrapped=True, awaited=awaited, attributes=query)


def _from_base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("body", Described("text that is not base64"), f"{JSON_ALLOWED}, in base64") from None


def _read_body(raw: bytes, query: Mapping[str, str], content_type: str) -> Any:
    if not raw.strip() and any(key in COMPLETING for key in query):
        return {}  # `POST /?product=cdn&task_ids=704225667`: the query is the request
    try:
        return read_json(raw)
    except BadInput:
        # JSON is tried first: `curl -d` calls everything a form
        is_form = content_type.startswith("application/x-www-form-urlencoded") and b"=" in raw
        form = _form(raw) if is_form else None
        if form is None:
            raise
        return form


def _form(body: bytes) -> dict[str, Any] | None:
    try:
        # a form that is sent from a file ends with a line feed
        text = body.decode().strip()
        fields = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        return None
    return direct.split_lists({key: values[0] if len(values) == 1 else values for key, values in fields.items()})


def _is_http(event: Any) -> bool:
    return isinstance(event, dict) and event.get("version") == "v1" and "http" in _dict(event.get("requestContext"))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
