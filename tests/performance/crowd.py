"""Many watches of one id each, submitted at once and watched to the end, in virtual time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property, partial
from random import Random
from statistics import fmean

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Kind, Outcome, Product, WatchRequest
from refresh_watch.settings import DEFAULT_QUOTA, Settings
from refresh_watch.triggers.result import Requested
from refresh_watch.workflow.starting import start
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.performance.cases import NOON
from tests.performance.cloud import Cloud, Tally, Terms
from tests.performance.dictated import Lags, percentile
from tests.performance.products import Door, InProcessApi, virtual_deadlines
from tests.performance.timeline import Timeline
from tests.performance.workloads import REFRESH


@dataclass(frozen=True)
class Crowd:
    """Refresh tasks of one object, each watched by itself, submitted within so many seconds.

    `moves`: whether Process moves while they run; where it jumps from 0 to 100, nothing helps but looking.
    """

    product: Product
    watches: int
    within: Seconds
    moves: bool = False

    def __str__(self) -> str:
        """Such as ``1,000 cdn within 60 s``."""
        return f"{self.watches:,} {self.product} within {self.within:g} s"

    @cached_property
    def tasks(self) -> tuple[tuple[Seconds, Seconds], ...]:
        """When each is submitted and how long it takes: quantiles of the workload in an order of chance."""
        dice = Random(1)
        takes = [REFRESH.quantile((i + 0.5) / self.watches) for i in range(self.watches)]
        dice.shuffle(takes)
        return tuple(sorted((dice.random() * self.within, taken) for taken in takes))

    @property
    def ends(self) -> list[Seconds]:
        """When each truly ends."""
        return [submitted + taken for submitted, taken in self.tasks]


@dataclass(frozen=True)
class Watched:
    """What became of a crowd. `lags`: from a true end to its final report being committed."""

    crowd: Crowd
    calls: int
    throttled: int
    wrong: int  # another outcome than complete, or before the end
    untold: int
    lags: Lags
    tally: Tally
    chains: tuple[tuple[Seconds, ...], ...]  # when the hops of each watch began, in seconds since its submission


def watch(crowd: Crowd, terms: Terms) -> Watched:
    """Watch a crowd to the end. The quota is the account's own, the stand-in's token buckets."""
    timeline = Timeline(NOON)
    world = World(timeline.now(), foreign_tasks=0)
    door = Door(crowd.product, world, Switches(progress="moves" if crowd.moves else "jumps"))
    cloud = Cloud(timeline, terms, DEFAULT_QUOTA, InProcessApi(door, timeline))
    ends: dict[str, Instant] = {}
    submitted_at: dict[str, Instant] = {}

    def submit(taken: Seconds) -> None:
        plan = ObjectPlan("http://example.com/a.txt", after=taken)
        task_id = world.add_task(crowd.product, objects=[plan], created_at=timeline.now())
        request = WatchRequest(crowd.product, (task_id,), kind=Kind.REFRESH)
        answer = start(Requested(request), settings=Settings(), engine=cloud, clock=timeline)
        ends[answer["watch_id"]] = timeline.now() + taken
        submitted_at[answer["watch_id"]] = timeline.now()

    for submitted, taken in crowd.tasks:
        timeline.at(NOON + submitted, partial(submit, taken))
    before = logging.root.manager.disable
    logging.disable()  # thousands of hops log thousands of lines
    try:
        with virtual_deadlines():
            timeline.run()
    finally:
        logging.disable(before)
    lags = [told_at - ends[watch_id] for watch_id, (_, told_at) in cloud.finals.items()]
    wrong = sum(
        report.outcome is not Outcome.COMPLETE or told_at < ends[watch_id]
        for watch_id, (report, told_at) in cloud.finals.items()
    )
    last = max(told_at for _, told_at in cloud.finals.values()) - NOON
    return Watched(
        crowd,
        door.calls,
        door.throttled,
        wrong,
        len(ends) - len(cloud.finals),
        Lags(fmean(lags), percentile(lags, 95), last),
        cloud.tally,
        tuple(tuple(at - submitted_at[watch_id] for at in began) for watch_id, began in cloud.tally.at.items()),
    )
