"""What watches are reckoned to cost with a schedule and with the sizes of s.yaml, without measuring anything.

The jobs are refreshes as Alibaba's documents have them, 5 to 6 minutes: log-normal, as the default schedule takes them
(`refresh_watch/watching/schedule.py`), without its quick ones, which cost less. Each watch follows one id, and Process
tells nothing, so that it looks as often as it ever does. A prefetch takes longer and is looked at more seldom.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist, fmean

from refresh_watch.instants import Seconds
from refresh_watch.model import Kind
from refresh_watch.watching.schedule import DEFAULT_DEADLINE, REFRESH, SPREAD, Schedule, read_schedule
from refresh_watch_cli.cost.measured import MEASURED
from refresh_watch_cli.cost.plans import Plan, TaskHistory, hops, others
from refresh_watch_cli.cost.resources import Resource, Size
from refresh_watch_cli.cost.tariff import LEAST_PER_HOUR

WATCHES_A_DAY = (1, 100, 10_000)
NEEDED = ("intake", "watch", "notify")
"""The functions that a watch runs through."""

_JOBS = 40
_MEDIAN: Seconds = 330.0
_SIGMA = 0.15


@dataclass(frozen=True)
class Estimate:
    """Of one way to wait. `cny` is a day's, by how many watches there are in it.

    `least`: CNY of a day in each hour of which every function is invoked; what is more than that is for compute.
    """

    name: str
    hops: float  # of a watch, in the mean
    units: float  # CU of a watch, every invocation warm, before the hourly floor
    cny: tuple[tuple[int, float], ...]
    least: float


def estimate(resources: Sequence[Resource], schedule: str = "") -> Estimate:
    """Ours. `schedule` as a request gives it; empty: the default one. Raises BadInput for a schedule that is none."""
    chains = chains_of(schedule)
    woken = frozenset(woken_by_timers(resources))
    return _estimated(replace(hops(chains, MEASURED, _sizes(resources)), every_hour=woken), chains)


def beside(resources: Sequence[Resource], schedule: str = "") -> list[Estimate]:
    """A function that sleeps, and CloudFlow, for the same jobs. Raises BadInput."""
    chains = chains_of(schedule)
    return [_estimated(plan, chains) for plan in others(chains, MEASURED, _sizes(resources))]


def can_estimate(resources: Sequence[Resource]) -> bool:
    """Every function that a watch runs through is there."""
    return set(NEEDED) <= {resource.key for resource in resources}


def woken_by_timers(resources: Sequence[Resource]) -> list[str]:
    """The functions that a timer wakes. A timer is reckoned as hourly, which is how the sweep is meant."""
    return [each.key for each in resources if any(one.kind == "timer" and one.is_on for one in each.triggers)]


def chains_of(schedule: str = "") -> list[TaskHistory]:
    """When the hops of some watches begin, in seconds since submission. Raises BadInput."""
    given = read_schedule(schedule) if schedule else None
    chains: list[TaskHistory] = []
    for number, end in enumerate(_ends()):
        phase = 0.0 if given else (number * 0.618 % 1) * SPREAD
        chains.append(tuple(_looks(given or REFRESH, phase, end)))
    return chains


def _looks(schedule: Schedule, phase: float, end: Seconds) -> Iterator[Seconds]:
    deadline = DEFAULT_DEADLINE[Kind.REFRESH]
    at = schedule.at[0] if phase == 0.0 else schedule.next(0.0, phase=phase)
    while at < min(end, deadline):
        yield at
        at = min(schedule.next(at, phase=phase), deadline)
    yield at


def _ends() -> Iterator[Seconds]:
    """When the jobs end: even shares of the distribution."""
    for number in range(_JOBS):
        yield _MEDIAN * math.exp(_SIGMA * NormalDist().inv_cdf((number + 0.5) / _JOBS))


def _estimated(plan: Plan, chains: Sequence[TaskHistory]) -> Estimate:
    cny = tuple((watches, plan.cny(watches)) for watches in WATCHES_A_DAY)
    functions = {entry.function for diary in plan.diaries for entry in diary} | plan.every_hour
    return Estimate(
        plan.name,
        fmean(len(chain) for chain in chains),
        plan.units(cold=False),
        cny,
        24 * LEAST_PER_HOUR * len(functions),
    )


def _sizes(resources: Sequence[Resource]) -> Mapping[str, Size]:
    return {resource.key: resource.size for resource in resources}
