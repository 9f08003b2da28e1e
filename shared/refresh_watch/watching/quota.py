"""How fast an operation may be asked: a GCRA limiter, one instant an operation.

The arithmetic. An account may make r calls a second of an operation; Function Compute runs at most k instances of the
watch function (`reservedConcurrency`), each one request at a time, and they share no memory. So each keeps to r / k: a
call every k / r seconds, and whatever the instances do, their sum stays within r. With a burst of one there is no
credit to be spent twice when several instances wake at once. What a call costs stays 1 / r of the account's quota.

A call whose turn does not come at once need not be waited for: its place is taken, and whoever comes back for it, in
whatever process, asks without taking another. The sum stays what it is, and nobody keeps an instance busy by waiting.

The price of dividing is that a single busy instance asks at r / k only; the gain is that none is throttled by another
of ours. Somebody else may use the same account: where the service still throttles, the instance asks 1.4 times more
slowly, and 2 % faster again with each answer, so it settles a little below what is left.
"""

from __future__ import annotations

from collections.abc import Mapping

from refresh_watch.instants import Instant, Seconds

SLOWER = 1.4
FASTER = 0.98
SLOWEST = 64.0

ROOM = 0.1
"""Of an interval: delays end up to a second late, and the account's quota counts by the second."""


class Quota:
    """Spaces the calls of each operation evenly at its rate; none is dropped. It outlives the looks of an instance."""

    def __init__(self, calls_per_second: Mapping[str, float], instances: int = 1) -> None:
        """`calls_per_second` of the account by operation, such as ``{"cdn.list": 5.0}``; `instances` share them."""
        self._price = {operation: 1.0 / rate for operation, rate in calls_per_second.items()}
        self._instances = instances
        self._slowness = dict.fromkeys(self._price, 1.0)
        self._next: dict[str, Instant] = {}
        self._seen: Instant | None = None  # the clock, when it was last looked at

    def price(self, operation: str) -> Seconds:
        """What one call takes of the account's quota: one over its calls a second."""
        return self._price[operation]

    def interval(self, operation: str) -> Seconds:
        """How far apart this instance makes two calls now."""
        return self._price[operation] * self._instances * self._slowness[operation]

    def reserve(self, operation: str, now: Instant) -> Seconds:
        """Take the operation's next place; answers how long to wait before calling. 0 means at once.

        When the clock has jumped back, so have all places: nobody waits for the time that it repeats.
        """
        if self._seen is not None and now < self._seen:
            back = self._seen - now
            self._next = {name: place - back for name, place in self._next.items()}
        self._seen = now
        at = max(now, self._next.get(operation, now))
        self._next[operation] = at + self.interval(operation)
        return at - now

    def leave_room(self, operation: str) -> None:
        """The place just taken is for later, and whoever comes back for it may be a little late: space it more."""
        self._next[operation] += ROOM * self.interval(operation)

    def throttled(self, operation: str, until: Instant) -> None:
        """The service refused a call: none before `until`, and more slowly from then on."""
        self._slowness[operation] = min(SLOWEST, self._slowness[operation] * SLOWER)
        self._next[operation] = max(until, self._next.get(operation, until))

    def answered(self, operation: str) -> None:
        """The service took a call."""
        self._slowness[operation] = max(1.0, self._slowness[operation] * FASTER)
