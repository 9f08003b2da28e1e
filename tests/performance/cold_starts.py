"""Which size of each function is the cheapest whose cold start takes under two seconds: measured, not guessed.

A cold start here is a fresh interpreter that imports the built package and does its first job against stand-ins in this
process, at a share of a core that the kernel enforces; where it may not be set, it is reckoned: CPU seconds over the
share, and what was waited. For the network that the stand-ins do not have, `shared/refresh_watch_cli/cost/estimate.py` has the seconds.
Function Compute adds the start of a container, and its cores may be slower or quicker than this one.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from refresh_watch.instants import Seconds
from refresh_watch.model import Kind, Product, WatchRequest
from refresh_watch.watch import open_watch
from refresh_watch.watching.hop_payload import Hop, write_hop
from refresh_watch_cli.cost.estimate import LATENCY, POST, START
from refresh_watch_cli.cost.formula import units
from refresh_watch_cli.cost.measured import Cost
from refresh_watch_cli.resources import Size
from refresh_watch_emulator.products.world import ObjectPlan
from tests.all_products import SERVICES
from tests.deploy.package_house import RUNNABLE, build_in, copy_of_project, runtime_here
from tests.performance.cpu_share import Group, group
from tests.performance.hop_cost import House, furnished, run_handler
from tests.performance.manifest import sizes
from tests.performance.table import Check, at_most, print_table

LONGEST: Seconds = 2.0
SHARES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
QUICK_SHARES = (0.25, 0.3, 0.5)
RUNS = 2
TASKS = 10
OBJECTS = 2000
"""The most that one answer by id holds: so many tasks of so many objects."""
STEP = 64
LEAST_MEMORY = 128
"""MB. Function Compute takes multiples of 64 from 128 on, between one and four GB a vCPU."""
MARGIN = 1.4
"""Of the peak measured here: the runtime's own server is in the process too."""

_APART: Seconds = 0.2
"""Between warm events: two periods, so that none pays for the one before it."""


@dataclass
class _Packages(House):
    """The stand-ins and events of `hop_cost`, handled by the built packages."""

    folder: Path = Path()
    interpreter: Path = Path()
    group: Group | None = None
    peaks: dict[str, float] = field(default_factory=dict)  # MB, by function

    def everything(self) -> list[Cost]:
        """One instance that meets every product, and an answer as long as they come."""
        longest = tuple(self._long_task() for _ in range(TASKS))
        requests = [WatchRequest(product, (self._task(product),), kind=Kind.REFRESH) for product in SERVICES]
        requests.append(WatchRequest(Product.CDN, longest, kind=Kind.REFRESH))
        hops = [Hop(open_watch("refresh", request, time.time()), 0) for request in requests]
        return self.handled("watch", [write_hop(hop) for hop in hops])

    def _long_task(self) -> str:
        plans = [ObjectPlan(f"http://example.com/assets/{number}/picture.jpg", after=1e6) for number in range(OBJECTS)]
        return self.products.world.add_task(Product.CDN, objects=plans, created_at=time.time())

    def handled(self, function: str, events: Sequence[bytes]) -> list[Cost]:
        costs, peak = run_handler(
            [str(self.interpreter), "-I", "-S", "-B"],
            [str(self.folder / function)],
            events,
            self.environment,
            apart=_APART,
            under=list if self.group is None else self.group.command,
        )
        self.peaks[function] = max(peak, self.peaks.get(function, 0.0))
        return costs


@dataclass(frozen=True)
class Job:
    """Something that a function does. `network`: what its calls take beyond 127.0.0.1."""

    does: str
    run: Callable[[], list[Cost]]
    network: Seconds


@dataclass(frozen=True)
class Start:
    """A job at a share of a core: how long it takes from the interpreter's start, and when warm."""

    cold: Seconds
    warm: Seconds


