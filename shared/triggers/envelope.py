"""An event of Function Compute as it arrives: plain, or wrapped as an HTTP request.

An HTTP trigger wraps it (v1 event, http-trigger-invoking-function, 2026-04-01). So, it seems, does an API call to a
function that has an HTTP trigger (the recorded event of devsapp/fc3); both shapes are understood everywhere.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from shared.errors import BadInput, Described


@dataclass(frozen=True)
class Event:
    """What was handed to the function. `body` is decoded JSON."""

    body: Any
    raw: bytes
    wrapped: bool  # it came as an HTTP request, so the answer has to be an HTTP response
    awaited: bool  # somebody waits for the answer; nobody does after an asynchronous call


def open_envelope(event: bytes) -> Event:
    """Unwrap an event. Raises Unreadable (a BadInput) when there is no JSON in it."""
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
    raw = outer.get("body") or ""
    body = raw.encode() if isinstance(raw, str) else b""
    if outer.get("isBase64Encoded") is True:
        try:
            body = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("text that is no base64", body, wrapped=True, awaited=awaited) from None
    try:
        return Event(_json(body, wrapped=True, awaited=awaited), body, wrapped=True, awaited=awaited)
    except Unreadable:
        # tried after JSON, since that is what `curl -d` calls whatever it sends
        if (
            not headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")
            or b"=" not in body
        ):
            raise
    return Event(_form(body), body, wrapped=True, awaited=awaited)


class Unreadable(BadInput):
    """The event holds no JSON; says, too, who waits for an answer and in which form."""

    def __init__(self, given: str, raw: bytes, *, wrapped: bool, awaited: bool) -> None:
        """`raw` is what could not be read."""
        self.raw = raw
        self.wrapped = wrapped
        self.awaited = awaited
        super().__init__("event", Described(given), "JSON: a watch request or a list of them")


def _json(text: bytes, *, wrapped: bool, awaited: bool) -> Any:
    try:
        value = json.loads(text)
    except UnicodeDecodeError:
        raise Unreadable("bytes that are no UTF-8", text, wrapped=wrapped, awaited=awaited) from None
    except ValueError as error:
        place = f" (line {error.lineno} column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        what = f"text that is no JSON{place}" if text.strip() else "nothing"
        raise Unreadable(what, text, wrapped=wrapped, awaited=awaited) from None
    except RecursionError:
        raise Unreadable("JSON nested too deep", text, wrapped=wrapped, awaited=awaited) from None
    return value


def _form(body: bytes) -> dict[str, Any]:
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {key: values[0] if len(values) == 1 else values for key, values in fields.items()}


def _is_http(event: Any) -> bool:
    return isinstance(event, dict) and event.get("version") == "v1" and "http" in _dict(event.get("requestContext"))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
