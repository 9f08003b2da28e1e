"""The least lag that a quota allows any client: every report needs at least one call after its end.

The account's bucket holds a second's worth of calls, then one more every 1/rate s. Ends are served in their order, each
as soon as the bucket allows; a call that answers for many serves all that have ended by then, up to its rows. Nobody
knows an end beforehand, so no schedule reaches these figures: they are what the quota itself dictates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from refresh_watch.instants import Instant, Seconds


@dataclass(frozen=True)
class Lags:
    """From true ends to what came of them. Seconds."""

    mean: Seconds
    p95: Seconds
    last: Instant  # when the last one was served


def least_lag(ends: Sequence[Instant], rate: float, *, rows: int = 1, burst: float | None = None) -> Lags:
    """Serve `ends` at `rate` calls a second, each call up to `rows` of them; `burst` calls may be saved up."""
    waiting = sorted(ends)
    spare = (max(rate, 1.0) if burst is None else burst) - 1
    conforms: Instant = waiting[0]  # from here on the bucket would be full again
    lags: list[Seconds] = []
    served = at = 0.0
    first = 0
    while first < len(waiting):
        at = max(waiting[first], conforms - spare / rate)
        conforms = max(conforms, at) + 1 / rate
        last = first
        while last < len(waiting) and last - first < rows and waiting[last] <= at:
            lags.append(at - waiting[last])
            last += 1
        served, first = at, last
    return Lags(sum(lags) / len(lags), percentile(lags, 95), served)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that at least `percent` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
