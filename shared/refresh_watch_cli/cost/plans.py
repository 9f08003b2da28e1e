"""Ways to wait for the end of a task, and what each is charged: hops as ours, a function that sleeps, CloudFlow.

How long an invocation lasts on the share of a core in s.yaml is reckoned from what was measured (`measured.py`): CPU
seconds over the share, so 0.4 s of imports last 0.8 s at 0.5 vCPU, plus what it waited, plus the network that a
measurement on one machine does not have: `LATENCY` for a question, `START` for a start. In CU the imports cost the same
on any share. The container's own start is not billed to the handler. A watch is intake, its hops, one guard, one
fan-out and one delivery.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from refresh_watch.instants import Seconds
from refresh_watch.model import Kind, Product, WatchRequest
from refresh_watch.watching.opening import open_watch
from refresh_watch.workflow.guard import guard_delay
from refresh_watch_cli.cost.diary import Diary, Entry, cny_a_day, units_of
from refresh_watch_cli.cost.measured import Costs
from refresh_watch_cli.cost.resources import Size
from refresh_watch_cli.cost.tariff import SMALLEST, transitions

LATENCY: Seconds = 0.1
"""Of one call of a product's API."""
START: Seconds = 0.05
"""Of one start by Function Compute's API."""
POST: Seconds = 0.1
"""One message to a chat robot."""

LOOP: Seconds = 60.0
TRANSITIONS_A_LOOP = 3
"""Task, Choice and Wait."""

TaskHistory = Sequence[Seconds]
"""When the hops of one watch begin, in seconds since submission; the last one sees the end."""


@dataclass(frozen=True)
class Plan:
    """A way to wait for the end of a task: what it invokes for each of some watches."""

    name: str
    diaries: Sequence[Diary]
    sizes: Mapping[str, Size]
    transitions: float = 0.0  # of CloudFlow, a watch
    every_hour: frozenset[str] = frozenset()  # functions that a timer wakes in each hour of the day

    def cny(self, watches: int) -> float:
        """CNY for a day of so many watches."""
        return cny_a_day(self.diaries, watches, self.sizes, self.every_hour) + transitions(self.transitions * watches)

    def units(self, *, cold: bool) -> float:
        """CU of one watch, before the floor."""
        return fmean(units_of(diary, self.sizes, cold=cold) for diary in self.diaries)


def hops(chains: Sequence[TaskHistory], costs: Mapping[str, Costs], given: Mapping[str, Size]) -> Plan:
    """Ours: one short invocation a look, nothing between them."""
    return Plan("hops (ours)", [_hops(chain, costs, given) for chain in chains], given)


def others(chains: Sequence[TaskHistory], costs: Mapping[str, Costs], given: Mapping[str, Size]) -> list[Plan]:
    """A function that sleeps, at our size and at the smallest, and CloudFlow.

    All tell people the same way as ours, and all but the sleeping one are started by intake.
    """
    smallest = {**given, "sleeper": SMALLEST}
    like_ours = {**given, "sleeper": given["watch"]}
    asks = {**given, "ask": given["watch"]}
    loops = [math.ceil(chain[-1] / LOOP) for chain in chains]
    return [
        Plan("sleeping, same size", [_asleep(chain, costs, like_ours) for chain in chains], like_ours),
        Plan("sleeping, smallest size", [_asleep(chain, costs, smallest) for chain in chains], smallest),
        Plan(
            "CloudFlow, Wait 60 s",
            [_flow(count, costs, asks) for count in loops],
            asks,
            transitions=TRANSITIONS_A_LOOP * fmean(loops),
        ),
    ]


def _hops(chain: TaskHistory, costs: Mapping[str, Costs], given: Mapping[str, Size]) -> Diary:
    guard = guard_delay(open_watch("", WatchRequest(Product.CDN, ("1",), kind=Kind.REFRESH), 0.0), 0)
    return (
        _entry("intake", 0.0, costs["intake"], given["intake"], 2 * START),
        *(_entry("watch", at, costs["hop"], given["watch"], LATENCY + START) for at in chain),
        _entry("watch", guard, costs["guard"], given["watch"], 2 * START),
        *_told(chain[-1] + LATENCY + START, costs, given),
    )


def _asleep(chain: TaskHistory, costs: Mapping[str, Costs], given: Mapping[str, Size]) -> Diary:
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
