"""Whether a delivery is done, given up, or comes back, and when. A decision, a function of its arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.channels.delivery.attempts import Attempts, failure_of
from shared.channels.delivery.outcome import (
    Accepted,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Later,
    Permanent,
    Retry,
    TooLarge,
)
from shared.instants import Instant, Seconds
from shared.watching.schedule import LONGEST_WAIT

PAUSES: tuple[Seconds, ...] = (60.0, 600.0, 1800.0, 3300.0)
"""After the first failed visit, the second, the third, and every later one."""

LAST_TRY: Seconds = 86_400.0
"""A delivery comes back for a day since its first post."""

_JITTER = 0.1  # of the pause, added: robots of one deployment do not come back all at once
_SHORTEST_PAUSE: Seconds = 1.0
_LEAST_SPREAD: Seconds = 5.0
_FIRST_SPREAD: Seconds = 60.0
_MOST_SPREAD: Seconds = 600.0


@dataclass(frozen=True)
class Done:
    """The channel has it."""


@dataclass(frozen=True)
class ComeBack:
    """Not yet: visit again `after` seconds, with what was tried so far."""

    after: Seconds
    attempts: Attempts


@dataclass(frozen=True)
class GivenUp:
    """It will not be tried again by itself; `why` is one line with what to repair, and no secret."""

    why: str


Next = Done | ComeBack | GivenUp


def next_visit(outcome: DeliveryOutcome, attempts: Attempts, *, now: Instant, chance: float) -> Next:
    """What follows a visit that ended so.

    `attempts` is what was tried up to and with this visit's posts; `chance` is from 0 up to 1. A rate-limited visit
    spends no try. What the channel asked for is the least pause, however long.
    """
    if isinstance(outcome, (Delivered, Accepted)):
        return Done()
    if isinstance(outcome, Later):
        after = max(_SHORTEST_PAUSE, outcome.after)
        return ComeBack(min(LONGEST_WAIT, after), replace(attempts, booked=outcome.booked))
    failure = attempts.last or failure_of(outcome, attempts.posts)
    if isinstance(outcome, Permanent):
        return GivenUp(f"{failure}; {outcome.hint}")
    if isinstance(outcome, (TooLarge, ContentRejected)):
        return GivenUp(f"{failure}, even as one plain line; look at the channel's rules for content")
    told = outcome.after if isinstance(outcome, Retry) else 0.0
    if isinstance(outcome, Retry) and outcome.rate_limited:
        after = told + chance * _spread(told, attempts.rate_limited)
        attempts = replace(attempts, rate_limited=attempts.rate_limited + 1)
    else:
        after = max(told, PAUSES[min(attempts.tries, len(PAUSES) - 1)]) * (1 + _JITTER * chance)
        attempts = replace(attempts, tries=attempts.tries + 1)
    after = max(_SHORTEST_PAUSE, after)
    if now + after > (now if attempts.first_at is None else attempts.first_at) + LAST_TRY:
        return GivenUp(f"{failure}, for a day; see why the channel does not take messages, then replay")
    return ComeBack(min(LONGEST_WAIT, after), replace(attempts, booked=False, not_before=now + told if told else 0.0))


def _spread(told: Seconds, times: int) -> Seconds:
    """Over how long those who were told to slow down come back: full jitter, twice as wide each time."""
    return float(min(_MOST_SPREAD, min(max(told, _LEAST_SPREAD), _FIRST_SPREAD) * 2 ** min(times, 10)))
