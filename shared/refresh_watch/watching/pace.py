"""How fast the open items progress, and whether answers lag one question behind: what a schedule cannot know. Pure.

"API calls trigger the asynchronous update of a task's status" (CDN's DescribeRefreshTasks, 2025): an answer may show
the state at the question before it. Two looks a few seconds apart show which. Where answers lag, the second look shows
all that happened between the two questions before it; where they do not, what happened in those seconds. So a watch
gets a pair of looks when it is first seen Pending though its age allows more, and when its progress moves.
"""

from __future__ import annotations

import math
from dataclasses import replace

from refresh_watch.instants import Seconds
from refresh_watch.model import Status
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.watch import Pace, Watch

AGAIN_AFTER: Seconds = 3
"""Between the two looks of a pair: the update that the first one triggers takes a moment."""

LEAST_GAP: Seconds = 4 * AGAIN_AFTER
"""Between a pair and the question before it. With less, progress within the pair hides what a lag would show."""

LEAST_RISE = 3.0
"""Points of progress between two readings: APIs round to whole points, and a rate must not come from rounding."""

TRUSTED_FOR = 0.25
"""Of the age at a reading: how long it says something about the pace. Without a new one progress stands still."""

SLOWED = 0.5
"""Of the mean rate since the submission: slower than this, a task may be about to stop."""

STEEPEST = 1.4
"""By one reading, progress is taken as age to this power: so steep that the end is not missed by minutes."""

SHARE_WHILE_FAR = 0.6
"""Of the time that remains by two readings: how long to wait while less than half is done."""

SHARE_WHEN_NEAR = 0.9
"""The same once more than half is done, and by one reading, which is taken as the steepest already."""

AIM_BELOW: Seconds = 20
"""Of the remaining time: from here on a look is placed at the end itself."""

SHARE_WHEN_OVER = 0.25
"""Of the time since the estimated end: tasks may stay at 99 %, so each wait is longer than the one before."""

SHORTEST_STEP: Seconds = 2
"""Between two looks at a task that seems to be at its end."""


def update_pace(watch: Watch, observation: Observation, elapsed: Seconds) -> Pace:
    """The pace after one more look. `elapsed`: seconds since submission at which the look began."""
    before = watch.pace
    # an item that is not there, or refused, may stay so for ever: it does not hold up the others
    asked = [observed for observed in observation.items if observed.answer not in (Answer.NOT_SEEN, Answer.REFUSED)]
    still_open = [observed for observed in asked if not observed.is_settled]
    if not still_open or any(observed.answer is not Answer.SEEN for observed in still_open):
        return replace(before, again=False)
    pending = all(Status.of(observed.status_word) is Status.PENDING for observed in still_open)
    progress = min(_progress(observed) for observed in still_open)
    gap = elapsed - (before.looked_at or 0.0)
    lags = _lags(before, progress, elapsed, pending=pending)
    # readings taken as up to date are wrong once answers are known to lag
    points = () if lags and not before.lags else before.points
    starts = pending and not before.paired and elapsed >= LEAST_GAP
    moves = lags is None and gap >= LEAST_GAP and _rise(progress, elapsed, gap) >= LEAST_RISE
    return Pace(
        looked_at=elapsed,
        gap=gap,
        progress=progress,
        points=_points(points, before, progress, elapsed, lags=lags is True),
        pending=pending,
        again=not before.again and (lags is True or starts or moves),
        paired=before.paired or starts,
        lags=lags,
    )


def step_by_progress(pace: Pace, elapsed: Seconds) -> Seconds | None:
    """How long to wait before the next look, estimated from progress; None where progress says nothing.

    Progress that rises at a changing rate is taken as a power of time. Of two estimates the earlier end counts: a look
    that is too early costs a call, one that is too late costs minutes.
    """
    if not pace.points or pace.lags is None:
        return None
    t1, p1 = pace.points[0] if len(pace.points) > 1 else (0.0, 0.0)
    t2, p2 = pace.points[-1]
    rate = (p2 - p1) / (t2 - t1)
    if elapsed - t2 > max(TRUSTED_FOR * t2, t2 - t1) or rate < SLOWED * p2 / t2:
        return None
    power = math.log(p2 / p1) / math.log(t2 / t1) if p1 > 0 else STEEPEST
    end: Seconds = min(t2 + (100 - p2) / rate, t2 * (100 / p2) ** (1 / power))
    remains = end - elapsed
    if remains < 0:
        return max(SHORTEST_STEP, SHARE_WHEN_OVER * -remains)
    if p2 < 50 and p1 > 0:
        return max(SHORTEST_STEP, SHARE_WHILE_FAR * remains)
    return SHARE_WHEN_NEAR * remains if remains > AIM_BELOW else max(SHORTEST_STEP, remains)


def _progress(observed: ItemObservation) -> float:
    """0 where only a part of the rows was read: it says nothing about the others."""
    return (observed.progress or 0.0) if observed.whole else 0.0


def _lags(before: Pace, progress: float, elapsed: Seconds, *, pending: bool) -> bool | None:
    """Judge a pair by its second look: did it show more than the seconds between them can explain?"""
    if not before.again or before.looked_at is None:
        return before.lags
    if before.pending:
        return before.lags if pending else True
    fresh = _rise(before.progress, before.looked_at, elapsed - before.looked_at)
    stale = _rise(before.progress, before.looked_at, before.gap)
    if stale < LEAST_RISE or before.gap < LEAST_GAP:
        return before.lags
    return progress - before.progress > (fresh + stale) / 2


def _rise(progress: float, elapsed: Seconds, during: Seconds) -> float:
    """Points of progress that `during` seconds bring at the rate so far."""
    return progress / elapsed * during if elapsed > 0 and progress < 100 else 0.0


def _points(
    points: tuple[tuple[Seconds, float], ...], before: Pace, progress: float, elapsed: Seconds, *, lags: bool
) -> tuple[tuple[Seconds, float], ...]:
    # where answers lag, only the second look of a pair has a known time: that of the first look
    at = elapsed if not lags else before.looked_at if before.again else None
    if at is None:
        return points
    at, progress = round(at, 1), round(progress, 2)  # as a payload keeps them, so that two never become equal
    if at <= 0 or not 0 < progress < 100:
        return points
    last_at, last = points[-1] if points else (0.0, 0.0)
    if progress < last:
        return ((at, progress),)  # another item is the slowest now
    if progress - last < LEAST_RISE or at <= last_at:
        return points
    return (*points, (at, progress))[-2:]
