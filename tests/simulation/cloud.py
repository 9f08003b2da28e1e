"""Function Compute and a product in virtual time, with everything going wrong that a seed says.

At least once and unordered: a task may run twice, die after any of its effects and be retried, or be cut off for good.
The code that runs is the project's own; only time, the record and the product's answers are made up.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from refresh_watch.errors import EngineError
from refresh_watch.function_compute.tasks import Started, TaskStatus
from refresh_watch.model import FailedObject, Kind
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.reports.from_wire import from_json
from refresh_watch.settings import ChannelSetting, Secret, Settings
from refresh_watch.watch import Watch
from refresh_watch.watching.hop_payload import read_hop
from refresh_watch.workflow.deliveries import fan_out, read_delivery
from refresh_watch.workflow.guard import run_guard
from refresh_watch.workflow.hop import run_hop
from tests.hand_clock import HandClock
from tests.record import Record

NOON = 1_795_000_000.0
RETRIES = {"watch": 8, "notify": 3}
CHANNELS = ("oncall", "audit")
SETTINGS = Settings(channels=tuple(ChannelSetting(name, "webhook", Secret("https://example.com")) for name in CHANNELS))


class Crash(BaseException):
    """The worker is gone; only the cloud catches it."""


@dataclass(frozen=True)
class Truth:
    """What really becomes of a task: it ends at an instant, with so many objects complete and failed."""

    ends_at: float
    complete: int
    failed: int
    appears_at: float = 0.0


@dataclass
class Cloud(Record):
    """The engine's record, the queue, and the world."""

    chance: Random = field(default_factory=Random)
    truths: dict[str, Truth] = field(default_factory=dict)
    trouble: float = 0.0  # how likely anything goes wrong, from 0 to 1
    clock: HandClock = field(default_factory=lambda: HandClock(NOON))
    queue: list[tuple[float, int, str, str, int]] = field(default_factory=list)
    posts: Counter[tuple[str, str]] = field(default_factory=Counter)
    outage_until: float = 0.0
    _order: int = 0
    _effects_left: int = -1
    _shown: dict[str, float] = field(default_factory=dict)

    def start_later(self, function: str, payload: bytes, delay: float, task_id: str) -> Started:
        if self._hits(0.3):
            raise EngineError("Function Compute did not answer")
        started = super().start_later(function, payload, delay, task_id)
        if started is Started.STARTED:
            self._push(self.clock.at + delay + self.chance.random(), function, task_id, 0)
        self._effects_left -= 1
        if self._effects_left == 0:
            raise Crash
        return started

    # the product
    def look(self, watch: Watch) -> Observation:
        began = self.clock.at
        self.clock.at += self.chance.random() * 3
        if self._hits(0.5):
            self.outage_until = self.clock.at + self.chance.choice((5.0, 120.0, 4000.0))
        dark = self.clock.at < self.outage_until
        observations = tuple(self._sighting(item.item, dark) for item in watch.turn)
        return Observation(observations, began, self.clock.at, 1)

    def _sighting(self, item: str, dark: bool) -> ItemObservation:
        truth = self.truths[item]
        # an answer shows what the question before it brought up to date
        seen_at, self._shown[item] = self._shown.get(item, 0.0), self.clock.at
        if dark:
            return ItemObservation(item, Answer.NO_ANSWER, problem="Throttling", throttled=self.chance.random() < 0.7)
        if self.clock.at < truth.appears_at:
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
            self.clock.at = max(self.clock.at, due)
            self._run_once(function, task_id, attempt)

    def _run_once(self, function: str, task_id: str, attempt: int) -> None:
        if task_id.startswith(("w-", "f-")) and self._hits(0.3):
            self.set(function, task_id, self.chance.choice((TaskStatus.STOPPED, TaskStatus.EXPIRED)))
            return
        payload = self.payload(function, task_id)
        self._effects_left = self.chance.randint(1, 3) if self._hits(2.0) else -1
        try:
            self._handle(function, payload)
        except (Crash, EngineError):
            dead = attempt == RETRIES[function]
            self.set(function, task_id, TaskStatus.FAILED if dead else TaskStatus.RETRYING)
            if not dead:
                self._push(self.clock.at + 1, function, task_id, attempt + 1)
            return
        self.set(function, task_id, TaskStatus.SUCCEEDED)
        if self._hits(1.0):
            self._push(self.clock.at + self.chance.random() * 10, function, task_id, attempt)

    def _handle(self, function: str, payload: bytes) -> None:
        if function == "watch":
            hop = read_hop(payload)
            if hop.is_guard:
                run_guard(hop, engine=self, clock=self.clock)
            else:
                run_hop(hop, look=self.look, engine=self, clock=self.clock)
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

    def _hits(self, weight: float) -> bool:
        return self.chance.random() < self.trouble * weight * 0.1
