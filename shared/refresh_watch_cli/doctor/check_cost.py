"""What watches cost with the sizes in s.yaml and the schedule in force."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

from refresh_watch.errors import BadInput
from refresh_watch_cli.cost.estimate import NEEDED, WATCHES_A_DAY, can_estimate, estimate, hops_of_jobs, woken_by_timers
from refresh_watch_cli.cost.formula import LEAST_PER_HOUR
from refresh_watch_cli.cost.measured import MEASURED_ON
from refresh_watch_cli.doctor.check import DoctorContext, Finding, ok, skipped
from refresh_watch_cli.resources import read_resources


def check_cost(context: DoctorContext) -> Iterator[Finding]:
    try:
        resources = read_resources(context.project.manifest, context.environment)
    except BadInput:
        yield skipped("a day", "not reckoned: s.yaml cannot be read")
        return
    if not can_estimate(resources):
        yield skipped("a day", f"not reckoned: s.yaml has no {', '.join(NEEDED)}")
        return
    ours = estimate(resources, context.schedule)
    days = ", ".join(f"CNY {ours.cny(watches):.2f} for {watches:,}" for watches in WATCHES_A_DAY)
    hops = fmean(map(len, hops_of_jobs(context.schedule)))
    yield ok("a watch", f"about {hops:.0f} hops, {ours.units():.2f} CU with warm starts; nothing while it waits")
    yield ok("a day", f"{days} watches; CNY {ours.least:.2f} is the least of a day with watches in every hour")
    timers = woken_by_timers(resources)
    if timers:
        floor = 24 * LEAST_PER_HOUR * len(timers)
        said = f"wakes {' and '.join(timers)} every hour: CNY {floor:.2f} a day, watches or not (in the line above)"
        yield ok("a timer", said)
    yield ok("reckoned from", f"list prices in China (2025-12) and CPU measured {MEASURED_ON}: docs/cost.md")
