"""How many calls a second the account may make: one token bucket an operation, a second's worth deep."""

from __future__ import annotations

from collections.abc import Mapping

from refresh_watch.instants import Instant, Seconds


class Allowance:
    """The server's side of the quota. An operation without a rate is not limited."""

    def __init__(self, calls_per_second: Mapping[str, float]) -> None:
        """`calls_per_second` by operation, such as ``{"cdn.list": 5.0}``; every bucket starts full."""
        self._rates = dict(calls_per_second)
        self._buckets: dict[str, tuple[float, Instant]] = {}

    def take(self, operation: str, now: Instant) -> Seconds:
        """Answer 0 when the call is within the quota (and count it), else the seconds until one would be."""
        rate = self._rates.get(operation)
        if rate is None:
            return 0.0
        deep = max(rate, 1.0)
        tokens, since = self._buckets.get(operation, (deep, now))
        tokens = min(deep, tokens + max(0.0, now - since) * rate)
        # a client that waits exactly as told must not be refused for the rounding of an instant (some 1e-7 s)
        allowed = tokens > 1.0 - 1e-4
        self._buckets[operation] = (max(0.0, tokens - 1.0) if allowed else tokens, max(now, since))
        return 0.0 if allowed else (1.0 - tokens) / rate
