"""What Function Compute knows of an asynchronous task, and what we ask of it. No SDK here."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from refresh_watch.instants import Seconds
from refresh_watch.model import Word


class TaskStatus(Word):
    """The ten states of a task (ListAsyncTasks, SDK alibabacloud-fc20230330)."""

    ENQUEUED = "Enqueued"
    DEQUEUED = "Dequeued"
    RUNNING = "Running"
    RETRYING = "Retrying"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def of(cls, word: str) -> TaskStatus:
        """What is not known is UNKNOWN."""
        return cls(word) if word in {status.value for status in cls} else cls.UNKNOWN

    @property
    def is_live(self) -> bool:
        """It will still run, or runs. An unknown state is taken for live: nothing is started in its place."""
        return self in _LIVE

    @property
    def is_dead(self) -> bool:
        """It ended without having done its work."""
        return self in _DEAD


_LIVE = (TaskStatus.ENQUEUED, TaskStatus.DEQUEUED, TaskStatus.RUNNING, TaskStatus.RETRYING, TaskStatus.UNKNOWN)
_DEAD = (TaskStatus.FAILED, TaskStatus.STOPPING, TaskStatus.STOPPED, TaskStatus.EXPIRED, TaskStatus.INVALID)


class Started(enum.Enum):
    """What became of a start."""

    STARTED = "started"
    ALREADY = "already"  # a task of that id exists: it has happened, or will


@dataclass(frozen=True)
class Task:
    """One asynchronous invocation. `payload` is None in a list, and where Function Compute keeps none."""

    id: str
    status: TaskStatus
    payload: bytes | None = None
    error: str = ""


class Engine(Protocol):
    """A durable timer that makes things happen once. Functions are named by their folders.

    Every method raises EngineError when Function Compute does not answer as it should.
    """

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        """Run `function` with `payload` after `delay` (0 to 3,599 s), once for this `task_id`."""
        ...

    def task(self, function: str, task_id: str) -> Task | None:
        """One task with its payload, or None when there is none of that id."""
        ...

    def tasks(self, function: str, prefix: str) -> Sequence[Task]:
        """All tasks of the last 7 days whose ids begin with `prefix`, without their payloads."""
        ...

    def stop(self, function: str, task_id: str) -> None:
        """End a task that waits or runs; one that has ended is left as it is."""
        ...
