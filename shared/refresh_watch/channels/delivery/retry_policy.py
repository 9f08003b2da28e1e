"""Whether a delivery is done, given up, or comes back, and when. A decision, a function of its arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace

from refresh_watch.channels.delivery.attempts import Attempts, Failure, failure_of
from refresh_watch.channels.delivery.outcome import (
    Accepted,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Later,
    Permanent,
    Retry,
    TooLarge,
)
from refresh_watch.instants import Instant, Seconds, format_duration
from refresh_watch.watching.schedule import LONGEST_WAIT

PAUSES: tuple[Seconds, ...] = (60.0, 600.0, 1800.0, 3300.0)
"""After the first failed visit, the second, the third, and every later one."""

LAST_TRY: Seconds = 86_400.0
"""A delivery comes back for a day since its first post."""

MOST_UNCLEAR = 8
"""Posts with an answer that is not the channel's own, such as a page of a proxy's, until the delivery is given up: if
the message is shown all the same, people have seen it often enough."""

_JITTER = 0.1  # of the pause, added: robots of one deployment do not come back all at once
_SHORTEST_PAUSE: Seconds = 1.0
_LEAST_SPREAD: Seconds = 5.0
_FIRST_SPREAD: Seconds = 60.0
_MOST_SPREAD: Seconds = 600.0


@dataclass(frozen=True)
class Finished:
    """The channel has it."""


@dataclass(frozen=True)
class RetryLater:
    """Not yet: visit again `after` seconds, with what was tried so far."""

    after: Seconds
    attempts: Attempts


@dataclass(frozen=True)
class Abandoned:
    """It will not be tried again by itself; `why` is one line with what to repair, and no secret."""

    why: str


Next = Finished | RetryLater | Abandoned


def next_visit(outcome: DeliveryOutcome, attempts: Attempts, *, now: Instant, chance: float) -> Next:
    """What follows a visit that ended so.

    `attempts` is what was tried up to and with this visit's posts; `chance` is from 0 up to 1. A rate-limited visit
    spends no try. What the channel asked for is the least pause, however long.
    """
    if isinstance(outcome, (Delivered, Accepted)):
        return Finished()
    if isinstance(outcome, Later):
        return _later(outcome, attempts, now)
    failure = attempts.last or failure_of(outcome, attempts.posts)
    hopeless = _hopeless(outcome, attempts)
    if hopeless:
        return Abandoned(f"{failure}{hopeless}")
    told = outcome.after if isinstance(outcome, Retry) else 0.0
    if isinstance(outcome, Retry) and outcome.rate_limited:
        after = told + chance * _spread(told, attempts.rate_limited)
        attempts = replace(attempts, rate_limited=attempts.rate_limited + 1)
    else:
        after = max(told, PAUSES[min(attempts.tries, len(PAUSES) - 1)]) * (1 + _JITTER * chance)
        attempts = replace(attempts, tries=attempts.tries + 1)
    after = max(_SHORTEST_PAUSE, after)
    if _is_over(attempts, now + after):
        return _given_up(failure, told)
    return RetryLater(min(LONGEST_WAIT, after), replace(attempts, booked=False, not_before=now + told if told else 0.0))


def _hopeless(outcome: DeliveryOutcome, attempts: Attempts) -> str:
    """What follows a failure's words where another try would change nothing; empty where it may."""
    if isinstance(outcome, Permanent):
        return f"; {outcome.hint}"
    if isinstance(outcome, TooLarge):
        return ", even as one plain line; see how much the receiver takes"
    if isinstance(outcome, ContentRejected):
        return ", even as one plain line; look at the channel's rules for content"
    if attempts.unclear >= MOST_UNCLEAR:
        return f", {attempts.unclear} times; see what answers at the channel's `url`, then replay"
    return ""


def _later(outcome: Later, attempts: Attempts, now: Instant) -> Next:
    after = max(_SHORTEST_PAUSE, outcome.after)
    if outcome.resting and _is_over(attempts, now + after):
        return _given_up(attempts.last, 0.0)
    attempts = replace(attempts, booked=outcome.booked)
    if outcome.resting or after > LONGEST_WAIT:
        # who comes before that must not give its place away for one at the end
        attempts = replace(attempts, not_before=now + after)
    return RetryLater(min(LONGEST_WAIT, after), attempts)


def _is_over(attempts: Attempts, again: Instant) -> bool:
    return attempts.first_at is not None and again > attempts.first_at + LAST_TRY


def _given_up(failure: Failure | None, told: Seconds) -> Abandoned:
    how_long = f", and asks for {format_duration(told)}" if told > LAST_TRY else ", for a day"
    return Abandoned(f"{failure}{how_long}; see why the channel does not take messages, then replay")


def _spread(told: Seconds, times: int) -> Seconds:
    """Over how long those who were told to slow down come back: full jitter, twice as wide each time."""
    return float(min(_MOST_SPREAD, min(max(told, _LEAST_SPREAD), _FIRST_SPREAD) * 2 ** min(times, 10)))
