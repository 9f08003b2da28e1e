"""What an item of an event comes to: a watch to start, a refusal, or nothing for us."""

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
    """A watch to start. `at_once`: the event says that the job has ended, so the first look does not wait."""

    request: WatchRequest
    at_once: bool = False


@dataclass(frozen=True)
class Rejected:
    """An item that cannot be accepted. `digest` deduplicates the report of it."""

    problem: str
    digest: str
    product: str = ""
    label: str = ""


@dataclass(frozen=True)
class Ignored:
    """An item that is valid and asks for no watch, such as a submission that failed."""

    reason: str


EventResult = Requested | Rejected | Ignored


_URL, _ANY = re.compile(r"https?://"), re.compile("")
_SHOWN_FIELDS = {"label": _ANY, "request_id": _ANY, "object_paths": _URL, "ObjectPath": _URL}
"""Fields that are meant for people to see, in the form that is expected of them."""

_NO_CREDENTIAL = re.compile(r"[0-9.,;:+TZ -]*|[A-Za-z]+([.:][A-Za-z]+)*")
"""A time, a schedule, ids; the name of an event or an API: of any length."""


def rejected(error: BadInput, dedup_key: Any, product: object = "", label: object = "") -> Rejected:
    """A refusal for an error; of refusals with the same `dedup_key` one is reported.

    An event comes from anywhere, and its refusal goes to chat: what may be a credential is described there.
    """
    word = as_word(product) if isinstance(product, str) else ""
    shown = "" if isinstance(word, Described) else _printable(word, 20)
    return Rejected(str(_without_credential(error)), digest_of(dedup_key), shown, _printable(label, 200))


def _without_credential(error: BadInput) -> BadInput:
    if not error.given.startswith("'"):
        return error
    text = error.given[1:-1]
    is_shown = any(name in error.field and form.match(text) for name, form in _SHOWN_FIELDS.items())
    given = text if is_shown or _NO_CREDENTIAL.fullmatch(text) else as_word(text)
    return BadInput(error.field, given, error.allowed)


def digest_of(item: Any) -> str:
    """A name for an item that is the same each time it arrives. Never fails, whatever is given."""
    try:
        text = item if isinstance(item, bytes) else json.dumps(item, sort_keys=True).encode()
    except (RecursionError, TypeError, ValueError):
        # not JSON, or nested too deep: all items of its type count as one
        text = type(item).__name__.encode()
    return hashlib.sha256(text).hexdigest()[:16]


def _printable(text: object, at_most: int) -> str:
    return text[:at_most] if isinstance(text, str) and text.isprintable() else ""
