"""How long a server asks us to wait: in its Retry-After header (RFC 9110, section 10.2.3), or in its body."""

from __future__ import annotations

import math
from datetime import timezone
from email.utils import parsedate_to_datetime

from refresh_watch.channels.contract import ChannelResponse
from refresh_watch.instants import Instant, Seconds

_LONGEST_PAUSE: Seconds = 86_400.0


def retry_after(response: ChannelResponse) -> Seconds | None:
    """How long the server asks us to wait, or None. A date counts from the server's own Date, where it sends one."""
    given = response.header("retry-after").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    until = http_date(given)
    if until is None:
        return None
    return max(0.0, until - (http_date(response.header("date")) or response.asked_at))


def pause_in_body(given: object) -> Seconds | None:
    """A number of seconds, at most a day; None where there is none."""
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        return None
    try:
        seconds = float(given)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_PAUSE) if math.isfinite(seconds) else None


def http_date(text: str) -> Instant | None:
    """An HTTP date as an instant, or None when the text is none."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
