"""What a channel has answered, read with care: its body, the pause that it asks for, what its HTTP status means."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from datetime import timezone
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from refresh_watch.channels.post_outcomes import Ambiguous, DeliveryOutcome, Permanent, Temporary, TooLarge
from refresh_watch.instants import Instant, Seconds

VENDOR_MESSAGE = 256
"""Characters of a vendor's message that are kept."""

LIMITED: Seconds = 60.0
"""The least pause after an answer that says "too fast" and not for how long."""

_LONGEST_PAUSE: Seconds = 86_400.0
_WORTH_ANOTHER_TRY = (408, 409, 425)
_SLOW_DOWN = (502, 504)  # Standard Webhooks: these two ask to slow down, as 429 does


@dataclass(frozen=True)
class ChannelResponse:
    """What a channel answered. Header names are lower case; `body` is cut at a bound and freed of our secrets."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    asked_at: Instant = 0.0

    @property
    def text(self) -> str:
        """The body, whatever bytes it holds."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body, where it is a JSON object; else an empty one."""
        try:
            answer = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return answer if isinstance(answer, dict) else {}

    def whole(self, key: str) -> int | None:
        """A key's whole number, also one written as a string; else None."""
        return whole(self.json.get(key))

    def words(self, key: str) -> str:
        """What a vendor wrote there, fit for a log line."""
        return vendor_text(self.json.get(key, ""))

    def header(self, name: str) -> str:
        """The first header of that (lower-case) name, or nothing."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def retry_after(self) -> Seconds | None:
        """How long the Retry-After header (RFC 9110, section 10.2.3) asks us to wait, or None.

        A date counts from the server's own Date, where it sends one.
        """
        given = self.header("retry-after").strip()
        if given.isascii() and given.isdigit():
            return float(given[:9])
        until = _instant(given)
        return None if until is None else max(0.0, until - (_instant(self.header("date")) or self.asked_at))

    @property
    def clock_skew(self) -> Seconds | None:
        """How far our clock is from the server's, or None where it does not say."""
        there = _instant(self.header("date"))
        return None if there is None else abs(self.asked_at - there)

    def limited(self, asked: Seconds | None = None, *, least: Seconds = 0.0) -> Temporary:
        """Too fast: `asked`, or else the Retry-After header, is the pause that the channel asks for, if it does."""
        pause = self.retry_after if asked is None else asked
        return Temporary("rate limited", max(least, LIMITED if pause is None else pause), rate_limited=True)

    def by_status(self, missing: str) -> DeliveryOutcome:
        """What the HTTP status means where the body says nothing; the body is kept as the vendor's message.

        Never Delivered: a 2xx without `missing`, which the channel should have answered, may be anything.
        """
        return self.kept_in(self.by_status_alone(missing), "", self.text)

    def kept_in(self, outcome: DeliveryOutcome, code: object, message: object) -> DeliveryOutcome:
        """The outcome with what is kept of this answer. One of `by_status` has it already."""
        if outcome.http_status is not None:
            return outcome
        said = {"vendor_code": vendor_text(code), "vendor_message": vendor_text(message)}
        return replace(outcome, http_status=self.status, **said)

    def by_status_alone(self, missing: str) -> DeliveryOutcome:
        """`by_status`, with nothing kept of the answer."""
        status, asked = self.status, self.retry_after
        if 200 <= status < 300:
            return Ambiguous(f"no {missing} in a {status}")
        if status == 413:
            return TooLarge()
        if status == 429:
            return self.limited()
        if status >= 500 or status in _WORTH_ANOTHER_TRY:
            least = LIMITED if status in _SLOW_DOWN else 0.0
            return Temporary(f"HTTP {status}", least if asked is None else asked)
        return Permanent(f"HTTP {status}", _hint(status))


def whole(value: object) -> int | None:
    """A whole number, also one written as a string; else None."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def vendor_text(text: object) -> str:
    """What a vendor wrote, fit for a log line: printable, one line, at most VENDOR_MESSAGE characters."""
    printable = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(printable.split())[:VENDOR_MESSAGE]


def pause_in_body(given: object) -> Seconds | None:
    """A number of seconds, at most a day; None where there is none."""
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        return None
    try:
        seconds = float(given)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_PAUSE) if math.isfinite(seconds) else None


def _instant(http_date: str) -> Instant | None:
    try:
        moment = parsedate_to_datetime(http_date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


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
