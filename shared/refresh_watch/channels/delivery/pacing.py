"""How fast a robot may be posted to, and when a message's turn comes.

A vendor takes so many messages of a robot in so many seconds, and DingTalk blocks one that sends more for ten minutes.
Function Compute runs at most k instances of notify (`reservedConcurrency`), each one delivery at a time, and they share
no memory: so each keeps to a k-th part, and whatever they do, their sum stays within the vendor's limit. A part that is
unused lets the next few messages through at once, so that a single report never waits.

A message whose turn comes later takes a place and comes back for it, in whatever instance. There only what that
instance itself has posted counts: places may come back late and in a heap, and the limit holds all the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from refresh_watch.instants import Instant, Seconds

MARGIN = 1.05
"""Of the vendor's time: posts do not arrive exactly as far apart as they were sent."""

LONGEST_REST: Seconds = 3600.0
"""What one message was told holds for the others so long at most: a robot that asks for a year is asked again."""

RECOVERY: Seconds = 60.0
LONGEST_RECOVERY: Seconds = 600.0
"""A robot that was too slow to answer is left alone for RECOVERY, and twice as long each time that it does so again."""


@dataclass(frozen=True)
class Rate:
    """At most `most` messages in any `per` seconds."""

    most: int
    per: Seconds

    def share(self, instances: int) -> Rate:
        """What each of so many senders may post, whatever the others do."""
        if self.most >= instances:
            return Rate(self.most // instances, self.per * MARGIN)
        return Rate(1, self.per * instances / self.most * MARGIN)


@dataclass
class _Robot:
    """Instants, oldest first: `posts` that were sent, `places` that were given out."""

    posts: deque[Instant] = field(default_factory=deque)
    places: deque[Instant] = field(default_factory=deque)
    rests_until: Instant = 0.0
    silences: int = 0  # one after another


class Pacing:
    """When this instance may post to each robot. It outlives a visit, as the instance does."""

    def __init__(self, instances: int = 1) -> None:
        """`instances` share each robot's rate."""
        self._instances = instances
        self._robots: dict[str, _Robot] = {}
        self._seen: Instant = 0.0

    def turn_in(self, robot: str, rate: Rate | None, now: Instant, *, booked: bool) -> Seconds:
        """0: post now. More: a place is taken so much later; come back with it `booked`.

        `robot` is what tells two robots apart. A `booked` message needs no other place while there is room.
        """
        self._follow(now)
        known = self._robots.setdefault(robot, _Robot())
        if rate is None:
            known.posts.clear()
            return max(0.0, known.rests_until - now)
        share = rate.share(self._instances)
        while known.posts and known.posts[0] <= now - share.per:
            known.posts.popleft()
        room = len(known.posts) < share.most and now >= known.rests_until
        if booked and room:
            return 0.0
        full_until = known.posts[-share.most] + share.per if len(known.posts) >= share.most else now
        next_place = known.places[0] + share.per if len(known.places) >= share.most else now
        place = max(now, full_until, next_place, known.rests_until)
        known.places.append(place)
        while len(known.places) > share.most:
            known.places.popleft()
        return place - now

    def posted(self, robot: str, now: Instant) -> None:
        """A message is on its way to the robot."""
        self._robots.setdefault(robot, _Robot()).posts.append(now)

    def rest(self, robot: str, now: Instant, seconds: Seconds) -> None:
        """The robot takes nothing for so long: nobody of this instance asks it sooner."""
        known = self._robots.setdefault(robot, _Robot())
        known.rests_until = max(known.rests_until, now + min(seconds, LONGEST_REST))

    def silent(self, robot: str, now: Instant) -> None:
        """The robot let somebody wait in vain: it is left alone for a while."""
        known = self._robots.setdefault(robot, _Robot())
        self.rest(robot, now, min(LONGEST_RECOVERY, RECOVERY * 2.0 ** min(known.silences, 10)))
        known.silences += 1

    def answered(self, robot: str) -> None:
        """The robot is there."""
        self._robots.setdefault(robot, _Robot()).silences = 0

    def rests(self, robot: str, now: Instant) -> bool:
        """It is left alone, for what another message of this instance has met there."""
        known = self._robots.get(robot)
        return known is not None and now < known.rests_until

    def _follow(self, now: Instant) -> None:
        """When the clock has jumped back, so has everything: nobody waits for the time that it repeats."""
        back = self._seen - now
        self._seen = now
        if back <= 0:
            return
        for known in self._robots.values():
            known.posts = deque(at - back for at in known.posts)
            known.places = deque(at - back for at in known.places)
            known.rests_until -= back
