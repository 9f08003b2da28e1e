"""How long tasks take: the laws that the benchmark draws from, with what the optimum needs of them in closed form.

"5 to 6 minutes" for a refresh and "5 to 30 minutes" for a prefetch are Alibaba Cloud's own words (CDN, "Refresh and
prefetch resources", 2024-2026). The shapes around them are assumptions: log-normal, as waiting times mostly are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Protocol

from refresh_watch.instants import Seconds
from refresh_watch.model import Kind


class Law(Protocol):
    """The distribution of an instant T > 0, in seconds since submission."""

    def cdf(self, t: Seconds) -> float:
        """P(T <= t)."""
        ...

    def waited(self, t: Seconds) -> Seconds:
        """E[t - T; T <= t]: what had passed since the end, were the only look at t. The integral of the cdf."""
        ...

    def quantile(self, share: float) -> Seconds:
        """The t whose cdf is `share`, 0 < share < 1."""
        ...


@dataclass(frozen=True)
class Part:
    """A log-normal share of a workload; the `weight`s of its parts add up to one."""

    weight: float
    median: Seconds
    sigma: float

    def cdf(self, t: Seconds) -> float:
        """P(T <= t) within this part."""
        return _normal(self._deviations(t)) if t > 0 else 0.0

    def partial_mean(self, t: Seconds) -> Seconds:
        """E[T; T <= t] within this part."""
        if t <= 0:
            return 0.0
        mean = self.median * math.exp(self.sigma**2 / 2)
        return mean * _normal(self._deviations(t) - self.sigma)

    def _deviations(self, t: Seconds) -> float:
        return math.log(t / self.median) / self.sigma


@dataclass(frozen=True)
class Workload:
    """Tasks of one kind, as a mixture of log-normal parts."""

    name: str
    kind: Kind
    parts: tuple[Part, ...]

    def cdf(self, t: Seconds) -> float:
        """P(T <= t)."""
        return sum(part.weight * part.cdf(t) for part in self.parts)

    def partial_mean(self, t: Seconds) -> Seconds:
        """E[T; T <= t]."""
        return sum(part.weight * part.partial_mean(t) for part in self.parts)

    def waited(self, t: Seconds) -> Seconds:
        """E[t - T; T <= t]."""
        return t * self.cdf(t) - self.partial_mean(t)

    def quantile(self, share: float) -> Seconds:
        """The t whose cdf is `share`, 0 < share < 1, to a millisecond."""
        return _solve(self.cdf, share)

    def draws(self, count: int, seed: int) -> list[Seconds]:
        """Stratified draws in random order: the quantiles (i + 0.5) / count, so that a few hundred have little noise."""
        drawn = [self.quantile((i + 0.5) / count) for i in range(count)]
        Random(seed).shuffle(drawn)
        return drawn


@dataclass(frozen=True)
class LastOf:
    """The end of the last of `count` independent tasks of one workload: what a watch of so many waits for."""

    of: Workload
    count: int

    def cdf(self, t: Seconds) -> float:
        """P(T <= t)."""
        return self.of.cdf(t) ** self.count

    def quantile(self, share: float) -> Seconds:
        """The t whose cdf is `share`, 0 < share < 1."""
        return self.of.quantile(share ** (1 / self.count))

    def still_open(self, t: Seconds) -> float:
        """How many of them, in the mean, have not ended by then."""
        return self.count * (1 - self.of.cdf(t))

    def waited(self, t: Seconds) -> Seconds:
        """E[t - T; T <= t], by Simpson's rule on seconds."""
        whole = int(t)
        return self._whole[min(whole, len(self._whole) - 1)] + (t - whole) * self.cdf((t + whole) / 2)

    @cached_property
    def _whole(self) -> list[float]:
        sums = [0.0]
        for second in range(int(self.quantile(1 - 1e-7)) + 1):
            sums.append(sums[-1] + (self.cdf(second) + 4 * self.cdf(second + 0.5) + self.cdf(second + 1)) / 6)
        return sums


def half_and_half(one: Workload, other: Workload) -> Workload:
    """Every second task of either."""
    parts = tuple(Part(part.weight / 2, part.median, part.sigma) for part in (*one.parts, *other.parts))
    return Workload(f"{one.name}+{other.name}", one.kind, parts)


REFRESH = Workload("refresh", Kind.REFRESH, (Part(1.0, 330, 0.15),))
PREFETCH = Workload("prefetch", Kind.PREFETCH, (Part(1.0, 720, 0.6),))
MIX = Workload("mix", Kind.REFRESH, (Part(0.7, 330, 0.15), Part(0.3, 40, 0.6)))
REFRESH_AND_MIX = half_and_half(REFRESH, MIX)


def _normal(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def _solve(cdf: Callable[[Seconds], float], share: float) -> Seconds:
    low, high = 0.0, 1.0
    while cdf(high) < share:
        low, high = high, 2 * high
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (middle, high) if cdf(middle) < share else (low, middle)
    return (low + high) / 2
