"""notify in virtual time: its instances, Function Compute's queue before them, and robots over real sockets.

The code that runs is the project's own, down to the bytes at the robot; only time and the queue are made up, for what
is shown here takes from ten minutes to a day.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.errors import Undelivered
from refresh_watch.function_compute.tasks import Started, Task, TaskStatus
from refresh_watch.instants import Instant, Seconds
from refresh_watch.limits import MAX_PAYLOAD
from refresh_watch.report import Report
from refresh_watch.reports.wire import encode
from refresh_watch.settings import Settings, read_channels
from refresh_watch.workflow.notify import notify
from refresh_watch.workflow.task_ids import NOTIFY
from refresh_watch_emulator.chat_wall import ChatWall
from tests.channels.delivering import ALLOWED
from tests.hand_clock import HandClock

VISIT_TAKES: Seconds = 0.4
"""What an invocation keeps its instance for."""


@dataclass
class VirtualNotify:
    """A refresh_watch.function_compute.tasks.Engine, and what dispatches its tasks to `instances` of notify."""

    clock: HandClock
    wall: ChatWall
    channels: Sequence[dict[str, object]]
    instances: int = 2
    record: dict[str, Task] = field(default_factory=dict)
    queue: list[tuple[Instant, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = Settings(
            channels=read_channels(json.dumps(list(self.channels)), ALLOWED), allowed_hosts=ALLOWED, environment="prod"
        )
        self._pacings = [Pacing(self.instances) for _ in range(self.instances)]
        self._busy_until = [0.0] * self.instances

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        assert function == NOTIFY
        assert len(payload) <= MAX_PAYLOAD
        assert 0 <= delay <= 3599
        if task_id in self.record:
            return Started.ALREADY
        self.record[task_id] = Task(task_id, TaskStatus.ENQUEUED, payload)
        heapq.heappush(self.queue, (self.clock.now() + delay, len(self.record), task_id))
        return Started.STARTED

    def task(self, function: str, task_id: str) -> Task | None:
        return self.record.get(task_id)

    def tasks(self, function: str, prefix: str) -> Sequence[Task]:
        return [replace(task, payload=None) for task in self.record.values() if task.id.startswith(prefix)]

    def stop(self, function: str, task_id: str) -> None: ...

    def commit(self, report: Report) -> None:
        """As a hop does."""
        self.start_later(NOTIFY, encode(report), 0, report.id)

    def run(self) -> None:
        """Until nothing is queued. Each task goes to the instance that is free first."""
        while self.queue:
            due, _, task_id = heapq.heappop(self.queue)
            free = min(range(self.instances), key=self._busy_until.__getitem__)
            self.clock.at = max(self.clock.at, due, self._busy_until[free])
            status = TaskStatus.SUCCEEDED
            payload = self.record[task_id].payload
            assert payload is not None
            try:
                notify(payload, settings=self.settings, engine=self, clock=self.clock, pacing=self._pacings[free])
            except Undelivered:
                status = TaskStatus.FAILED
            self.record[task_id] = replace(self.record[task_id], status=status)
            self._busy_until[free] = self.clock.now() + VISIT_TAKES
