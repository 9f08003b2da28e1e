"""How fast the open items move, and whether answers lag one question: what a schedule cannot know beforehand. Pure.

"API calls trigger the asynchronous update of a task's status" (CDN's DescribeRefreshTasks, 2025): an answer may show
what the question before it brought up to date. Two looks a few seconds apart tell. Where answers lag, the second one
shows all that happened between the two questions before it; where they do not, what happened in those seconds. So a
watch is looked at twice when its first answer shows it Pending, as it was created, or when its progress first moves.
"""

from __future__ import annotations

import math
from dataclasses import replace

from shared.instants import Seconds
from shared.model import Answer, Observation, Pace, Status, Watch

AGAIN_AFTER: Seconds = 3
"""Between the two looks of a pair: the update that the first one triggers takes a moment."""

TELLS_FROM: Seconds = 20
"""Seconds since submission from which a task that is still Pending may not have been asked about before."""

LEAST_RISE = 3.0
"""Points of progress between two readings of a rate: APIs round to whole ones."""

SHARE_WHILE_FAR = 0.6
"""Of the time that seems to remain: how long to wait while the estimate reaches far beyond what was seen."""

SHARE_WHEN_NEAR = 0.9

OVERSHOOT: Seconds = 1
"""A look aimed at the end itself comes so much later: a second early costs a call, a second late a second."""

SHORTEST_STEP: Seconds = 2


def paced(watch: Watch, observation: Observation, elapsed: Seconds) -> Pace:
    """What a look adds to it. `elapsed`: seconds since submission at which the look began."""
    before = watch.pace
    still_open = [sighting for sighting in observation.sightings if not sighting.is_settled]
    if not still_open or any(sighting.answer is not Answer.SEEN for sighting in still_open):
        return replace(before, again=False)
    waiting = all(Status.of(sighting.status_word) is Status.PENDING for sighting in still_open)
    progress = min(sighting.progress or 0.0 for sighting in still_open)
    gap = elapsed - (before.looked_at or 0.0)
    lags = _lags(before, progress, waiting=waiting)
    starts = waiting and not before.tried and elapsed >= TELLS_FROM
    moves = lags is None and _rise(progress, elapsed, gap) >= LEAST_RISE
    return Pace(
        looked_at=elapsed,
        gap=gap,
        progress=progress,
        points=_points(before if lags == before.lags else replace(before, points=()), progress, elapsed, lags is True),
        waiting=waiting,
        again=not before.again and (lags is True or starts or moves),
        tried=before.tried or starts,
        lags=lags,
    )


def remaining(pace: Pace, elapsed: Seconds) -> Seconds | None:
    """How long the slowest item still takes, judged by its progress; None where that tells nothing.

    Progress that rises at a changing rate is taken for a power of time, and of both estimates the earlier end counts: a
    look too early costs a call, one too late costs minutes.
    """
    if len(pace.points) < 2 or pace.lags is None:
        return None
    (t1, p1), (t2, p2) = pace.points
    rate = (p2 - p1) / (t2 - t1)
    if elapsed - t2 > max(t2 / 4, t2 - t1) or rate < p2 / t2 / 2:
        return None  # it has stood still since, or slowed down so much that it may
    steady = t2 + (100 - p2) / rate
    power = math.log(p2 / p1) / math.log(t2 / t1)
    bent: Seconds = t2 * (100 / p2) ** (1 / power)
    return max(0.0, min(steady, bent) - elapsed)


def step_towards(end: Seconds, progress: float) -> Seconds:
    """How long to wait when `end` seconds seem to remain at that progress: part of the way while it is far."""
    if progress < 50:
        return max(SHORTEST_STEP, SHARE_WHILE_FAR * end)
    if end > 20:
        return SHARE_WHEN_NEAR * end
    return max(SHORTEST_STEP, end + OVERSHOOT)


def _lags(before: Pace, progress: float, *, waiting: bool) -> bool | None:
    """Judge a pair by its second look: did it show more than the seconds between them can explain?"""
    if not before.again:
        return before.lags
    if before.waiting:
        return before.lags if waiting else True
    late = _rise(before.progress, before.looked_at or 0.0, before.gap)
    return before.lags if late < LEAST_RISE else progress - before.progress > late / 2


def _rise(progress: float, elapsed: Seconds, during: Seconds) -> float:
    """Points of progress that `during` seconds bring at the rate so far."""
    return progress / elapsed * during if elapsed > 0 and progress < 100 else 0.0


def _points(before: Pace, progress: float, elapsed: Seconds, lags: bool) -> tuple[tuple[Seconds, float], ...]:
    # where answers lag, only the second look of a pair tells what was so when: at the first one
    at = elapsed if not lags else before.looked_at if before.again else None
    if at is None or at <= 0 or not 0 < progress < 100:
        return before.points
    last = before.points[-1] if before.points else (0.0, 0.0)
    if progress < last[1]:
        return ((at, progress),)  # another item is the slowest now
    if progress - last[1] < LEAST_RISE or at <= last[0]:
        return before.points
    return tuple(point for point in (last, (at, progress)) if point[0] > 0)
