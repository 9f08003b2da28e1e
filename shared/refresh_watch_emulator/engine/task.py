"""An asynchronous invocation as Function Compute keeps it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Word


class TaskState(Word):
    """The ten states."""

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

    @property
    def is_final(self) -> bool:
        """Nothing more will happen to the task."""
        return self not in (*WAITING, *UNDER_WAY)


WAITING = (TaskState.ENQUEUED, TaskState.RETRYING)
UNDER_WAY = (TaskState.DEQUEUED, TaskState.RUNNING, TaskState.STOPPING)


@dataclass(frozen=True)
class NewTask:
    """What was accepted. ``event`` is what the handler will be given; it starts at ``due_at``, not before."""

    function: str  # its name
    task_id: str
    request_id: str
    event: bytes
    accepted_at: Instant
    due_at: Instant
    expires_at: Instant
    listed: bool = True  # False: the function has no task mode, so no one can ask for it


@dataclass(frozen=True)
class TaskEvent:
    """One step in a task's life."""

    at: Instant
    status: TaskState
    detail: str


@dataclass(frozen=True)
class StoredTask:
    """A task as it stands."""

    number: int  # in the order of acceptance
    function: str
    task_id: str
    request_id: str
    event: bytes
    accepted_at: Instant
    due_at: Instant
    expires_at: Instant
    status: TaskState
    retries: int = 0  # attempts after the first
    runs: int = 0  # how often its handler was started
    throttles: int = 0  # how often its function was at its limit
    throttled_since: Instant | None = None
    ended_at: Instant | None = None
    duration: Seconds | None = None  # of the last attempt
    instance_id: str = ""
    result: str = ""  # what the handler gave, as text
    error: str = ""
    destination_status: str = ""
    events: tuple[TaskEvent, ...] = ()


@dataclass(frozen=True)
class Ending:
    """How a task ended. ``follow_up`` (what its destination gets) is stored in the same transaction."""

    status: TaskState
    error: str = ""
    result: str = ""
    duration: Seconds | None = None
    destination_status: str = ""
    follow_up: NewTask | None = None


@dataclass(frozen=True)
class TaskQuery:
    """Which tasks of a function are wanted. ``after`` is the number of the last task of the page before."""

    function: str
    prefix: str = ""
    status: TaskState | None = None
    accepted_from: int | None = None  # ms
    accepted_until: int | None = None  # ms
    newest_first: bool = True
    limit: int = 20
    after: int | None = None
    seen_at: Instant | None = None  # as the tasks were then; None: as they are


def as_api(task: StoredTask, function_arn: str, *, payload: bool) -> dict[str, Any]:
    """Write an AsyncTask (times in ms). ``startedTime`` is the acceptance: the documents do not say which instant."""
    answer: dict[str, Any] = {
        "taskId": task.task_id,
        "requestId": task.request_id,
        "functionArn": function_arn,
        "qualifier": "LATEST",
        "status": task.status.value,
        "startedTime": _ms(task.accepted_at),
        "alreadyRetriedTimes": task.retries,
        "events": [
            {"eventId": i, "status": event.status.value, "timestamp": _ms(event.at), "eventDetail": event.detail}
            for i, event in enumerate(task.events, 1)
        ],
    }
    if task.ended_at is not None:
        answer["endTime"] = _ms(task.ended_at)
    if task.duration is not None:
        answer["durationMs"] = _ms(task.duration)
    if task.instance_id:
        answer["instanceId"] = task.instance_id
    if task.error:
        answer["taskErrorMessage"] = task.error
    if task.destination_status:
        answer["destinationStatus"] = task.destination_status
    if payload:
        answer["taskPayload"] = task.event.decode(errors="replace")
        answer["returnPayload"] = task.result
    return answer


def new_request_id(now: Instant) -> str:
    """Make an id of the form ``1-<hex of the second>-<8 hex>-<12 hex>``."""
    noise = uuid.uuid4().hex
    return f"1-{int(now):08x}-{noise[:8]}-{noise[8:20]}"


def new_task_id() -> str:
    """Make the id of a task that was given none."""
    return f"t-{uuid.uuid4().hex}"


def _ms(seconds: Seconds) -> int:
    return int(seconds * 1000)  # cut, as the query behind a list cuts it
