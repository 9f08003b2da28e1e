"""Reads events of tests as intake does."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from refresh_watch.model import WatchRequest
from refresh_watch.settings import Settings
from refresh_watch.triggers.read import Event, read_event
from refresh_watch.triggers.result import EventResult, Rejected, Requested

EVENTS = Path(__file__).parents[2] / "events"
SETTINGS = Settings(account="123456789")
GOOD = {"product": "cdn", "task_ids": "704225667"}


def read(body: Any, settings: Settings = SETTINGS, attributes: dict[str, str] | None = None) -> tuple[EventResult, ...]:
    return read_event(Event(body, b"", attributes=attributes or {}), settings)


def http_event(body: str, headers: dict[str, str] | None = None, *, encoded: bool = False) -> bytes:
    """A body as an HTTP trigger wraps it, as text or in base64."""
    text = base64.b64encode(body.encode()).decode() if encoded else body
    return json.dumps(
        {**event("http_trigger"), "body": text, "headers": headers or {}, "isBase64Encoded": encoded}
    ).encode()


def event(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def only(items: tuple[EventResult, ...]) -> EventResult:
    assert len(items) == 1
    return items[0]


def refusal(body: Any, settings: Settings = SETTINGS) -> Rejected:
    item = only(read(body, settings))
    assert isinstance(item, Rejected), item
    return item


def trail(**more: Any) -> Any:
    record = event("action_trail_raw_data")
    return {**record, **more}


def paths_of(items: tuple[EventResult, ...]) -> list[str]:
    return [path for item in items if isinstance(item, Requested) for path in item.request.object_paths]


def requested(body: Any, settings: Settings = SETTINGS, attributes: dict[str, str] | None = None) -> WatchRequest:
    """The request of the one watch that an event starts."""
    item = only(read(body, settings, attributes))
    assert isinstance(item, Requested), item
    return item.request
