"""The Retry-After header (RFC 9110, section 10.2.3): seconds, or an HTTP date."""

from __future__ import annotations

from datetime import timezone
from email.utils import parsedate_to_datetime

from refresh_watch.channels.delivery.outcome import Response
from refresh_watch.instants import Instant, Seconds


def retry_after(response: Response) -> Seconds | None:
    """How long the server asks us to wait, or None. A date counts from the server's own Date, where it sends one."""
    given = response.header("retry-after").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    until = http_date(given)
    if until is None:
        return None
    return max(0.0, until - (http_date(response.header("date")) or response.asked_at))


def http_date(text: str) -> Instant | None:
    """An HTTP date as an instant, or None when the text is none."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
