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
from refresh_watch.triggers.direct import COMPLETING, split_lists
from refresh_watch.triggers.strict_json import JSON_ALLOWED, read_json

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""Function Compute takes 32 MB of a synchronous call, and 128 KB of an asynchronous one. A hundred requests of a
thousand ids each need this much; decoded it can be thirty times as much in memory."""

MAX_FORM_FIELDS = 100


@dataclass(frozen=True)
class Event:
    """What was handed to the function. `body` is decoded JSON; `raw` is what it was decoded from."""

    body: Any
    raw: bytes = field(repr=False)  # it may hold headers
    wrapped: bool  # it came as an HTTP request, so the answer has to be an HTTP response
    awaited: bool  # the caller waits for the answer; after an asynchronous call none does
    attributes: Mapping[str, str] = field(default_factory=dict)  # query parameters: they complete a request
    problem: BadInput | None = None  # there is no JSON in it, or JSON that says a thing twice


def open_envelope(event: bytes) -> Event:
    """Unwrap an event. Nothing is raised, whatever it is: what cannot be read has a `problem`, and no body."""
    if len(event) > MAX_EVENT_BYTES:
        problem = BadInput("event", Described(f"{len(event)} bytes"), f"at most {MAX_EVENT_BYTES} bytes")
        # no asynchronous call can be as large: the caller waits
        return Event(None, event, wrapped=b'"requestContext"' in event, awaited=True, problem=problem)
    try:
        outer = read_json(event)
    except BadInput as error:
        return Event(None, event, wrapped=False, awaited=False, problem=error)
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
        return Event(None, raw, wrapped=True, awaited=awaited, problem=error)
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
    return split_lists({key: values[0] if len(values) == 1 else values for key, values in fields.items()})


def _is_http(event: Any) -> bool:
    return isinstance(event, dict) and event.get("version") == "v1" and "http" in _dict(event.get("requestContext"))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
