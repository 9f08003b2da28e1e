"""A message of an SMQ (MNS) queue: `{"requestId", "messageId", "messageBody"}`, alone or as a CloudEvent's data.

The body is text, and base64 unless the trigger decodes it (`IsBase64Decode`); both are read. It may hold any event.
"""

from __future__ import annotations

from typing import Any

from refresh_watch.triggers.json_path import EventPart, within
from refresh_watch.triggers.strict_json import read_message


def is_one(body: Any) -> bool:
    """Our own JSON has no such key."""
    return isinstance(body, dict) and "messageBody" in body


def unwrap(message: EventPart) -> EventPart:
    """What it carries. Raises BadInput, with its place."""
    place = within(message.place, "messageBody")
    return EventPart(read_message(message.body["messageBody"], place), place, message.attributes)
