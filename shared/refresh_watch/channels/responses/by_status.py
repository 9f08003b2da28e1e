"""What an HTTP status means where the body says nothing."""

from __future__ import annotations

from typing import Any

from refresh_watch.channels.contract import (
    Ambiguous,
    ChannelResponse,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses.body import answer_fields
from refresh_watch.channels.responses.retry_after import retry_after
from refresh_watch.instants import Seconds

LIMITED: Seconds = 60.0
"""The least pause after an answer that says "too fast" and not for how long."""

UNKNOWN_CODE = Temporary("a code that is not known", after=60.0)

_WORTH_ANOTHER_TRY = (408, 409, 425)
_SLOW_DOWN = (502, 504)  # Standard Webhooks: these two ask to slow down, as 429 does


def by_status(response: ChannelResponse, missing: str) -> DeliveryOutcome:
    """Never Delivered: a 2xx without `missing`, which the channel should have answered, may be anything."""
    status = response.status
    fields = answer_fields(response, "", response.text)
    asked = retry_after(response)
    if 200 <= status < 300:
        return Ambiguous(f"no {missing} in a {status}", **fields)
    if status == 413:
        return TooLarge(**fields)
    if status == 429:
        return limited(asked, **fields)
    if status >= 500 or status in _WORTH_ANOTHER_TRY:
        after = asked if asked is not None else (LIMITED if status in _SLOW_DOWN else 0.0)
        return Temporary(f"HTTP {status}", after, **fields)
    return Permanent(f"HTTP {status}", _hint(status), **fields)


def limited(asked: Seconds | None, *, least: Seconds = 0.0, **fields: Any) -> Temporary:
    """Too fast: `asked` is the pause that the channel asks for, if it does; `fields` are those of `answer_fields`."""
    return Temporary("rate limited", max(least, LIMITED if asked is None else asked), rate_limited=True, **fields)


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
