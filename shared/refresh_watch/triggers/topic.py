"""A message of an SMQ (MNS) topic (trigger type `mns_topic`, `notifyContentFormat`).

STREAM, no attributes   the message itself: nothing to unwrap
STREAM, attributes      {"body": …, "attrs": {"Extend": "{\"key\":\"value\"}"}}
JSON                    {"TopicOwner", "TopicName", "Message", "MessageId", …}, attributes merged beside them
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


def opened(message: EventPart) -> EventPart:
    """What it carries, and its attributes. Raises BadInput, with its place."""
    body = message.body
    if "TopicName" in body:
        where, attributes = within(message.place, "Message"), _texts(body)
        return EventPart(read_message(body.get("Message"), where), where, {**message.attributes, **attributes})
    where = within(message.place, "body")
    attributes = _of_stream(body.get("attrs"))
    return EventPart(read_message(body["body"], where), where, {**message.attributes, **attributes})


def _of_stream(attrs: Any) -> dict[str, str]:
    """Attributes stand in `Extend`, as JSON; such as stand beside it are taken too."""
    if not isinstance(attrs, dict):
        return {}
    extend = attrs.get("Extend")
    if isinstance(extend, str):
        try:
            extend = read_json(extend)
        except BadInput:
            extend = None  # somebody else's attribute of that name: the message may do without
    return {**_texts(attrs), **_texts(extend if isinstance(extend, dict) else {})}


def _texts(members: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in members.items() if key in COMPLETING and isinstance(value, str)}
