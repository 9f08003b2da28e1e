"""What an HTTP status means where the body says nothing."""

from __future__ import annotations

from typing import Any

from refresh_watch.channels.delivery.outcome import (
    Ambiguous,
    DeliveryOutcome,
    Permanent,
    Response,
    Retry,
    TooLarge,
    vendor_text,
)
from refresh_watch.channels.responses.retry_after import retry_after
from refresh_watch.instants import Seconds

LIMITED: Seconds = 60.0
"""The least pause after an answer that says "too fast" and not for how long."""

_WORTH_ANOTHER_TRY = (408, 409, 425)
_SLOW_DOWN = (502, 504)  # Standard Webhooks: these two ask to slow down, as 429 does


def by_status(response: Response, missing: str) -> DeliveryOutcome:
    """Never Delivered: a 2xx without `missing`, which the channel should have answered, may be anything."""
    status = response.status
    message = vendor_text(response.body.decode("utf-8", "replace"))
    told = retry_after(response)
    if 200 <= status < 300:
        return Ambiguous(reason=f"no {missing} in a {status}", http_status=status, vendor_message=message)
    if status == 413:
        return TooLarge(http_status=status, vendor_message=message)
    if status == 429:
        return limited(told, http_status=status, vendor_message=message)
    if status >= 500 or status in _WORTH_ANOTHER_TRY:
        after = told if told is not None else (LIMITED if status in _SLOW_DOWN else 0.0)
        return Retry(reason=f"HTTP {status}", after=after, http_status=status, vendor_message=message)
    return Permanent(reason=f"HTTP {status}", hint=_hint(status), http_status=status, vendor_message=message)


def limited(told: Seconds | None, *, least: Seconds = 0.0, **said: Any) -> Retry:
    """Too fast: `told` is the pause that the channel asks for, if it does; `said` is what the outcome carries of it."""
    return Retry(reason="rate limited", after=max(least, LIMITED if told is None else told), rate_limited=True, **said)


def _hint(status: int) -> str:
    if 300 <= status < 400:
        return "redirects are not followed: put the address that it leads to into the channel's `url`"
    if status == 410:
        return "the receiver is gone for good: remove the channel or give it a new `url`"
    if status in (401, 403):
        return "the receiver does not accept us: compare the channel's `secret` and `url` with the receiver's"
    if status in (404, 405):
        return "nothing takes messages at that address: correct the channel's `url`"
    return "the receiver does not take this message: look at its log"
