"""How fast an operation may be asked: a GCRA limiter, one number a key."""

from __future__ import annotations

from collections.abc import Mapping

from shared.instants import Instant, Seconds


class Quota:
    """Spaces the calls of each operation evenly at its rate; none is dropped.

    GCRA with a burst of one: `_next[operation]` is the instant from which the next call conforms. Function Compute
    runs one request an instance, so an instance sees its own calls only.
    """

    def __init__(self, calls_per_second: Mapping[str, float]) -> None:
        """`calls_per_second` by operation, such as ``{"cdn.list": 5.0}``."""
        self._interval = {operation: 1.0 / rate for operation, rate in calls_per_second.items()}
        self._next: dict[str, Instant] = {}

    def reserve(self, operation: str, now: Instant) -> Seconds:
        """Take the operation's next place; answers how long to wait before calling. 0 means at once."""
        at = max(now, self._next.get(operation, now))
        self._next[operation] = at + self._interval[operation]
        return at - now

    def hold(self, operation: str, until: Instant) -> None:
        """The server asked for a pause: no call of this operation before `until`."""
        self._next[operation] = max(until, self._next.get(operation, until))
