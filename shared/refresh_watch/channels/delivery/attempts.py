"""What has been tried with one report at one channel: it travels from attempt to attempt."""

from __future__ import annotations

from dataclasses import dataclass

from refresh_watch.channels.post_outcomes import ContentRejected, DeliveryOutcome, TooLarge
from refresh_watch.instants import Instant, Seconds


@dataclass(frozen=True)
class Failure:
    """Why a post failed, in the channel's own words. No secret is in it."""

    reason: str
    http_status: int | None = None
    vendor_code: str = ""
    vendor_message: str = ""
    attempt: int = 0  # which post of this delivery it was, from 1

    def __str__(self) -> str:
        """One line."""
        status = f"HTTP {self.http_status}" if self.http_status is not None else ""
        words = dict.fromkeys((status, self.vendor_code, self.vendor_message))
        answer = " ".join(word for word in words if word not in ("", self.reason))
        failure = f"{self.reason} ({answer})" if answer else self.reason
        return f"{failure}, attempt {self.attempt}" if self.attempt else failure


@dataclass(frozen=True)
class Attempts:
    """Where a delivery stands between two attempts. Its fields are keys of the delivery's payload."""

    tries: int = 0  # attempts that failed; a rate-limited one does not count
    rate_limited: int = 0  # attempts that were rate limited
    posts: int = 0
    unclear: int = 0  # posts that were answered, but not by the channel: it may have shown them
    first_at: Instant | None = None  # of the first post, or of the first attempt that found the endpoint paused
    not_before: Instant = 0.0  # the channel asked for that, or its turn comes then
    booked: bool = False  # it has a place among the endpoint's messages, and its turn has come
    step: int = 0  # the rung of the ladder that it has come down to
    last: Failure | None = None


@dataclass(frozen=True)
class Later(DeliveryOutcome):
    """Nothing more was posted in this attempt: the endpoint has had its share for now. No try is spent."""

    after: Seconds
    booked: bool = True  # a place is kept
    paused: bool = False  # the endpoint is left alone, for it has failed with another message: it may stay away


def failure_of(outcome: DeliveryOutcome, attempt: int) -> Failure:
    """What is kept of a failed post."""
    reason = getattr(outcome, "reason", "")
    if isinstance(outcome, (TooLarge, ContentRejected)):
        reason = "message too large" if isinstance(outcome, TooLarge) else "content refused"
    return Failure(
        reason=reason or "an answer that is not known",
        http_status=outcome.http_status,
        vendor_code=outcome.vendor_code,
        vendor_message=outcome.vendor_message,
        attempt=attempt,
    )
