"""What an event comes to, item by item: a watch that is wanted, a refusal, or nothing for us."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from refresh_watch.errors import BadInput, Described, as_word
from refresh_watch.model import WatchRequest


@dataclass(frozen=True)
class Requested:
    """A watch to start. `at_once`: something says that it has ended already, so the first look does not wait."""

    request: WatchRequest
    at_once: bool = False


@dataclass(frozen=True)
class Rejected:
    """An item that cannot be accepted. `digest` names it, so that people are told of it once."""

    problem: str
    digest: str
    product: str = ""
    label: str = ""


@dataclass(frozen=True)
class Ignored:
    """An item that is as it should be and asks for no watch, such as a submission that failed."""

    reason: str


EventResult = Requested | Rejected | Ignored


_URL, _ANY = re.compile(r"https?://"), re.compile("")
_SHOWN = {"label": _ANY, "request_id": _ANY, "object_paths": _URL, "ObjectPath": _URL}
"""What is meant to be seen by people, in the form that it is expected in."""

_NO_CREDENTIAL = re.compile(r"[0-9.,;:+TZ -]*|[A-Za-z]+([.:][A-Za-z]+)*")
"""A time, a schedule, ids; the name of an event or an API: however long."""


def rejected(error: BadInput, told_once: Any, product: object = "", label: object = "") -> Rejected:
    """A refusal for an error; `told_once` is the same each time that people need not hear of it again.

    An event comes from anywhere, and its refusal goes to chat: what may be a credential is described in it.
    """
    named = as_word(product) if isinstance(product, str) else ""
    shown = "" if isinstance(named, Described) else _printable(named, 20)
    return Rejected(str(_described(error)), digest_of(told_once), shown, _printable(label, 200))


def _described(error: BadInput) -> BadInput:
    if not error.given.startswith("'"):
        return error
    text = error.given[1:-1]
    meant = any(name in error.field and form.match(text) for name, form in _SHOWN.items())
    given = text if meant or _NO_CREDENTIAL.fullmatch(text) else as_word(text)
    return BadInput(error.field, given, error.allowed)


def digest_of(item: Any) -> str:
    """A name for an item that is the same each time it arrives. Never fails, whatever is given."""
    try:
        text = item if isinstance(item, bytes) else json.dumps(item, sort_keys=True).encode()
    except (RecursionError, TypeError, ValueError):
        # what is no JSON, or nested beyond all bounds, is told once for all of its sort
        text = type(item).__name__.encode()
    return hashlib.sha256(text).hexdigest()[:16]


def _printable(text: object, at_most: int) -> str:
    return text[:at_most] if isinstance(text, str) and text.isprintable() else ""
