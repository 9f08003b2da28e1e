"""What watches cost with a schedule and with the sizes of s.yaml, from what invocations were measured to take.

The jobs are refreshes as Alibaba's documents have them, 5 to 6 minutes: log-normal, as the default schedule takes them
(`refresh_watch/watching/schedule.py`), without its quick ones, which cost less. Each watch follows one id, and Process
shows no progress, so that it looks as often as it ever does. A watch is intake, its hops, one guard, one fan-out and
one delivery.

How long an invocation lasts on its share of a core: CPU seconds over the share, so 0.4 s of imports last 0.8 s at 0.5
vCPU, plus what it waited, plus the network that a measurement on one machine does not have. The container's own start
is not billed to the handler.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import NormalDist

from refresh_watch.instants import Seconds
from refresh_watch.model import Kind, Product, WatchRequest
from refresh_watch.watch import open_watch
from refresh_watch.watching.schedule import DEFAULT_DEADLINE, REFRESH, SPREAD, Schedule, read_schedule
from refresh_watch.workflow.guard import guard_delay
from refresh_watch_cli.cost.formula import Invocation, Workload
from refresh_watch_cli.cost.measured import MEASURED, Costs
from refresh_watch_cli.resources import Resource, Size

WATCHES_A_DAY = (1, 100, 10_000)
NEEDED = ("intake", "watch", "notify")
"""The functions that a watch runs through."""

LATENCY: Seconds = 0.1
"""Of one call of a product's API."""
START: Seconds = 0.05
"""Of one start by Function Compute's API."""
POST: Seconds = 0.1
"""Of one message to a chat."""

_JOBS = 40
_MEDIAN: Seconds = 330.0
_SIGMA = 0.15

Hops = Sequence[Seconds]
"""When the hops of one watch begin, in seconds since submission; the last one sees the end."""


def can_estimate(resources: Sequence[Resource]) -> bool:
    return set(NEEDED) <= {resource.key for resource in resources}


def woken_by_timers(resources: Sequence[Resource]) -> list[str]:
    """The functions that a timer wakes. A timer is counted as hourly, which is how the sweep is meant."""
    return [each.key for each in resources if any(one.kind == "timer" and one.is_on for one in each.triggers)]


def estimate(resources: Sequence[Resource], schedule: str = "") -> Workload:
    """A day's watches. `schedule` as a request gives it; empty: the default one. Raises BadInput."""
    sizes = {resource.key: resource.size for resource in resources}
    return workload(hops_of_jobs(schedule), MEASURED, sizes, frozenset(woken_by_timers(resources)))


def workload(
    watches: Sequence[Hops],
    costs: Mapping[str, Costs],
    sizes: Mapping[str, Size],
    every_hour: frozenset[str] = frozenset(),
) -> Workload:
    """What watches with these hops invoke. `costs`: by "intake", "hop", "guard", "fan-out", "delivery"."""
    guard = guard_delay(open_watch("", WatchRequest(Product.CDN, ("1",), kind=Kind.REFRESH), 0.0), 0)
    invoked = [
        (
            invocation("intake", 0.0, costs["intake"], sizes, 2 * START),
            *(invocation("watch", at, costs["hop"], sizes, LATENCY + START) for at in hops),
            invocation("watch", guard, costs["guard"], sizes, 2 * START),
            *notified(hops[-1] + LATENCY + START, costs, sizes),
        )
        for hops in watches
    ]
    return Workload(invoked, sizes, every_hour)


def notified(at: Seconds, costs: Mapping[str, Costs], sizes: Mapping[str, Size]) -> tuple[Invocation, ...]:
    return (
        invocation("notify", at, costs["fan-out"], sizes, START),
        invocation("notify", at + 1, costs["delivery"], sizes, POST),
    )


def invocation(function: str, at: Seconds, costs: Costs, sizes: Mapping[str, Size], network: Seconds) -> Invocation:
    vcpu = sizes[function].vcpu
    return Invocation(function, at, costs.cold.lasts(vcpu, network), costs.warm.lasts(vcpu, network))


def hops_of_jobs(schedule: str = "") -> list[Hops]:
    """When the hops of some watches begin. Raises BadInput."""
    given = read_schedule(schedule) if schedule else None
    ends = (_MEDIAN * math.exp(_SIGMA * NormalDist().inv_cdf((number + 0.5) / _JOBS)) for number in range(_JOBS))
    return [
        tuple(_looks(given or REFRESH, 0.0 if given else (number * 0.618 % 1) * SPREAD, end))
        for number, end in enumerate(ends)
    ]


def _looks(schedule: Schedule, phase: float, end: Seconds) -> Iterator[Seconds]:
    deadline = DEFAULT_DEADLINE[Kind.REFRESH]
    at = schedule.at[0] if phase == 0.0 else schedule.next(0.0, phase=phase)
    while at < min(end, deadline):
        yield at
        at = min(schedule.next(at, phase=phase), deadline)
    yield at
