"""Peers wait in virtual time: each id has a waiter of its own, all side by side against one account."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from random import Random

from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ListQuery, Page
from refresh_watch.watching.schedule import DEFAULT_DEADLINE
from tests.performance.cases import LATENCY, NOON, Scene, Truth
from tests.performance.peers import Peer, Said
from tests.performance.products import Door
from tests.performance.runs import Run, Verdict

RETRY_CAP: Seconds = 20
"""Of the pause before an SDK's own next try (botocore)."""


@dataclass(frozen=True)
class Ended:
    """What one waiter said of its id, and when."""

    said: Said
    at: Instant


def wait(peer: Peer, scene: Scene, *, hop_start: Seconds) -> Run:
    """Wait for all tasks of a scene, from their submission on.

    A waiter that breaks off leaves the others alone, and all sleep in one process: the peers at their best. `hop_start`
    is billed for each question to a peer that does not sleep.
    """
    door = Door(scene.case.product, scene.world, scene.switches)
    ended = _all_ended(peer, scene, door)
    at = max(end.at for end in ended.values())
    verdict = max((_verdict(ended[task_id], truth) for task_id, truth in scene.truths.items()), key=_SEVERITY.index)
    busy = at - NOON if peer.sleeps else door.calls * (hop_start + LATENCY)
    lag = at - scene.ends_at if verdict is Verdict.RIGHT else nan
    return Run(verdict, lag, door.calls // len(ended), door.calls, door.throttled, busy)


_SEVERITY = (Verdict.RIGHT, Verdict.NONE, Verdict.WRONG)


def _verdict(end: Ended, truth: Truth) -> Verdict:
    if end.said not in (Said.COMPLETE, Said.FAILED):
        return Verdict.NONE
    true = Said.FAILED if truth.failed else Said.COMPLETE
    return Verdict.RIGHT if end.said is true and end.at >= truth.ends_at else Verdict.WRONG


def _all_ended(peer: Peer, scene: Scene, door: Door) -> dict[str, Ended]:
    deadline = DEFAULT_DEADLINE[scene.case.workload.kind]
    waiters = [_Waiter(peer, task_id, Random(f"{scene.seed}.{task_id}"), deadline) for task_id in scene.truths]
    queue = [(NOON + waiter.next_pause, index) for index, waiter in enumerate(waiters)]
    heapq.heapify(queue)
    ended: dict[str, Ended] = {}
    while queue:
        now, index = heapq.heappop(queue)
        waiter = waiters[index]
        said = waiter.ask(door, now)
        if said is None:
            heapq.heappush(queue, (now + LATENCY + waiter.next_pause, index))
        else:
            ended[waiter.task_id] = Ended(said, now + LATENCY)
    return ended


class _Waiter:
    """One peer waiting for one id."""

    def __init__(self, peer: Peer, task_id: str, dice: Random, deadline: Seconds) -> None:
        self.task_id = task_id
        self._peer = peer
        self._dice = dice
        self._pauses: Iterator[Seconds] = peer.pauses(dice, deadline)
        self._tried = 0
        self.next_pause: Seconds = next(self._pauses)

    def ask(self, door: Door, now: Instant) -> Said | None:
        """Ask once. Answers what it says at its end, or None when `next_pause` comes before another question."""
        try:
            page: Page = door.list_page(ListQuery(task_id=self.task_id), now)
        except Retryable:
            self._tried += 1
            if self._tried >= self._peer.tries:
                return Said.BROKE_OFF
            self.next_pause = self._dice.uniform(0, min(RETRY_CAP, 2.0 ** (self._tried - 1)))
            return None
        self._tried = 0
        said = self._peer.read(page)
        if said is None:
            pause = next(self._pauses, None)
            if pause is None:
                return self._peer.at_the_end
            self.next_pause = pause
        return said
