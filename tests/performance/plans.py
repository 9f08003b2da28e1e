"""Other ways to wait for the end of a task, and what each is charged: a function that sleeps, and CloudFlow.

They tell on-call the same way as ours, and all but the sleeping one are started by intake.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from refresh_watch.instants import Seconds
from refresh_watch_cli.cost.estimate import LATENCY, START, Hops, invocation, notified, workload
from refresh_watch_cli.cost.formula import SMALLEST, Workload
from refresh_watch_cli.cost.measured import Costs
from refresh_watch_cli.resources import Size

LOOP: Seconds = 60.0
TRANSITIONS_A_LOOP = 3
"""Task, Choice and Wait."""

CNY_PER_TRANSITION = 1.7 / 10_000
FREE_TRANSITIONS_A_DAY = 5000 / 30
"""CloudFlow's page "Billing" (2026): CNY 1.7 for 10,000 transitions, 5,000 free a month."""


@dataclass(frozen=True)
class Plan:
    """A way to wait. `transitions`: of CloudFlow, a watch."""

    name: str
    workload: Workload
    transitions: float = 0.0

    def cny(self, watches: int) -> float:
        """CNY for a day of so many watches."""
        return self.workload.cny(watches) + cny_of_transitions(self.transitions * watches)


def plans_of(watches: Sequence[Hops], costs: Mapping[str, Costs], sizes: Mapping[str, Size]) -> list[Plan]:
    """Ours, and beside it what else would wait."""
    asleep = {"sleeping, same size": sizes["watch"], "sleeping, smallest size": SMALLEST}
    loops = [math.ceil(hops[-1] / LOOP) for hops in watches]
    return [
        Plan("hops (ours)", workload(watches, costs, sizes)),
        *(Plan(name, _asleep(watches, costs, {**sizes, "sleeper": size})) for name, size in asleep.items()),
        Plan("CloudFlow, Wait 60 s", _flow(loops, costs, sizes), TRANSITIONS_A_LOOP * fmean(loops)),
    ]


def cny_of_transitions(a_day: float) -> float:
    """CNY for CloudFlow's transitions of a day, after the free ones."""
    return max(0.0, a_day - FREE_TRANSITIONS_A_DAY) * CNY_PER_TRANSITION


def _asleep(watches: Sequence[Hops], costs: Mapping[str, Costs], sizes: Mapping[str, Size]) -> Workload:
    """One invocation that asks when our hops would."""
    invoked = []
    for hops in watches:
        until = hops[-1] + LATENCY + START
        invoked.append((invocation("sleeper", 0.0, costs["hop"], sizes, until), *notified(until, costs, sizes)))
    return Workload(invoked, sizes)


def _flow(loops: Sequence[int], costs: Mapping[str, Costs], sizes: Mapping[str, Size]) -> Workload:
    sizes = {**sizes, "ask": sizes["watch"]}
    return Workload(
        [
            (
                invocation("intake", 0.0, costs["intake"], sizes, START),
                *(invocation("ask", LOOP * number, costs["hop"], sizes, LATENCY) for number in range(1, count + 1)),
                *notified(LOOP * count + LATENCY, costs, sizes),
            )
            for count in loops
        ],
        sizes,
    )
