"""Function Compute's record in memory: what was started is kept once, checked as Function Compute checks it, and not run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from refresh_watch.function_compute.tasks import Started, Task, TaskStatus
from refresh_watch.instants import Seconds
from refresh_watch.limits import LONGEST_DELAY, MAX_PAYLOAD, TASK_ID


@dataclass
class Record:
    """A refresh_watch.function_compute.tasks.Engine. `kept` is by function and task id, oldest first."""

    status: TaskStatus = TaskStatus.ENQUEUED  # of a task that was started
    kept: dict[tuple[str, str], Task] = field(default_factory=dict)
    delays: dict[str, Seconds] = field(default_factory=dict)  # by task id

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        assert TASK_ID.fullmatch(task_id), task_id
        assert len(payload) <= MAX_PAYLOAD, f"{len(payload)} bytes for {task_id}"
        assert 0 <= delay <= LONGEST_DELAY, f"{delay} s for {task_id}"
        if (function, task_id) in self.kept:
            return Started.ALREADY
        self.kept[function, task_id] = Task(task_id, self.status, payload)
        self.delays[task_id] = delay
        return Started.STARTED

    def task(self, function: str, task_id: str) -> Task | None:
        return self.kept.get((function, task_id))

    def tasks(self, function: str, prefix: str) -> Sequence[Task]:
        return [Task(task.id, task.status) for task in self._of(function, prefix)]

    def stop(self, function: str, task_id: str) -> None:
        self.set(function, task_id, TaskStatus.STOPPED)

    def set(self, function: str, task_id: str, status: TaskStatus) -> None:
        self.kept[function, task_id] = Task(task_id, status, self.payload(function, task_id))

    def payload(self, function: str, task_id: str) -> bytes:
        payload = self.kept[function, task_id].payload
        assert payload is not None
        return payload

    def payloads(self, function: str, prefix: str = "") -> list[bytes]:
        """Of all tasks whose ids begin so, oldest first."""
        return [task.payload for task in self._of(function, prefix) if task.payload is not None]

    def _of(self, function: str, prefix: str) -> list[Task]:
        return [task for (name, task_id), task in self.kept.items() if name == function and task_id.startswith(prefix)]
