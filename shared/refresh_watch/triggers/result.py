"""What an item of an event comes to: a watch to start, a refusal, or nothing for us; and what of it is shown to people.

An event comes from anywhere, and its labels and refusals go to chat: what may be a credential is described there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from refresh_watch.errors import BadInput, Described, as_word, path_of
from refresh_watch.instants import Instant
from refresh_watch.model import WatchRequest
from refresh_watch.report import Report, ReportKind

LONGEST_OBJECT = 50
LONGEST_USER_NAME = 29
"""One less than the shortest token has (`errors.as_word`)."""

_NO_CREDENTIAL = re.compile(r"[0-9.,;:+TZ -]*|[A-Za-z]+([.:][A-Za-z]+)*")
"""A time, a schedule, ids; the name of an event or an API: of any length."""

_URL, _ANY = re.compile(r"https?://"), re.compile("")
_SHOWN_FIELDS = {"label": _ANY, "request_id": _ANY, "object_paths": _URL, "ObjectPath": _URL}
"""Fields that are meant for people to see, in the form that is expected of them."""


@dataclass(frozen=True)
class Requested:
    """A watch to start. `at_once`: the event says that the job has ended, so the first look does not wait."""

    request: WatchRequest
    at_once: bool = False


@dataclass(frozen=True)
class Rejected:
    """An item that cannot be accepted. `digest` deduplicates the report of it."""

    error: BadInput
    digest: str
    product: str = ""
    label: str = ""

    @property
    def problem(self) -> str:
        """What is wrong with it, in one line."""
        return str(self.error)

    def report(self, now: Instant) -> Report:
        """The report of it, the same each time that the item arrives."""
        return Report(
            f"r-{self.digest}", ReportKind.REJECTED, now, product=self.product, label=self.label, problem=self.problem
        )


@dataclass(frozen=True)
class Ignored:
    """An item that is valid and asks for no watch, such as a submission that failed."""

    field: str
    why: str

    @property
    def reason(self) -> str:
        """The field that says so, and what it says."""
        return f"{self.field}: {self.why}"


EventResult = Requested | Rejected | Ignored


def rejected(error: BadInput, dedup_key: Any, product: object = "", label: object = "") -> Rejected:
    """A refusal for an error; of refusals with the same `dedup_key` one is reported."""
    word = as_word(product) if isinstance(product, str) else ""
    shown = "" if isinstance(word, Described) else _printable(word, 20)
    return Rejected(_without_credential(error), digest_of(dedup_key), shown, _printable(label, 200))


def placed(item: EventResult, *place: str | int) -> EventResult:
    """The same, where what was read stands at a place of the event."""
    if isinstance(item, Rejected):
        return replace(item, error=item.error.at(*place))
    return replace(item, field=path_of(*place, item.field)) if isinstance(item, Ignored) else item


def digest_of(item: Any) -> str:
    """A name for an item that is the same each time it arrives. Never fails."""
    try:
        text = item if isinstance(item, bytes) else json.dumps(item, sort_keys=True).encode()
    except (RecursionError, TypeError, ValueError):
        # not JSON, or nested too deep: all items of its type count as one
        text = type(item).__name__.encode()
    return hashlib.sha256(text).hexdigest()[:16]


def label_of(paths: Sequence[str], user: str = "", otherwise: str = "") -> str:
    """A label for a job whose event has none, ``alice: example.com/a.txt +2``: the first object, and how many more.

    Without objects `otherwise`. A query is left out: it may hold the signature of a URL. The same job by the same user
    has the same label, so that PagerDuty can resolve the failure before it.
    """
    what = re.sub(r"^[A-Za-z]+://|[?#].*$", "", paths[0]) if paths else otherwise
    more = f" +{len(paths) - 1}" if len(paths) > 1 else ""
    return ": ".join(part for part in (_cut(user, LONGEST_USER_NAME), _cut(what, LONGEST_OBJECT) + more) if part)


def _without_credential(error: BadInput) -> BadInput:
    if not error.given.startswith("'"):
        return error
    text = error.given[1:-1]
    is_shown = any(name in error.field and form.match(text) for name, form in _SHOWN_FIELDS.items())
    given = text if is_shown or _NO_CREDENTIAL.fullmatch(text) else as_word(text)
    return BadInput(error.field, given, error.allowed)


def _printable(text: object, at_most: int) -> str:
    return text[:at_most] if isinstance(text, str) and text.isprintable() else ""


def _cut(text: str, at_most: int) -> str:
    """The text on one line; of a longer one both ends, which hold the host and the file."""
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= at_most else f"{text[: at_most // 2]}…{text[1 - (at_most + 1) // 2 :]}"
