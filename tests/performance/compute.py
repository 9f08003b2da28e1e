"""What a watch costs in compute: before Function Compute's hourly floor, and in CNY with it.

What is reckoned, and how, is `shared/refresh_watch_cli/cost`; what an invocation costs is measured here (`hop_cost.py`), and when the
hops begin comes from watches in virtual time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from refresh_watch.model import Product
from refresh_watch_cli.cost.estimate import WATCHES_A_DAY, Hops
from refresh_watch_cli.cost.measured import Costs
from tests.performance.cloud import Terms
from tests.performance.crowd import Crowd, watch
from tests.performance.hop_cost import measure
from tests.performance.manifest import sizes
from tests.performance.plans import Plan, plans_of
from tests.performance.table import print_table


def main(quick: bool) -> None:
    """Print what was measured, then each plan."""
    costs = measure(1 if quick else 3)
    given = sizes()
    print_costs(costs, given["watch"].vcpu)
    chains = _chains(50 if quick else 200)
    mean = fmean(len(chain) for chain in chains)
    print_plans(f"Compute of one refresh watch of one id, {mean:.1f} hops in the mean", plans_of(chains, costs, given))


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
        (
            plan.name,
            plan.workload.units(),
            plan.workload.units(cold=True),
            *(f"{plan.cny(n):.4f}" for n in WATCHES_A_DAY),
        )
        for plan in plans
    ]
    print_table(title, heads, rows)


def _chains(watches: int) -> Sequence[Hops]:
    """When the hops of watches that are not many at once begin: the default schedule, Process telling nothing."""
    return watch(Crowd(Product.CDN, watches, watches * 10.0), Terms(sizes()["watch"].instances)).chains
