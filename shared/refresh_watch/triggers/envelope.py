"""An event of Function Compute as it arrives: plain, or wrapped as an HTTP request.

An HTTP trigger wraps it (v1 event, http-trigger-invoking-function, 2026-04-01). So, it seems, does an API call to a
function that has an HTTP trigger (the recorded event of devsapp/fc3); both shapes are understood everywhere.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from refresh_watch.errors import BadInput, Described, wrong_type
from refresh_watch.triggers.direct import COMPLETING, told_apart
from refresh_watch.triggers.strict_json import JSON_ALLOWED, read_json

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""Function Compute takes 32 MB where the caller waits, and 128 KB where nobody does. A hundred requests of a thousand
ids each need this much; decoded it can be thirty times as much in memory."""

MAX_FORM_FIELDS = 100


@dataclass(frozen=True)
class Event:
    """What was handed to the function. `body` is decoded JSON; `raw` is what it was decoded from."""

    body: Any
    raw: bytes = field(repr=False)  # it may hold headers
    wrapped: bool  # it came as an HTTP request, so the answer has to be an HTTP response
    awaited: bool  # the caller waits for the answer; after an asynchronous call none does
    attributes: Mapping[str, str] = field(default_factory=dict)  # query parameters: they complete a request
    problem: BadInput | None = None  # there is no JSON in it, or one that says a thing twice


def open_envelope(event: bytes) -> Event:
    """Unwrap an event. Nothing is raised, whatever it is: what cannot be read has a `problem`, and no body."""
    try:
        return _opened(event)
    except _Unreadable as error:
        return Event(None, error.raw, error.wrapped, error.awaited, problem=error.problem)


def _opened(event: bytes) -> Event:
    if len(event) > MAX_EVENT_BYTES:
        size = Described(f"{len(event)} bytes")
        error = BadInput("event", size, f"at most {MAX_EVENT_BYTES} bytes")
        # no asynchronous call can be as large: the caller waits
        raise _Unreadable(error, event, wrapped=b'"requestContext"' in event, awaited=True)
    outer = _json(event, wrapped=False, awaited=False)
    if not _is_http(outer):
        return Event(outer, event, wrapped=False, awaited=False)
    inner = _unwrap(outer)
    # `refresh-watch start` sends the HTTP form itself, and Function Compute may wrap that once more
    return _unwrap(inner.body) if _is_http(inner.body) else inner


def as_http_event(body: bytes) -> bytes:
    """An event in the HTTP form, for a caller that waits for the answer: a plain event cannot say so."""
    context = {"http": {"method": "POST", "path": "/"}}
    event = {"version": "v1", "rawPath": "/", "headers": {}, "body": body.decode(), "requestContext": context}
    return json.dumps(event).encode()


def _unwrap(outer: dict[str, Any]) -> Event:
    headers = {str(k).lower(): str(v) for k, v in _dict(outer.get("headers")).items()}
    awaited = headers.get("x-fc-invocation-type", "").lower() != "async"
    query = {key: value for key, value in _dict(outer.get("queryParameters")).items() if isinstance(value, str)}
    body = _body(outer, awaited=awaited)
    if not body.strip() and any(key in COMPLETING for key in query):
        # `POST /?product=cdn&task_ids=704225667`: the query says it all
        return Event({}, body, wrapped=True, awaited=awaited, attributes=query)
    try:
        value = _json(body, wrapped=True, awaited=awaited)
    except _Unreadable:
        # tried after JSON, since that is what `curl -d` calls whatever it sends
        is_form = headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")
        value = _form(body) if is_form and b"=" in body else None
        if value is None:
            raise
    return Event(value, body, wrapped=True, awaited=awaited, attributes=query)


def _body(outer: dict[str, Any], *, awaited: bool) -> bytes:
    text = outer.get("body") or ""
    if not isinstance(text, str):
        error = wrong_type("body", text, "a string")
        raise _Unreadable(error, b"", wrapped=True, awaited=awaited)
    # half of a pair of surrogates can stand in JSON, and in no UTF-8; the request's own check refuses it by its place
    body = text.encode(errors="surrogatepass")
    if outer.get("isBase64Encoded") is not True:
        return body
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        error = BadInput("body", Described("text that is not base64"), f"{JSON_ALLOWED}, in base64")
        raise _Unreadable(error, body, wrapped=True, awaited=awaited) from None


class _Unreadable(Exception):
    def __init__(self, problem: BadInput, raw: bytes, *, wrapped: bool, awaited: bool) -> None:
        self.problem = problem
        self.raw = raw
        self.wrapped = wrapped
        self.awaited = awaited


def _json(text: bytes, *, wrapped: bool, awaited: bool) -> Any:
    try:
        return read_json(text)
    except BadInput as error:
        raise _Unreadable(error, text, wrapped=wrapped, awaited=awaited) from None


def _form(body: bytes) -> dict[str, Any] | None:
    try:
        # of a file, it ends with its line
        fields = parse_qs(
            body.decode().strip(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError:
        return None
    return told_apart({key: values[0] if len(values) == 1 else values for key, values in fields.items()})


def _is_http(event: Any) -> bool:
    return isinstance(event, dict) and event.get("version") == "v1" and "http" in _dict(event.get("requestContext"))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
