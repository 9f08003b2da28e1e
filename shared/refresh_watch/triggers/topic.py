"""A message of an SMQ (MNS) topic (trigger type `mns_topic`, `notifyContentFormat`).

STREAM, no attributes   the message itself: nothing to unwrap
STREAM, attributes      {"body": …, "attrs": {"Extend": "{\"key\":\"value\"}"}}
JSON                    {"TopicOwner", "TopicName", "Message", "MessageId", …}, attributes merged into it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refresh_watch.errors import BadInput
from refresh_watch.triggers.direct import COMPLETING
from refresh_watch.triggers.json_path import EventPart, within
from refresh_watch.triggers.strict_json import read_json, read_message


def is_one(body: Any) -> bool:
    """Our own JSON has none of these keys."""
    return isinstance(body, dict) and ("TopicName" in body or ("body" in body and body.keys() <= {"body", "attrs"}))


def unwrap(message: EventPart) -> EventPart:
    """What it carries, and its attributes. Raises BadInput, with its place."""
    body = message.body
    is_stream = "TopicName" not in body
    key, attributes = ("body", _of_stream(body.get("attrs"))) if is_stream else ("Message", _texts(body))
    place = within(message.place, key)
    return EventPart(read_message(body.get(key), place), place, {**message.attributes, **attributes})


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
