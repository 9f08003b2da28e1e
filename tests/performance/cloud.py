"""Function Compute under many watches, in virtual time: instances, cold starts, late timers, and its own back-off.

What it rests on (Alibaba Cloud's pages "Error handling" and "Result callback" of Function Compute, 2026): one request an
instance at a time; at most `reservedConcurrency` instances; an asynchronous event that finds all of them busy is tried
again by Function Compute after 0.5 * 2^n s, n = 1, 2, 3, ..., which is no retry and costs nothing; a delay "may be not
accurate". Which idle instance gets a request is not documented: here the one that was busy last, so that the others can
fall idle and end.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from refresh_watch.function_compute.tasks import Started, Task, TaskStatus
from refresh_watch.instants import Instant, Seconds
from refresh_watch.products.api import ProductApi
from refresh_watch.products.polling.look import look
from refresh_watch.report import Report, ReportKind
from refresh_watch.reports.from_wire import decode
from refresh_watch.watching.hop_payload import Hop, read_hop
from refresh_watch.watching.quota import Quota
from refresh_watch.workflow.guard import run_guard
from refresh_watch.workflow.hop import LOOK_SHARE, TURN_PATIENCE, run_hop
from refresh_watch.workflow.task_ids import WATCH
from tests.performance.timeline import Actor, Timeline

FIRST_BACK_OFF: Seconds = 0.5
GIVEN_UP_AFTER: Seconds = 5 * 3600
"""So long an event is tried again before it fails for good (the same page); the guard would start the watch anew."""


CONTAINER: Seconds = 0.3
"""What Function Compute itself takes before the interpreter starts, in a cold start: assumed, it cannot be seen here."""


@dataclass(frozen=True)
class Terms:
    """What a hop meets. Seconds."""

    instances: int
    cold: Seconds = 1.2  # from the event to the first question: the container's start and the imports
    warm: Seconds = 0.01
    start_next: Seconds = 0.05  # one call of Function Compute's API
    idle: Seconds = 300.0  # an instance ends after so long without a request
    late: Seconds = 1.0  # a delay ends up to so much later
    budget: Seconds = LOOK_SHARE * 180  # of a look, with the time-out of s.yaml
    patience: Seconds = TURN_PATIENCE  # for its turn in the quota


@dataclass
class Instance:
    """One process, which keeps its quota across the hops that it runs."""

    quota: Quota
    actor: Actor
    idle_since: Instant
    fresh: bool = True


@dataclass
class Tally:
    """What it all took."""

    hops: int = 0
    cold_starts: int = 0
    billed: Seconds = 0.0
    given_up: int = 0
    worst_back_off: Seconds = 0.0  # between two tries of one hop
    worst_held: Seconds = 0.0  # from a hop's due time to its start
    at: dict[str, list[Instant]] = field(default_factory=dict)  # when each watch's hops began


@dataclass
class Cloud:
    """The engine's record and its instances. It is a `refresh_watch.function_compute.tasks.Engine`."""

    timeline: Timeline
    terms: Terms
    rates: Mapping[str, float]
    api: ProductApi
    finals: dict[str, tuple[Report, Instant]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    _record: dict[str, dict[str, Task]] = field(default_factory=lambda: defaultdict(dict))  # by watch
    _idle: list[Instance] = field(default_factory=list)
    _running: int = 0
    _dice: Random = field(default_factory=lambda: Random(7))

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        """Record a start, once; a hop is run when its delay is over, a final report is kept with its instant."""
        record = self._record[_watch_of(task_id)]
        if task_id in record:
            return Started.ALREADY
        if function == WATCH:
            record[task_id] = Task(task_id, TaskStatus.ENQUEUED, payload)
            due = self.timeline.now() + math.ceil(delay) + self._dice.random() * self.terms.late
            self.timeline.at(due, partial(self._take_up, task_id, payload, due, 0))
            return Started.STARTED
        record[task_id] = Task(task_id, TaskStatus.SUCCEEDED, payload)
        report = decode(payload)
        if report.kind is ReportKind.FINAL:
            self.finals.setdefault(report.watch_id, (report, self.timeline.now()))
        return Started.STARTED

    def task(self, function: str, task_id: str) -> Task | None:
        """One task."""
        return self._record[_watch_of(task_id)].get(task_id)

    def tasks(self, function: str, prefix: str) -> Sequence[Task]:
        """All tasks whose ids begin so."""
        record = self._record[_watch_of(prefix)]
        return [record[task_id] for task_id in sorted(record) if task_id.startswith(prefix)]

    def stop(self, function: str, task_id: str) -> None:
        """Nobody stops a watch here."""

    def _take_up(self, task_id: str, payload: bytes, due: Instant, tries: int) -> None:
        now = self.timeline.now()
        instance = self._instance(now)
        if instance is None and now - due >= GIVEN_UP_AFTER:
            self.tally.given_up += 1
            self._ended(task_id, TaskStatus.FAILED)
            return
        if instance is None:
            after = back_off(tries + 1)
            self.tally.worst_back_off = max(self.tally.worst_back_off, after)
            self.timeline.at(now + after, partial(self._take_up, task_id, payload, due, tries + 1))
            return
        self.tally.worst_held = max(self.tally.worst_held, now - due)
        self._running += 1
        instance.actor.give(partial(self._run, instance, task_id, payload))

    def _instance(self, now: Instant) -> Instance | None:
        while self._idle and now - self._idle[0].idle_since > self.terms.idle:
            self._idle.pop(0)
        if self._idle:
            return self._idle.pop()
        if self._running >= self.terms.instances:
            return None
        self.tally.cold_starts += 1
        return Instance(Quota(self.rates, instances=self.terms.instances), Actor(self.timeline), now)

    def _ended(self, task_id: str, status: TaskStatus) -> None:
        record = self._record[_watch_of(task_id)]
        # the payload of a hop that has been carried out is not read again: thousands would fill the memory
        record[task_id] = Task(task_id, status, None if status is TaskStatus.SUCCEEDED else record[task_id].payload)

    def _run(self, instance: Instance, task_id: str, payload: bytes) -> None:
        began = self.timeline.now()
        self.timeline.sleep(self.terms.cold if instance.fresh else self.terms.warm)
        instance.fresh = False
        until = began + self.terms.budget
        hop = read_hop(payload)
        if hop.is_guard:
            run_guard(hop, engine=_FromAHop(self, instance), clock=self.timeline)
        else:
            self._look(instance, hop, began, until)
        now = self.timeline.now()
        self.tally.billed += now - began
        self._running -= 1
        instance.idle_since = now
        self._idle.append(instance)
        self._ended(task_id, TaskStatus.SUCCEEDED)

    def _look(self, instance: Instance, hop: Hop, began: Instant, until: Instant) -> None:
        self.tally.at.setdefault(hop.watch.id, []).append(began)
        how = {"until": until, "patience": self.terms.patience, "booked": hop.booked}
        asked = partial(look, self.api, quota=instance.quota, clock=self.timeline, **how)
        run_hop(hop, look=asked, engine=_FromAHop(self, instance), clock=self.timeline)
        self.tally.hops += 1


@dataclass(frozen=True)
class _FromAHop:
    """The engine as a hop meets it: each start takes its time."""

    cloud: Cloud
    instance: Instance

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        self.cloud.timeline.sleep(self.cloud.terms.start_next)
        return self.cloud.start_later(function, payload, delay, task_id)

    def task(self, function: str, task_id: str) -> Task | None:
        return self.cloud.task(function, task_id)

    def tasks(self, function: str, prefix: str) -> Sequence[Task]:
        return self.cloud.tasks(function, prefix)

    def stop(self, function: str, task_id: str) -> None:
        self.cloud.stop(function, task_id)


def _watch_of(task_id: str) -> str:
    return task_id.split("-")[1]


def back_off(tries: int) -> Seconds:
    """How long Function Compute waits after an event has found all instances busy `tries` times: 1, 2, 4, 8, ... s."""
    return float(FIRST_BACK_OFF * 2**tries)
