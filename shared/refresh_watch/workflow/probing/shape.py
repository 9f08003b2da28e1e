"""A probe in whatever it arrived in: which layers lie around it, by their kinds and the names of their keys.

Values are never kept: an event holds headers, addresses and account numbers. Only what is documented to carry a message
is opened (HTTP triggers, CloudEvents, SMQ queues and topics, timers, onFailure destinations), so that no watch request
and no report is taken for a probe because of a text within it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from refresh_watch.model import Word

PROBE_ID = re.compile(r"[a-z0-9]{8,32}")

_CARRIERS = ("body", "data", "messageBody", "Message", "payload", "requestPayload")
_HINTS = tuple(word.encode() for word in ("probe", "cHJvYm", "Byb2Jl", "wcm9iZ"))  # as it is, and in base64
_MOST_LAYERS = 10
_MOST_ITEMS = 32
_MOST_KEYS = 32
_LONGEST_KEY = 40
_LARGEST = 128 * 1024
_KNOWN_TYPES = ("mns:Queue:SendMessage", "mns:Topic:PublishMessage")


class Do(Word):
    """What a probe asks for."""

    ECHO = "echo"  # say what was seen
    FAIL = "fail"  # raise, so that onFailure fires in the end
    SHAPE = "shape"  # leave the shape of the event as a task
    GRANTS = "grants"  # try what the function's own role may do
    KEEP = "keep"  # nothing: the task itself is what is kept


@dataclass(frozen=True)
class Layer:
    """One thing around the probe, from the outside in: what it is, and what its keys are called."""

    form: str
    keys: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()  # the names of those of an HTTP request


@dataclass(frozen=True)
class Found:
    """A probe, and what lies around it. `envelope` is the onFailure envelope that holds it, where one does."""

    id: str
    do: Do
    layers: tuple[Layer, ...]
    envelope: Mapping[str, Any] | None = None

    @property
    def is_wrapped(self) -> bool:
        """It came as an HTTP request, so the answer has to be an HTTP response."""
        return bool(self.layers) and self.layers[0].form == HTTP


HTTP = "HTTP v1"
ENVELOPE = "onFailure envelope"


def find(event: bytes) -> tuple[tuple[Found, ...], bool]:
    """The probes in an event, and whether there is nothing else in it."""
    if len(event) > _LARGEST or not any(hint in event for hint in _HINTS):
        return (), False
    found: list[Found] = []
    alone = _walk(_json(event), (), None, found)
    return tuple(found), alone


def without_probes(body: Any) -> Any:
    """A decoded event without the probes of a batch; anything but a list is given back as it is."""
    if not isinstance(body, list):
        return body
    return [item for item in body if not _walk(item, (), None, [])]


def describe(key: object) -> str:
    """The name of a key, bounded, and in letters that neither a terminal nor a table minds."""
    return re.sub(r"[^A-Za-z0-9_.:-]", "?", str(key)[:_LONGEST_KEY])


def keys_of(value: Mapping[Any, Any]) -> tuple[str, ...]:
    """The names of a bounded number of keys, in the order of the alphabet."""
    return tuple(sorted(describe(key) for key in list(value)[:_MOST_KEYS]))


def _walk(value: Any, layers: tuple[Layer, ...], envelope: Mapping[str, Any] | None, found: list[Found]) -> bool:
    """Collect the probes in a value; answers whether all that it carries is probes."""
    if len(layers) >= _MOST_LAYERS:
        return False
    if isinstance(value, str):
        return _walk_text(value, layers, envelope, found)
    if isinstance(value, list) and 0 < len(value) <= _MOST_ITEMS:
        inner = (*layers, Layer(f"list of {len(value)}"))
        return [_walk(item, inner, envelope, found) for item in value].count(False) == 0
    if isinstance(value, dict):
        return _walk_object(value, layers, envelope, found)
    return False


def _walk_object(
    value: dict[str, Any], layers: tuple[Layer, ...], envelope: Mapping[str, Any] | None, found: list[Found]
) -> bool:
    probe = _probe(value, layers, envelope)
    if probe is not None:
        found.append(probe)
        return True
    layer = _layer(value)
    inner = value if layer.form == ENVELOPE else envelope
    carried = [_walk(value[key], (*layers, layer), inner, found) for key in _CARRIERS if key in value]
    return carried.count(True) > 0


def _walk_text(text: str, layers: tuple[Layer, ...], envelope: Mapping[str, Any] | None, found: list[Found]) -> bool:
    if text.lstrip()[:1] in ("{", "["):
        return _walk(_json(text), (*layers, Layer("text")), envelope, found)
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    inner = _json(decoded)
    return isinstance(inner, (dict, list)) and _walk(inner, (*layers, Layer("base64")), envelope, found)


def _probe(value: dict[str, Any], layers: tuple[Layer, ...], envelope: Mapping[str, Any] | None) -> Found | None:
    if set(value) != {"probe"} or not isinstance(value["probe"], dict):
        return None
    given = value["probe"]
    name, do = given.get("id"), given.get("do")
    if not isinstance(name, str) or PROBE_ID.fullmatch(name) is None or do not in list(Do):
        return None
    if set(given) - ({"id", "do", "saw"} if do == Do.KEEP else {"id", "do"}):
        return None
    return Found(name, Do(do), layers, envelope)


def _layer(value: dict[str, Any]) -> Layer:
    form, headers = next(_forms(value), "object"), value.get("headers")
    if form == HTTP and isinstance(headers, dict):
        return Layer(form, keys_of(value), tuple(sorted({name.lower() for name in keys_of(headers)})))
    return Layer(form, keys_of(value))


def _forms(value: dict[str, Any]) -> Iterator[str]:
    context = value.get("requestContext")
    if value.get("version") == "v1" and isinstance(context, dict) and "http" in context:
        yield HTTP
    if "requestPayload" in value and "requestContext" in value:
        yield ENVELOPE
    if "specversion" in value:
        kind = value.get("type")
        yield f"CloudEvent {kind}" if kind in _KNOWN_TYPES else "CloudEvent"
    if "messageBody" in value:
        yield "queue message"
    if "Message" in value:
        yield "topic message"
    if "attrs" in value:
        yield "topic message with attributes"
    if "triggerName" in value:
        yield "timer"


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