def main(quick: bool) -> list[Check]:
    """Print a table for each function, and the sizes to choose; answers whether those in s.yaml start in time."""
    if not RUNNABLE:
        print("\nCold starts: not measured, since packages are for x86_64 Linux")
        return []
    runtime, interpreter = runtime_here()
    with tempfile.TemporaryDirectory() as scratch, furnished() as house, group() as limited:
        folder = copy_of_project(Path(scratch) / "project")
        build_in(folder, runtime)
        environment = {**house.environment, "REFRESH_WATCH_DCDN_ENDPOINT": house.products.endpoint}
        environment["REFRESH_WATCH_QUOTA"] += ",dcdn.list=1000,dcdn.by_id=1000"
        packages = _Packages(house.products, environment, folder / ".build", interpreter, limited)
        jobs: dict[str, list[Job]] = {
            "intake": [Job("a watch started", packages.intake, 2 * START)],
            "watch": [
                Job(f"a look at {product}", partial(packages.hops, product), LATENCY + START) for product in SERVICES
            ],
            "notify": [
                Job("a report to its channels", packages.fan_outs, START),
                Job("a delivery", packages.deliveries, POST),
            ],
        }
        packages.everything()
        measured = _measure(packages, jobs, quick=quick)
        peaks = dict(packages.peaks)
        print(
            f"\nCold starts of the packages for {runtime.name}, with .pyc; shares of a core "
            + ("kept by the kernel" if limited else "reckoned: no control group may be set here")
        )
        chosen = {function: _print_sizes(function, measured[function], peaks[function]) for function in jobs}
        _remove_bytecode(folder / ".build")
        bare = _measure(packages, jobs, quick=True, shares=tuple({size.vcpu for size in chosen.values()}))
    heads = ("function", "cpu", "memorySize", "peak MB", "cold s", "without .pyc", "in s.yaml")
    rows: list[tuple[str | float, ...]] = []
    checks = []
    for function, size in chosen.items():
        given = sizes()[function]
        slowest = _slowest(measured[function], size.vcpu)
        rows.append(
            (
                function,
                *(size.vcpu, size.memory * 1024, peaks[function], slowest, _slowest(bare[function], size.vcpu)),
                f"{given.vcpu:g} / {given.memory * 1024:.0f}",
            )
        )
        nearest = max((share for share in _shares(measured[function]) if share <= given.vcpu + 1e-9), default=math.nan)
        at_given = math.nan if math.isnan(nearest) else _slowest(measured[function], nearest)
        checks.append(at_most(f"{function}: cold start at the size in s.yaml", at_given, LONGEST, " s"))
        checks.append(at_most(f"{function}: peak memory there", peaks[function], given.memory * 1024 / MARGIN, " MB"))
    print_table(f"The cheapest sizes whose cold starts take under {LONGEST:g} s", heads, rows)
    return checks


Measured = Mapping[tuple[str, float], Start]
"""By job and share of a core."""


def candidates(shares: Sequence[float], peak: float) -> Iterator[Size]:
    """For each share the least memory that Function Compute allows with it and that holds the peak (MB) with a margin."""
    for share in shares:
        memory = STEP * math.ceil(max(LEAST_MEMORY, peak * MARGIN, share * 1024) / STEP - 1e-9)
        if memory <= share * 4096 + 1e-9:
            yield Size(share, memory / 1024)


def _measure(
    packages: _Packages, jobs: Mapping[str, Sequence[Job]], *, quick: bool, shares: Sequence[float] = ()
) -> dict[str, Measured]:
    """The least of the runs. The runs are in turn, so that a noisy moment meets all of them."""
    found: dict[str, dict[tuple[str, float], Start]] = {function: {} for function in jobs}
    for _ in range(1 if quick else RUNS):
        for share in shares or (QUICK_SHARES if quick else SHARES):
            if packages.group is not None:
                packages.group.limit(share)
            for function, todo in jobs.items():
                for job in todo:
                    costs = job.run()
                    first, *further = [cost.wall if packages.group else cost.lasts(share) for cost in costs]
                    before = found[function].get((job.does, share), Start(math.inf, math.inf))
                    least = Start(min(before.cold, first + job.network), min(before.warm, min(further) + job.network))
                    found[function][job.does, share] = least
    return {function: dict(starts) for function, starts in found.items()}


def _shares(measured: Measured) -> list[float]:
    return sorted({share for _, share in measured})


def _slowest(measured: Measured, share: float) -> Seconds:
    return max(start.cold for (_, other), start in measured.items() if other == share)


def _print_sizes(function: str, measured: Measured, peak: float) -> Size:
    """A row for each size; answers the one that costs least, of those that start in time.

    A cold start costs the same CU at every share but for noise, since it computes; so the warm invocation decides.
    """
    names = list(dict.fromkeys(name for name, _ in measured))
    options = list(candidates(_shares(measured), peak))

    def cost(size: Size, *, cold: bool) -> float:
        start = measured[names[0], size.vcpu]
        return units(start.cold if cold else start.warm, size)

    in_time = [size for size in options if _slowest(measured, size.vcpu) < LONGEST] or options[-1:]
    best = min(in_time, key=lambda size: (cost(size, cold=False), size.memory))
    rows = [
        (
            f"{size.vcpu:g}",
            size.memory * 1024,
            *(f"{measured[name, size.vcpu].cold:.2f}" for name in names),
            f"{cost(size, cold=True):.3f}",
            f"{cost(size, cold=False):.4f}",
            "cheapest in time" if size == best else "",
        )
        for size in options
    ]
    heads = ("cpu", "memorySize", *(f"cold s: {name}" for name in names), "CU cold", "CU warm", "")
    print_table(f"{function}: peak {peak:.0f} MB; CU of {names[0]}", heads, rows)
    return best


def _remove_bytecode(folder: Path) -> None:
    for file in list(folder.rglob("*.pyc")):
        file.unlink()
