"""How fast the open items move, and whether answers lag one question: what a schedule cannot know beforehand. Pure.

"API calls trigger the asynchronous update of a task's status" (CDN's DescribeRefreshTasks, 2025): an answer may show
what the question before it brought up to date. Two looks a few seconds apart tell. Where answers lag, the second one
shows all that happened between the two questions before it; where they do not, what happened in those seconds. So a
watch is looked at twice when it is first seen Pending at an age at which it need not be, or when its progress moves.
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

TELLS_FROM: Seconds = 4 * AGAIN_AFTER
"""Between a pair and the question before it. With less, what the pair itself explains hides what a lag would show."""

LEAST_RISE = 3.0
"""Points of progress between two readings: APIs round to whole ones, and a rate should not be rounding."""

TRUSTED_FOR = 0.25
"""Of its age: so long a reading tells of the pace. What has not moved since stands still."""

SLOWED = 0.5
"""Of the mean rate since the submission: slower than this, a task may be about to stop."""

STEEPEST = 1.4
"""By one reading progress is taken for age to this power: should it hurry so much, the end is not missed by minutes."""

SHARE_WHILE_FAR = 0.6
"""Of the time that seems to remain by two readings: how long to wait while less than half is done."""

SHARE_WHEN_NEAR = 0.9
"""The same once more than half is done, and by one reading, which is taken for the steepest already."""

AIM_BELOW: Seconds = 20
"""From so near on, a look is aimed at the end itself."""

SHARE_WHEN_OVER = 0.25
"""Of the time since the estimated end: many a task stands still at 99 %, so each wait is longer than the one before."""

SHORTEST_STEP: Seconds = 2
"""Between two looks at a task that seems to be at its end."""


def paced(watch: Watch, observation: Observation, elapsed: Seconds) -> Pace:
    """What a look adds to it. `elapsed`: seconds since submission at which the look began."""
    before = watch.pace
    # what is not there, or refused, may stay so for ever: the others do not wait for it
    asked = [observed for observed in observation.items if observed.answer not in (Answer.NOT_SEEN, Answer.REFUSED)]
    still_open = [observed for observed in asked if not observed.is_settled]
    if not still_open or any(observed.answer is not Answer.SEEN for observed in still_open):
        return replace(before, again=False)
    pending = all(Status.of(observed.status_word) is Status.PENDING for observed in still_open)
    progress = min(_progress(observed) for observed in still_open)
    gap = elapsed - (before.looked_at or 0.0)
    lags = _lags(before, progress, elapsed, pending=pending)
    # what was read as if answers were up to date is wrong once they are known to lag
    points = () if lags and not before.lags else before.points
    starts = pending and not before.paired and elapsed >= TELLS_FROM
    moves = lags is None and gap >= TELLS_FROM and _rise(progress, elapsed, gap) >= LEAST_RISE
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
    """How long to wait before the next look, judged by progress; None where that tells nothing.

    Progress that rises at a changing rate is taken for a power of time, and of two estimates the earlier end counts: a
    look too early costs a call, one too late costs minutes.
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
    """Of a part of the rows it would tell nothing of the rest."""
    return (observed.progress or 0.0) if observed.whole else 0.0


def _lags(before: Pace, progress: float, elapsed: Seconds, *, pending: bool) -> bool | None:
    """Judge a pair by its second look: did it show more than the seconds between them can explain?"""
    if not before.again or before.looked_at is None:
        return before.lags
    if before.pending:
        return before.lags if pending else True
    fresh = _rise(before.progress, before.looked_at, elapsed - before.looked_at)
    stale = _rise(before.progress, before.looked_at, before.gap)
    if stale < LEAST_RISE or before.gap < TELLS_FROM:
        return before.lags
    return progress - before.progress > (fresh + stale) / 2


def _rise(progress: float, elapsed: Seconds, during: Seconds) -> float:
    """Points of progress that `during` seconds bring at the rate so far."""
    return progress / elapsed * during if elapsed > 0 and progress < 100 else 0.0


def _points(
    points: tuple[tuple[Seconds, float], ...], before: Pace, progress: float, elapsed: Seconds, *, lags: bool
) -> tuple[tuple[Seconds, float], ...]:
    # where answers lag, only the second look of a pair tells what was so when: at the first one
    at = elapsed if not lags else before.looked_at if before.again else None
    if at is None:
        return points
    at, progress = round(at, 1), round(progress, 2)  # as a payload keeps them, so that two never fall into one
    if at <= 0 or not 0 < progress < 100:
        return points
    last_at, last = points[-1] if points else (0.0, 0.0)
    if progress < last:
        return ((at, progress),)  # another item is the slowest now
    if progress - last < LEAST_RISE or at <= last_at:
        return points
    return (*points, (at, progress))[-2:]
