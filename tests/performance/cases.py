"""What is measured: a workload in one sort of world, and single draws of it with the truth about how each ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Kind, Product
from refresh_watch_emulator.products.catalog import DEFAULT_QUOTA
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.performance.workloads import Workload

NOON: Instant = 1_795_000_000.0
"""When everything is submitted."""

FAILS_EVERY = 20
"""One task or object in so many ends Failed."""

LATENCY: Seconds = 0.1
"""Of one call of a product's API."""

Progress = Literal["jumps", "mute", "linear", "uneven"]


@dataclass(frozen=True)
class Case:
    """Ids submitted at one instant, each of so many objects; every object ends by a draw of its own.

    `progress`: Process is 0 % until 100 % ("jumps"), the status tells nothing either ("mute"), it grows evenly
    ("linear"), or each object hurries or slows down in its own way ("uneven"). `stale`: an answer shows what the
    question before it brought up to date. `quota`: the share of the account's that other clients leave. `by_id_rows`:
    how many rows a by-id answer holds at most.
    """

    workload: Workload
    progress: Progress = "jumps"
    stale: bool = False
    ids: int = 1
    objects: int = 1
    product: Product = Product.CDN
    quota: float = 1.0
    by_id_rows: int | None = None

    @property
    def informative(self) -> bool:
        """Process tells how far a task is."""
        return self.progress in ("linear", "uneven")


@dataclass(frozen=True)
class Truth:
    """How one task ends, and when its last object does."""

    ends_at: Instant
    complete: int
    failed: int


@dataclass(frozen=True)
class Scene:
    """One draw of a case: a world in which the tasks run, and the truth about each."""

    case: Case
    world: World
    switches: Switches
    truths: dict[str, Truth]
    seed: int

    @property
    def ends_at(self) -> Instant:
        """When the last object of the last task ends: the report is due."""
        return max(truth.ends_at for truth in self.truths.values())


def scenes(case: Case, draws: int, seed: int = 1) -> Iterator[Scene]:
    """So many scenes of a case; together their objects are a stratified sample of the workload."""
    each = case.ids * case.objects
    drawn = case.workload.draws(draws * each, seed)
    for number in range(draws):
        yield _scene(case, drawn[number * each : (number + 1) * each], number, seed)


def _scene(case: Case, durations: list[Seconds], number: int, seed: int) -> Scene:
    dice = Random(f"{seed}.{number}")
    quota = {operation: rate * case.quota for operation, rate in DEFAULT_QUOTA.items()}
    world = World(NOON, foreign_tasks=0, quota=quota, seed=number)
    object_type = "preload" if case.workload.kind is Kind.PREFETCH else "file"
    first_id = dice.randrange(10**9, 9 * 10**9)  # a watch's schedule has a phase of its own by what it watches
    truths: dict[str, Truth] = {}
    for index in range(case.ids):
        own = durations[index * case.objects : (index + 1) * case.objects]
        plans = [
            _plan(case, seconds, number * len(durations) + index * case.objects + place, dice)
            for place, seconds in enumerate(own)
        ]
        task_id = str(first_id + index)
        world.add_task(case.product, task_id=task_id, objects=plans, object_type=object_type, created_at=NOON)
        failed = sum(plan.ends == "Failed" for plan in plans)
        truths[task_id] = Truth(NOON + max(own), len(plans) - failed, failed)
    progress: Literal["moves", "jumps", "mute"] = "mute" if case.progress == "mute" else "jumps"
    switches = Switches(
        stale_answers=case.stale,
        progress="moves" if case.informative else progress,
        by_id_row_limit=case.by_id_rows,
        by_id_total="full",
    )
    return Scene(case, world, switches, truths, number)


def _plan(case: Case, seconds: Seconds, index: int, dice: Random) -> ObjectPlan:
    shape = dice.uniform(0.7, 1.4) if case.progress == "uneven" else 1.0
    ends = "Failed" if index % FAILS_EVERY == FAILS_EVERY // 2 else "Complete"
    return ObjectPlan(f"http://example.com/{index}.txt", ends, seconds, shape=shape)
