"""Whether a delivery is done, given up, or comes back, and when. A decision, a function of its arguments."""

from __future__ import annotations

from dataclasses import dataclass

from shared.channels.delivery.outcome import (
    Accepted,
    Ambiguous,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Retry,
    TooLarge,
)
from shared.instants import Instant, Seconds
from shared.watching.schedule import LONGEST_WAIT

PAUSES: tuple[Seconds, ...] = (60.0, 600.0, 1800.0, 3300.0)
"""After the first try, the second, the third, and every later one. The second outlasts DingTalk's 10-minute block."""

LAST_TRY: Seconds = 86_400.0
"""A delivery comes back for a day since its first try."""

_JITTER = 0.1  # of the pause, added: robots of one deployment do not come back all at once
_SHORTEST_PAUSE: Seconds = 1.0


@dataclass(frozen=True)
class Done:
    """The channel has it."""


@dataclass(frozen=True)
class ComeBack:
    """Not yet: visit again `after` seconds with these numbers."""

    after: Seconds
    tries: int
    rate_limited: int
    first_try_at: Instant


@dataclass(frozen=True)
class GivenUp:
    """It will not be tried again by itself; `why` is one line with what to repair, and no secret."""

    why: str


Next = Done | ComeBack | GivenUp


def next_visit(
    outcome: DeliveryOutcome, *, tries: int, rate_limited: int, first_try_at: Instant, now: Instant, chance: float
) -> Next:
    """What follows a visit that ended so.

    `tries` and `rate_limited` count the visits before this one; `chance` is from 0 up to 1. A rate-limited visit
    spends no try. What the channel asked for is the least pause, up to LONGEST_WAIT.
    """
    if isinstance(outcome, (Delivered, Accepted)):
        return Done()
    if isinstance(outcome, Permanent):
        return GivenUp(f"{_said(outcome, outcome.reason)}; {outcome.hint}")
    if isinstance(outcome, (TooLarge, ContentRejected)):
        return GivenUp(f"{_said(outcome, 'refused even as one plain line')}; look at the channel's rules for content")
    reason = outcome.reason if isinstance(outcome, (Retry, Ambiguous)) else "an outcome that is not known"
    if isinstance(outcome, Retry) and outcome.rate_limited:
        pause = max(outcome.after, outcome.limited_again) if rate_limited else outcome.after
        rate_limited += 1
    else:
        least = outcome.after if isinstance(outcome, Retry) else 0.0
        pause = max(least, PAUSES[min(tries, len(PAUSES) - 1)])
        tries += 1
    after = min(LONGEST_WAIT, max(_SHORTEST_PAUSE, pause) * (1 + _JITTER * chance))
    if now + after > first_try_at + LAST_TRY:
        return GivenUp(f"{_said(outcome, reason)}, for a day; see why the channel does not take messages, then replay")
    return ComeBack(after, tries, rate_limited, first_try_at)


def _said(outcome: DeliveryOutcome, reason: str) -> str:
    """What the channel answered, in one line."""
    status = f"HTTP {outcome.http_status}" if outcome.http_status is not None else ""
    words = (status if status != reason else "", outcome.vendor_code, outcome.vendor_message)
    answer = " ".join(word for word in words if word)
    return f"{reason} ({answer})" if answer else reason
