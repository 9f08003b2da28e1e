"""How fast the calls of each operation are made: a limiter an operation.

An account may make r calls a second of an operation. At most k instances of the watch function run at once
(`reservedConcurrency`), each handles one request at a time, and they share no memory. So each keeps to r / k: one call
every k / r seconds, and the sum stays within r whatever the instances do. There is no burst: several instances that
wake at once could use the same credit twice. The price is that a single busy instance calls at r / k only.

A call whose turn comes later need not wait for it in this process: its slot is reserved, and the invocation that comes
back for it, in any instance, calls without reserving another.

Other programs may use the same account. Where the service still throttles, the instance calls 1.4 times more slowly,
and 2 % faster again with each answer, so that it settles a little below the rate that is left.
"""

from __future__ import annotations

from collections.abc import Mapping

from refresh_watch.instants import Instant, Seconds
from refresh_watch.limiter import Limiter

SLOWER = 1.4
FASTER = 0.98
SLOWEST = 64.0

LATE_BY = 0.1
"""Of an interval: delayed invocations start up to a second late, and the account's quota counts by the second."""


class Quota:
    """Spaces the calls of each operation evenly at its rate; none is dropped. It outlives the looks of an instance."""

    def __init__(self, calls_per_second: Mapping[str, float], instances: int = 1) -> None:
        """`calls_per_second` of the account by operation, such as ``{"cdn.list": 5.0}``; `instances` share them."""
        self._price = {operation: 1.0 / rate for operation, rate in calls_per_second.items()}
        self._instances = instances
        self._slowness = dict.fromkeys(self._price, 1.0)
        self._limiters = {operation: Limiter() for operation in self._price}

    def price(self, operation: str) -> Seconds:
        """What one call takes of the account's quota: one over its calls a second."""
        return self._price[operation]

    def interval(self, operation: str) -> Seconds:
        """How far apart this instance makes two calls now."""
        return self._price[operation] * self._instances * self._slowness[operation]

    def reserve(self, operation: str, now: Instant) -> Seconds:
        """Reserve the operation's next slot. Returns how long to wait before the call; 0 means now."""
        at = self._limiters[operation].next_at(now)
        self._limiters[operation].take(at, self.interval(operation))
        return at - now

    def leave_room(self, operation: str) -> None:
        """The slot just reserved is for a later invocation, which may start a little late: give it more room."""
        self._limiters[operation].extend(LATE_BY * self.interval(operation))

    def throttled(self, operation: str, until: Instant) -> None:
        """The service refused a call: none before `until`, and more slowly from then on."""
        self._slowness[operation] = min(SLOWEST, self._slowness[operation] * SLOWER)
        self._limiters[operation].hold(until)

    def answered(self, operation: str) -> None:
        """The service took a call."""
        self._slowness[operation] = max(1.0, self._slowness[operation] * FASTER)
