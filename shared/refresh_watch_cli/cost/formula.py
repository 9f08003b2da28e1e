"""What a day of watches is charged, by one formula.

A function is charged its compute, and at least CNY 0.01 for each clock hour in which it is invoked. So `n` watches,
evenly over the day, cost for each function

    hours * max(0.01, n * CU of one watch * 0.00011 / hours),  with hours = min(24, n * clock hours of one watch).

All starts are taken to be warm: where a function is alone for long enough to start cold, compute is far below the least
charge of the hour.

Prices in China, by list, of page "Billing overview" (pay-as-you-go, 2025-12-13): CNY 0.00011 a CU; a vCPU second is
1 CU, a GB second of memory 0.15 CU, 10,000 invocations 75 CU; time counts by the millisecond; a function that was
invoked in a clock hour is charged at least CNY 0.01 for that hour. 512 MB of disk come without charge. The promotion
(0.000088 until 2026-08-27) and free quotas are left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from refresh_watch.instants import Seconds
from refresh_watch_cli.resources import Size

CNY_PER_CU = 0.00011
CU_PER_VCPU_SECOND = 1.0
CU_PER_GB_SECOND = 0.15
CU_PER_CALL = 75 / 10_000
LEAST_PER_HOUR = 0.01
"""CNY, for each clock hour in which a function is invoked."""

HOUR: Seconds = 3600.0

SMALLEST = Size(0.05, 0.125)
"""The smallest instance there is: 0.05 vCPU and 128 MB."""


def units(seconds: Seconds, size: Size) -> float:
    """CU of one invocation of that length."""
    billed = math.ceil(seconds * 1000 - 1e-6) / 1000
    return billed * (size.vcpu * CU_PER_VCPU_SECOND + size.memory * CU_PER_GB_SECOND) + CU_PER_CALL


@dataclass(frozen=True)
class Invocation:
    """One invocation of a watch: seconds after submission, and how long it lasts cold and warm."""

    function: str
    at: Seconds
    cold: Seconds
    warm: Seconds


@dataclass(frozen=True)
class Workload:
    """What some watches invoke, one like another, on instances of these sizes.

    `every_hour`: functions that a timer wakes in each hour; what they compute then is below the hour's least charge.
    """

    watches: Sequence[Sequence[Invocation]]
    sizes: Mapping[str, Size]
    every_hour: frozenset[str] = frozenset()

    def units(self, *, cold: bool = False) -> float:
        """CU of one watch, every invocation cold or every one warm."""
        return sum(self._units(function, cold=cold) for function in self._functions)

    def cny(self, watches: int) -> float:
        """CNY for a day of so many watches."""
        return sum(self._cny(function, watches) for function in self._functions | self.every_hour)

    @property
    def least(self) -> float:
        """CNY of a day in each hour of which every function is invoked; what is more than that is for compute."""
        return 24 * LEAST_PER_HOUR * len(self._functions | self.every_hour)

    @property
    def _functions(self) -> frozenset[str]:
        return frozenset(one.function for watch in self.watches for one in watch)

    def _cny(self, function: str, watches: int) -> float:
        hours = 24.0 if function in self.every_hour else min(24.0, watches * self._hours(function))
        return max(hours * LEAST_PER_HOUR, watches * self._units(function, cold=False) * CNY_PER_CU)

    def _units(self, function: str, *, cold: bool) -> float:
        size = self.sizes[function]
        return fmean(
            sum(units(one.cold if cold else one.warm, size) for one in watch if one.function == function)
            for watch in self.watches
        )

    def _hours(self, function: str) -> float:
        """Clock hours in which one watch invokes it: two invocations share one unless the hour ends between them."""
        return fmean(_hours([one.at for one in watch if one.function == function]) for watch in self.watches)


def _hours(at: Sequence[Seconds]) -> float:
    ordered = sorted(at)
    gaps = (later - earlier for earlier, later in pairwise(ordered))
    return min(1, len(ordered)) + sum(min(gap / HOUR, 1.0) for gap in gaps)
