"""What kind of event arrived and how it was wrapped, in a few words for the log; nothing of what it holds."""

from __future__ import annotations

import re
from typing import Any

from refresh_watch.triggers import action_trail, cdn_events, cloud_event, queue, topic
from refresh_watch.triggers.envelope import Event

_TYPE = re.compile(r"[A-Za-z]{1,20}(:[A-Za-z]{1,30}){1,3}")
_MOST = 6
_FORMS = (
    (queue.is_one, "queue message", "messageBody"),
    (topic.is_one, "topic message", "Message"),
    (action_trail.is_one, "record of ActionTrail", ""),
    (cdn_events.is_one, "events of CDN", ""),
)
"""How each is recognised, its name, and the key of what it carries."""


def kind_of(event: Event) -> str:
    """Such as ``HTTP request > list > CloudEvent mns:Queue:SendMessage > queue message > JSON text``.

    Of a list the first item stands for all. An event without an envelope is ``object``.
    """
    layers = [] if not event.wrapped else ["HTTP request" if event.awaited else "asynchronous HTTP request"]
    if event.problem is not None:
        return " > ".join([*layers, "unreadable"])
    body = event.body
    while body is not None and len(layers) < _MOST:
        name, body = _layer(body)
        layers.append(name)
    return " > ".join(layers)


def _layer(body: Any) -> tuple[str, Any]:
    """What a piece of an event is, and what it carries; None where it carries nothing more."""
    if isinstance(body, list):
        return "list", body[0] if body else None
    if isinstance(body, str):
        return ("JSON text" if body.lstrip()[:1] in ("{", "[") else "text"), None
    if not isinstance(body, dict):
        return "no object", None
    if cloud_event.is_one(body):
        return f"CloudEvent {_type_of(body)}".rstrip(), body.get("data")
    name, carried = next(((name, key) for is_one, name, key in _FORMS if is_one(body)), ("object", ""))
    return name, body.get(carried)


def _type_of(cloud_event: dict[str, Any]) -> str:
    word = cloud_event.get("type")
    return word if isinstance(word, str) and _TYPE.fullmatch(word) else ""
