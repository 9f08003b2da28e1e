"""What a watch costs in compute: before Function Compute's hourly floor, and in CNY with it.

How long an invocation lasts on the share of a core in s.yaml is reckoned from what was measured here (`hop_cost.py`):
CPU seconds over the share, so 0.4 s of imports last 0.8 s at 0.5 vCPU, plus what it waited, plus the network that the
stand-ins do not have: `LATENCY` for a question, `START` for a start. In CU the imports cost the same on any share. The
container's own start is not billed to the handler. A watch is intake, its hops, one guard, one fan-out and one delivery.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from shared.instants import Seconds
from shared.model import Kind, Product, WatchRequest
from shared.watching.opening import open_watch
from shared.workflow.guard import guard_delay
from tests.performance.cases import LATENCY
from tests.performance.cloud import Terms
from tests.performance.crowd import Crowd, watch
from tests.performance.diary import Diary, Entry, cny_a_day, units_of
from tests.performance.hop_cost import Costs, measure
from tests.performance.manifest import Size, sizes
from tests.performance.table import print_table
from tests.performance.tariff import SMALLEST, transitions

WATCHES_A_DAY = (1, 100, 10_000)
START: Seconds = 0.05
POST: Seconds = 0.1
"""One message to a chat robot."""

LOOP: Seconds = 60.0
TRANSITIONS_A_LOOP = 3
"""Task, Choice and Wait."""


@dataclass(frozen=True)
class Plan:
    """A way to wait for the end of a task: what it invokes for each of some watches."""

    name: str
    diaries: Sequence[Diary]
    sizes: Mapping[str, Size]
    transitions: float = 0.0  # of CloudFlow, a watch

    def cny(self, watches: int) -> float:
        """CNY for a day of so many watches."""
        return cny_a_day(self.diaries, watches, self.sizes) + transitions(self.transitions * watches)

    def units(self, *, cold: bool) -> float:
        """CU of one watch, before the floor."""
        return fmean(units_of(diary, self.sizes, cold=cold) for diary in self.diaries)


def main(quick: bool) -> None:
    """Print what was measured, then each plan."""
    costs = measure(1 if quick else 3)
    given = sizes()
    print_costs(costs, given["watch"].vcpu)
    chains = _chains(50 if quick else 200)
    hops = fmean(len(chain) for chain in chains)
    print_plans(f"Compute of one refresh watch of one id, {hops:.1f} hops in the mean", plans_of(chains, costs, given))


def print_costs(costs: Mapping[str, Costs], vcpu: float) -> None:
    """What was measured, and how long it lasts on a share of a core."""
    heads = ("milliseconds", "cold: CPU", "wall", "on its share", "warm: CPU", "wall", "on its share")
    rows: list[tuple[str | float, ...]] = [
        (name, *(1000 * part for one in (cost.cold, cost.warm) for part in (one.cpu, one.wall, one.lasts(vcpu))))
        for name, cost in costs.items()
    ]
    print_table(f"Compute: measured on this machine, and reckoned for {vcpu:g} vCPU without a network", heads, rows)


def print_plans(title: str, plans: Sequence[Plan]) -> None:
    """Before the floor: every invocation warm, or cold. In CNY: as it comes, with the floor."""
    heads = ("waits by", "CU all warm", "CU all cold", *(f"CNY a day at {watches:,}" for watches in WATCHES_A_DAY))
    rows: list[tuple[str | float, ...]] = [
        (plan.name, plan.units(cold=False), plan.units(cold=True), *(f"{plan.cny(n):.4f}" for n in WATCHES_A_DAY))
        for plan in plans
    ]
    print_table(title, heads, rows)


def plans_of(chains: Sequence[Sequence[Seconds]], costs: Mapping[str, Costs], given: Mapping[str, Size]) -> list[Plan]:
    """Ours, and beside it a function that sleeps, at our size and at the smallest, and CloudFlow.

    `chains`: when the hops of each watch begin, in seconds since submission; the last one sees the end. All tell
    people the same way, and all but the sleeping one are started by intake.
    """
    hops = [_diary(chain, costs, given) for chain in chains]
    smallest = {**given, "sleeper": SMALLEST}
    like_ours = {**given, "sleeper": given["watch"]}
    asks = {**given, "ask": given["watch"]}
    loops = [math.ceil(chain[-1] / LOOP) for chain in chains]
    return [
        Plan("hops (ours)", hops, given),
        Plan("sleeping, same size", [_asleep(chain, costs, like_ours) for chain in chains], like_ours),
        Plan("sleeping, smallest size", [_asleep(chain, costs, smallest) for chain in chains], smallest),
        Plan(
            "CloudFlow, Wait 60 s",
            [_flow(count, costs, asks) for count in loops],
            asks,
            transitions=TRANSITIONS_A_LOOP * fmean(loops),
        ),
    ]


def _chains(watches: int) -> Sequence[Sequence[Seconds]]:
    """When the hops of watches that are not many at once begin: the default schedule, Process telling nothing."""
    return watch(Crowd(Product.CDN, watches, watches * 10.0), Terms(sizes()["watch"].instances)).chains


def _diary(chain: Sequence[Seconds], costs: Mapping[str, Costs], given: Mapping[str, Size]) -> Diary:
    guard = guard_delay(open_watch("", WatchRequest(Product.CDN, ("1",), kind=Kind.REFRESH), 0.0), 0)
    return (
        _entry("intake", 0.0, costs["intake"], given["intake"], 2 * START),
        *(_entry("watch", at, costs["hop"], given["watch"], LATENCY + START) for at in chain),
        _entry("watch", guard, costs["guard"], given["watch"], 2 * START),
        *_told(chain[-1] + LATENCY + START, costs, given),
    )


def _asleep(chain: Sequence[Seconds], costs: Mapping[str, Costs], given: Mapping[str, Size]) -> Diary:
    """One invocation that asks when our hops would."""
    until = chain[-1] + LATENCY + START
    return (_entry("sleeper", 0.0, costs["hop"], given["sleeper"], until), *_told(until, costs, given))


def _flow(loops: int, costs: Mapping[str, Costs], given: Mapping[str, Size]) -> Diary:
    asked = [_entry("ask", LOOP * number, costs["hop"], given["ask"], LATENCY) for number in range(1, loops + 1)]
    first = _entry("intake", 0.0, costs["intake"], given["intake"], START)
    return (first, *asked, *_told(LOOP * loops + LATENCY, costs, given))


def _told(at: Seconds, costs: Mapping[str, Costs], given: Mapping[str, Size]) -> Diary:
    """The report goes out to one channel."""
    return (
        _entry("notify", at, costs["fan-out"], given["notify"], START),
        _entry("notify", at + 1, costs["delivery"], given["notify"], POST),
    )


def _entry(function: str, at: Seconds, costs: Costs, size: Size, network: Seconds) -> Entry:
    return Entry(function, at, costs.cold.lasts(size.vcpu, network), costs.warm.lasts(size.vcpu, network))
