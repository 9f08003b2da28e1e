"""When the next call may be made: at most so many calls in any stretch of time, each with a slot of its own.

Pure: the instants are handed in. With one slot this is a GCRA limiter without a burst: the only state is the instant
from which the slot is free again.
"""

from __future__ import annotations

from collections import deque

from refresh_watch.instants import Instant, Seconds


class Limiter:
    """`slots` calls may be under way at once; each keeps its slot for the seconds that it is taken for.

    When the clock jumps back, all instants move back with it: the time that the clock repeats delays no call.
    """

    def __init__(self, slots: int = 1) -> None:
        """`slots`: at least 1."""
        self._free_at: deque[Instant] = deque(maxlen=slots)  # of the calls made last, oldest first
        self._held_until: Instant | None = None
        self._last_now: Instant | None = None

    def next_at(self, now: Instant) -> Instant:
        """The earliest instant for another call: `now`, or later."""
        self._follow_clock(now)
        is_full = len(self._free_at) == self._free_at.maxlen
        return max(now, self._free_at[0] if is_full else now, now if self._held_until is None else self._held_until)

    def take(self, at: Instant, per: Seconds) -> None:
        """A call at `at` takes a slot for `per` seconds; the oldest call gives its slot up."""
        self._free_at.append(at + per)

    def extend(self, seconds: Seconds) -> None:
        """The slot taken last is free so much later."""
        self._free_at[-1] += seconds

    def hold(self, until: Instant) -> None:
        """No call before `until`. An earlier `until` changes nothing."""
        self._held_until = until if self._held_until is None else max(self._held_until, until)

    def is_held(self, now: Instant) -> bool:
        """`hold` still forbids a call."""
        self._follow_clock(now)
        return self._held_until is not None and now < self._held_until

    def _follow_clock(self, now: Instant) -> None:
        back = 0.0 if self._last_now is None else self._last_now - now
        self._last_now = now
        if back <= 0:
            return
        self._free_at.extend([at - back for at in self._free_at])
        self._held_until = None if self._held_until is None else self._held_until - back
