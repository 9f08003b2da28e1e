"""Function Compute and a product in virtual time, with everything going wrong that a seed says.

At least once and unordered: a task may run twice, die after any of its effects and be retried, or be cut off for good.
The code that runs is the project's own; only time, the record and the product's answers are made up.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from refresh_watch.errors import EngineError
from refresh_watch.function_compute.tasks import Started, Task, TaskStatus
from refresh_watch.limits import MAX_PAYLOAD
from refresh_watch.model import FailedObject, Kind
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.reports.wire import from_json
from refresh_watch.settings import ChannelSetting, Secret, Settings
from refresh_watch.watch import Watch
from refresh_watch.watching.state import read_hop
from refresh_watch.workflow.delivery_state import read_delivery
from refresh_watch.workflow.fan_out import fan_out
from refresh_watch.workflow.guard import run_guard
from refresh_watch.workflow.hop import run_hop

RETRIES = {"watch": 8, "notify": 3}
CHANNELS = ("oncall", "audit")
SETTINGS = Settings(channels=tuple(ChannelSetting(name, "webhook", Secret("https://example.com")) for name in CHANNELS))


class Crash(BaseException):
    """The worker is gone; nobody catches it but the cloud."""


@dataclass(frozen=True)
class Truth:
    """What really becomes of a task: it ends at an instant, with so many objects complete and failed."""

    ends_at: float
    complete: int
    failed: int
    appears_at: float = 0.0


@dataclass
class Cloud:
    """The engine's record, the queue, and the world."""

    chance: Random
    truths: dict[str, Truth]
    trouble: float  # how likely anything goes wrong, from 0 to 1
    at: float = 1_795_000_000.0
    record: dict[tuple[str, str], Task] = field(default_factory=dict)
    queue: list[tuple[float, int, str, str, int]] = field(default_factory=list)
    posts: Counter[tuple[str, str]] = field(default_factory=Counter)
    outage_until: float = 0.0
    _order: int = 0
    _effects_left: int = -1
    _shown: dict[str, float] = field(default_factory=dict)

    # refresh_watch.clock.Clock
    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    # refresh_watch.function_compute.tasks.Engine
    def start_later(self, function: str, payload: bytes, delay: float, task_id: str) -> Started:
        assert len(payload) <= MAX_PAYLOAD
        if self._hits(0.3):
            raise EngineError("Function Compute did not answer")
        started = Started.ALREADY
        if (function, task_id) not in self.record:
            self.record[function, task_id] = Task(task_id, TaskStatus.ENQUEUED, payload)
            self._push(self.at + delay + self.chance.random(), function, task_id, 0)
            started = Started.STARTED
        self._effects_left -= 1
        if self._effects_left == 0:
            raise Crash
        return started

    def task(self, function: str, task_id: str) -> Task | None:
        return self.record.get((function, task_id))

    def tasks(self, function: str, prefix: str) -> Sequence[Task]:
        found = [
            task for (name, task_id), task in self.record.items() if name == function and task_id.startswith(prefix)
        ]
        return [Task(task.id, task.status) for task in found]

    def stop(self, function: str, task_id: str) -> None: ...

    # the product
    def look(self, watch: Watch) -> Observation:
        began = self.at
        self.at += self.chance.random() * 3
        if self._hits(0.5):
            self.outage_until = self.at + self.chance.choice((5.0, 120.0, 4000.0))
        dark = self.at < self.outage_until
        observations = tuple(self._sighting(item.item, dark) for item in watch.turn)
        return Observation(observations, began, self.at, 1)

    def _sighting(self, item: str, dark: bool) -> ItemObservation:
        truth = self.truths[item]
        # an answer shows what the question before it brought up to date
        seen_at, self._shown[item] = self._shown.get(item, 0.0), self.at
        if dark:
            return ItemObservation(item, Answer.NO_ANSWER, problem="Throttling", throttled=self.chance.random() < 0.7)
        if self.at < truth.appears_at:
            return ItemObservation(item, Answer.NOT_SEEN)
        if self._hits(1.0):
            # a page is missing
            return ItemObservation(
                item, Answer.SEEN, False, truth.complete, 0, 0, kind=Kind.REFRESH, status_word="Complete"
            )
        if seen_at < truth.ends_at:
            running = truth.complete + truth.failed
            return ItemObservation(item, Answer.SEEN, True, 0, 0, running, kind=Kind.REFRESH, status_word="Refreshing")
        failures = tuple(
            FailedObject(f"http://example.com/{i}", "Failed", "OriginTimeout") for i in range(truth.failed)
        )
        word = "Failed" if truth.failed else "Complete"
        return ItemObservation(
            item, Answer.SEEN, True, truth.complete, truth.failed, 0, failures, word, kind=Kind.REFRESH
        )

    # the dispatcher
    def run(self, most: int = 20_000) -> None:
        """Run until nothing is queued."""
        while self.queue:
            most -= 1
            assert most, "it never ends"
            due, _, function, task_id, attempt = heapq.heappop(self.queue)
            self.at = max(self.at, due)
            self._run_once(function, task_id, attempt)

    def _run_once(self, function: str, task_id: str, attempt: int) -> None:
        if task_id.startswith(("w-", "f-")) and self._hits(0.3):
            self._set(function, task_id, self.chance.choice((TaskStatus.STOPPED, TaskStatus.EXPIRED)))
            return
        payload = self.record[function, task_id].payload
        assert payload is not None
        self._effects_left = self.chance.randint(1, 3) if self._hits(2.0) else -1
        try:
            self._handle(function, payload)
        except (Crash, EngineError):
            dead = attempt == RETRIES[function]
            self._set(function, task_id, TaskStatus.FAILED if dead else TaskStatus.RETRYING)
            if not dead:
                self._push(self.at + 1, function, task_id, attempt + 1)
            return
        self._set(function, task_id, TaskStatus.SUCCEEDED)
        if self._hits(1.0):
            self._push(self.at + self.chance.random() * 10, function, task_id, attempt)

    def _handle(self, function: str, payload: bytes) -> None:
        if function == "watch":
            hop = read_hop(payload)
            if hop.is_guard:
                run_guard(hop, engine=self, clock=self)
            else:
                run_hop(hop, look=self.look, engine=self, clock=self)
            return
        given = json.loads(payload)
        if "delivery" in given:
            state = read_delivery(given)
            self.posts[state.report.id, state.channel] += 1
            return
        fan_out(from_json(given), settings=SETTINGS, engine=self)

    def _push(self, due: float, function: str, task_id: str, attempt: int) -> None:
        self._order += 1
        heapq.heappush(self.queue, (due, self._order, function, task_id, attempt))

    def _set(self, function: str, task_id: str, status: TaskStatus) -> None:
        self.record[function, task_id] = Task(task_id, status, self.record[function, task_id].payload)

    def _hits(self, weight: float) -> bool:
        return self.chance.random() < self.trouble * weight * 0.1
