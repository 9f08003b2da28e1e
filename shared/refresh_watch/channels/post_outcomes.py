"""How one post to a channel can end."""

from __future__ import annotations

from dataclasses import dataclass, field

from refresh_watch.instants import Seconds


@dataclass(frozen=True)
class DeliveryOutcome:
    """How one post ended. It carries what the channel answered, cut and cleaned, so that it can be logged and shown."""

    http_status: int | None = field(default=None, kw_only=True)
    vendor_code: str = field(default="", kw_only=True)
    vendor_message: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Delivered(DeliveryOutcome):
    """The channel said that it has posted it."""


@dataclass(frozen=True)
class Accepted(DeliveryOutcome):
    """The channel took it; that it was posted is not proven."""


@dataclass(frozen=True)
class Temporary(DeliveryOutcome):
    """Not posted; worth another try."""

    reason: str
    after: Seconds = 0.0  # not sooner than that
    rate_limited: bool = False  # spends no try


@dataclass(frozen=True)
class Permanent(DeliveryOutcome):
    """Refused for good: `hint` says what to repair."""

    reason: str
    hint: str
    once_more: bool = False  # a freshly made request may still pass, once


@dataclass(frozen=True)
class TooLarge(DeliveryOutcome):
    """A shorter message may pass."""


@dataclass(frozen=True)
class ContentRejected(DeliveryOutcome):
    """A message without the words of others may pass."""


@dataclass(frozen=True)
class Ambiguous(DeliveryOutcome):
    """It may or may not have been posted. Tried again: prefer a duplicate to a loss."""

    reason: str


UNKNOWN_CODE = Temporary("a code that is not known", after=60.0)
