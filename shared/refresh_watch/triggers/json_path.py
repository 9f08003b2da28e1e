"""A decoded part of an event, and its place: ``[3].data.messageBody``; empty for the event itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from refresh_watch.errors import BadInput


@dataclass(frozen=True)
class EventPart:
    """The whole event, an element of a list, or what an envelope carries."""

    body: Any
    place: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)  # given with it: they complete a request (direct.py)
    is_trail_record: bool = False  # its envelope says so


def within(place: str, name: str | int) -> str:
    """The place of a member, or of an element."""
    if isinstance(name, int):
        return f"{place}[{name}]"
    return f"{place}.{name}" if place else name


def at(place: str, error: BadInput) -> BadInput:
    """The same error, with its place in the event."""
    return error.reworded(field=within(place, error.field or "''"))
