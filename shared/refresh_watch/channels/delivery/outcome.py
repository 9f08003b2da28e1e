"""How a delivery can end, and the request and answer it is made of.

Every outcome carries what the channel answered, cut and cleaned, so that it can be logged and shown.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from refresh_watch.instants import Instant, Seconds

VENDOR_MESSAGE = 256
"""Characters of a vendor's message that are kept."""


@dataclass(frozen=True)
class Request:
    """One HTTP POST. `url` is a credential, and headers and body may hold one."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    made_at: Instant = 0.0
    guarded: bool = False  # the host is anyone's: only a public address, or an allowed host, may be connected to


@dataclass(frozen=True)
class Response:
    """What a channel answered. Header names are lower case; `body` is cut at a bound and freed of our secrets."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    asked_at: Instant = 0.0

    def header(self, name: str) -> str:
        """The first header of that (lower-case) name, or nothing."""
        return next((value for key, value in self.headers if key == name), "")


class Failing(enum.Enum):
    """How far a request came that got no answer."""

    NOT_SENT = "not sent"
    MAYBE_SENT = "maybe sent"  # the channel may have posted it
    NOT_ALLOWED = "not allowed"  # the address may not be connected to


@dataclass(frozen=True)
class TransportFailure:
    """There was no answer. `reason` is made of an error's type and a host, never of a URL."""

    failing: Failing
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeliveryOutcome:
    """What became of one post."""

    http_status: int | None = None
    vendor_code: str = ""
    vendor_message: str = ""


@dataclass(frozen=True, kw_only=True)
class Delivered(DeliveryOutcome):
    """The channel said that it has posted it."""


@dataclass(frozen=True, kw_only=True)
class Accepted(DeliveryOutcome):
    """The channel took it; that it was posted is not proven."""


@dataclass(frozen=True, kw_only=True)
class Retry(DeliveryOutcome):
    """Not posted; worth another try."""

    reason: str
    after: Seconds = 0.0  # not sooner than that
    rate_limited: bool = False  # spends no try


@dataclass(frozen=True, kw_only=True)
class Later(DeliveryOutcome):
    """Nothing more was posted in this visit: the robot has had its share for now. No try is spent."""

    after: Seconds
    booked: bool = True  # a place is kept
    resting: bool = False  # the robot is left alone, for it has failed with another message: it may never come back


@dataclass(frozen=True, kw_only=True)
class Permanent(DeliveryOutcome):
    """Refused for good: `hint` says what to repair."""

    reason: str
    hint: str
    once_more: bool = False  # a freshly made request may still pass, once


@dataclass(frozen=True, kw_only=True)
class TooLarge(DeliveryOutcome):
    """A shorter message may pass."""


@dataclass(frozen=True, kw_only=True)
class ContentRejected(DeliveryOutcome):
    """A message without the words of others may pass."""


@dataclass(frozen=True, kw_only=True)
class Ambiguous(DeliveryOutcome):
    """It may or may not have been posted. Tried again: a message twice is better than none."""

    reason: str


def vendor_text(text: object) -> str:
    """What a vendor wrote, fit for a log line: printable, one line, at most VENDOR_MESSAGE characters."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(shown.split())[:VENDOR_MESSAGE]
