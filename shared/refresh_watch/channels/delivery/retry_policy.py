"""Whether a delivery is finished, abandoned or retried, and when. A pure function.

The ladder of pauses is PAUSES: change it there. Commands that wait for a retry derive their patience from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from refresh_watch.channels.delivery.attempts import Attempts, Failure, Later, failure_of
from refresh_watch.channels.post_outcomes import (
    Accepted,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.instants import Instant, Seconds, format_duration
from refresh_watch.limits import LONGEST_DELAY

PAUSES: tuple[Seconds, ...] = (60.0, 600.0, 1800.0, 3300.0)
"""After the first failed attempt, the second, the third, and every later one."""

LAST_TRY: Seconds = 86_400.0
"""A delivery is retried for a day since its first post."""

MOST_UNCLEAR = 8
"""Posts with an answer that is not the channel's own, such as a proxy's page, until the delivery is abandoned: if the
message is shown all the same, people have seen it often enough."""

JITTER = 0.1
"""Of a pause, added at most: deliveries of one deployment do not all retry at once."""

_SHORTEST_PAUSE: Seconds = 1.0
_LEAST_SPREAD: Seconds = 5.0
_FIRST_SPREAD: Seconds = 60.0
_MOST_SPREAD: Seconds = 600.0


@dataclass(frozen=True)
class Finished:
    """The channel has it."""


@dataclass(frozen=True)
class RetryLater:
    """Not yet: try again after `after` seconds, with what was tried so far."""

    after: Seconds
    attempts: Attempts


@dataclass(frozen=True)
class Abandoned:
    """It will not be tried again by itself; `why` is one line with what to repair, and no secret."""

    why: str


Next = Finished | RetryLater | Abandoned


def next_attempt(outcome: DeliveryOutcome, attempts: Attempts, *, now: Instant, chance: float) -> Next:
    """What follows an attempt with that outcome.

    `attempts` holds what was tried, with this attempt's posts; `chance` is from 0 up to 1. A rate-limited attempt
    spends no try. The pause is never shorter than the channel asked for.
    """
    if isinstance(outcome, (Delivered, Accepted)):
        return Finished()
    if isinstance(outcome, Later):
        return _later(outcome, attempts, now)
    failure = attempts.last or failure_of(outcome, attempts.posts)
    final = _why_final(outcome, attempts)
    if final:
        return Abandoned(f"{failure}{final}")
    asked = outcome.after if isinstance(outcome, Temporary) else 0.0
    if isinstance(outcome, Temporary) and outcome.rate_limited:
        after = asked + chance * _spread(asked, attempts.rate_limited)
        attempts = replace(attempts, rate_limited=attempts.rate_limited + 1)
    else:
        after = max(asked, PAUSES[min(attempts.tries, len(PAUSES) - 1)]) * (1 + JITTER * chance)
        attempts = replace(attempts, tries=attempts.tries + 1)
    after = max(_SHORTEST_PAUSE, after)
    if _is_over(attempts, now + after):
        return _abandoned(failure, asked)
    attempts = replace(attempts, booked=False, not_before=now + asked if asked else 0.0)
    return RetryLater(min(LONGEST_DELAY, after), attempts)


def _why_final(outcome: DeliveryOutcome, attempts: Attempts) -> str:
    """What follows the failure's text where another try would change nothing; empty where it may."""
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
    if outcome.paused and _is_over(attempts, now + after):
        return _abandoned(attempts.last, 0.0)
    attempts = replace(attempts, booked=outcome.booked)
    if outcome.paused or after > LONGEST_DELAY:
        # an earlier attempt must not give its place away for one at the end
        attempts = replace(attempts, not_before=now + after)
    return RetryLater(min(LONGEST_DELAY, after), attempts)


def _is_over(attempts: Attempts, again: Instant) -> bool:
    return attempts.first_at is not None and again > attempts.first_at + LAST_TRY


def _abandoned(failure: Failure | None, asked: Seconds) -> Abandoned:
    how_long = f", and asks for {format_duration(asked)}" if asked > LAST_TRY else ", for a day"
    return Abandoned(f"{failure}{how_long}; see why the channel does not take messages, then replay")


def _spread(asked: Seconds, times: int) -> Seconds:
    """Over how long rate-limited deliveries are spread: full jitter, twice as wide each time."""
    return float(min(_MOST_SPREAD, min(max(asked, _LEAST_SPREAD), _FIRST_SPREAD) * 2 ** min(times, 10)))
