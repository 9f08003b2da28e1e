"""refresh-watch itself in virtual time: its own core, planner and limiter; between two looks nothing runs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from math import nan

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import WatchRequest
from refresh_watch.products.polling.look import look
from refresh_watch.settings import Settings
from refresh_watch.watch import Watch, WatchedItem, open_watch
from refresh_watch.watching.advance import LookAgain, advance
from refresh_watch.watching.quota import Quota
from refresh_watch.watching.reporting import outcome_of
from refresh_watch.watching.schedule import first_look
from refresh_watch.workflow.hop import LOOK_SHARE, whole_seconds
from tests.performance.cases import NOON, Scene, Truth
from tests.performance.manifest import sizes
from tests.performance.products import Door, InProcessApi, virtual_deadlines
from tests.performance.runs import Run, Verdict
from tests.performance.timeline import Timeline


@dataclass(frozen=True)
class Looked:
    """One look of a watch: when its hop began, what it asked, and how long the next one was put off."""

    began: Instant
    calls: int
    throttled: int
    after: Seconds


@dataclass
class Followed:
    """A watch from its submission to its final report."""

    watch: Watch
    told_at: Instant = nan
    busy: Seconds = 0.0
    looks: list[Looked] = field(default_factory=list)

    @property
    def sweeps(self) -> list[Looked]:
        """Each round about all open items as one look: one whose time ends first is gone on with at once."""
        sweeps: list[Looked] = []
        for looked in self.looks:
            if sweeps and sweeps[-1].after == 0:
                begun = sweeps.pop()
                calls, throttled = begun.calls + looked.calls, begun.throttled + looked.throttled
                looked = Looked(begun.began, calls, throttled, looked.after)  # noqa: PLW2901
            sweeps.append(looked)
        return sweeps

    def is_right(self, scene: Scene) -> bool:
        """Every item has its true outcome, and none before its time."""
        return self.told_at >= scene.ends_at and all(_is_right(it, scene.truths[it.item]) for it in self.watch.items)


def follow(
    scene: Scene, *, hop_start: Seconds, submitted_at: Instant = NOON, deadline: Seconds | None = None
) -> Followed:
    """Open a watch about all tasks of a scene at NOON and follow it to its end.

    `hop_start`: what passes from the start of a hop to its first question.
    """
    request = WatchRequest(
        scene.case.product,
        task_ids=tuple(scene.truths),
        kind=scene.case.workload.kind,
        submitted_at=submitted_at,
        deadline=deadline,
    )
    clock = Timeline(NOON, scene.seed)
    door = Door(scene.case.product, scene.world, scene.switches)
    api = InProcessApi(door, clock)
    rates = dict(Settings().quota)
    followed = Followed(open_watch("refresh", request, clock.now()))
    clock.sleep(math.ceil(first_look(followed.watch, clock.now())))
    with virtual_deadlines():
        while followed.watch.open_items:
            began, asked, throttled = clock.now(), door.calls, door.throttled
            clock.sleep(hop_start)
            until = began + LOOK_SHARE * sizes()["watch"].timeout
            observation = look(api, followed.watch, quota=Quota(rates), clock=clock, until=until)
            step = advance(followed.watch, observation, clock.now())
            followed.watch = step.watch
            followed.busy += clock.now() - began
            after = sum(effect.after for effect in step.effects if isinstance(effect, LookAgain))
            followed.looks.append(Looked(began, door.calls - asked, door.throttled - throttled, after))
            followed.told_at = clock.now()
            clock.sleep(whole_seconds(after))
    return followed


def run(scene: Scene, *, hop_start: Seconds) -> Run:
    """Follow a scene to its end."""
    followed = follow(scene, hop_start=hop_start)
    right = followed.is_right(scene)
    return Run(
        Verdict.RIGHT if right else Verdict.WRONG,
        followed.told_at - scene.ends_at if right else nan,
        looks=len(followed.looks),
        calls=sum(look.calls for look in followed.looks),
        throttled=sum(look.throttled for look in followed.looks),
        busy=followed.busy,
    )


def _is_right(item: WatchedItem, truth: Truth) -> bool:
    counted = (item.complete, item.failed) == (truth.complete, truth.failed)
    return counted and item.outcome is outcome_of(complete=truth.complete, failed=truth.failed)
