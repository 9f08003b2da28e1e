"""Function Compute's own answers, as they are: for `doctor --probe`, which measures what no document settles.

Importing it imports the SDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alibabacloud_fc20230330 import models
from Tea.exceptions import TeaException

from refresh_watch.clock import Clock
from refresh_watch.errors import EngineError
from refresh_watch.function_compute.tasks import TaskStatus
from refresh_watch.function_compute.transport import Transport, long_call, short_call
from refresh_watch.instants import Instant, Seconds
from refresh_watch.limits import TASKS_A_PAGE


@dataclass(frozen=True)
class Submitted:
    """What became of one call, made once and not again. `keys` are those of an error's body."""

    status: int
    code: str
    keys: tuple[str, ...]
    headers: tuple[str, ...]  # names of those that begin with x-fc-
    body: bytes
    sent_at: Instant
    answered_at: Instant
    error: str = ""  # x-fc-error-type: the function itself failed

    @property
    def is_accepted(self) -> bool:
        """Function Compute took it, and the function did not fail."""
        return 200 <= self.status < 300 and not self.error


@dataclass(frozen=True)
class Recorded:
    """A task as GetAsyncTask or ListAsyncTasks shows it; what is absent is None."""

    id: str
    status: TaskStatus
    started_at: Instant | None
    ended_at: Instant | None
    duration: Seconds | None
    retried: int | None
    payload: str | None
    returned: str | None
    events: tuple[tuple[Instant, str], ...]  # when, and the status

    @property
    def is_over(self) -> bool:
        return not self.status.is_live and self.status is not TaskStatus.STOPPING


class Inspector:
    """One call is one request, and its answer is handed on as it is."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock

    def send(
        self, function: str, payload: bytes, *, task_id: str = "", delay: int = 0, waits: bool = False
    ) -> Submitted:
        """Invoke `function`: asynchronously, or (`waits`) at once. Raises EngineError where there is no answer."""
        name = self._transport.name(function)
        headers = models.InvokeFunctionHeaders(
            common_headers={"x-fc-async-delay": str(delay)} if delay else {},
            x_fc_invocation_type="Sync" if waits else "Async",
            x_fc_async_task_id=task_id or None,
        )
        request = models.InvokeFunctionRequest(body=payload)
        sent_at = self._clock.now()
        try:
            answer = self._transport.call_once(
                lambda client: client.invoke_function_with_options(name, request, headers, long_call())
            )
        except TeaException as error:
            if getattr(error, "status_code", None) is None:
                raise self._failed(f"invoke {name}", error) from None
            return _as_submitted(error, sent_at, self._clock.now())
        given = {str(key).lower(): str(value) for key, value in (answer.headers or {}).items()}
        body = answer.body.read() if hasattr(answer.body, "read") else answer.body or b""
        return Submitted(
            status=int(answer.status_code or 0),
            code="",
            keys=(),
            headers=tuple(sorted(key for key in given if key.startswith("x-fc-"))),
            body=body if isinstance(body, bytes) else str(body).encode(),
            sent_at=sent_at,
            answered_at=self._clock.now(),
            error=given.get("x-fc-error-type", ""),
        )

    def recorded(self, function: str, task_id: str) -> Recorded | None:
        """GetAsyncTask; None where there is none of that id. Raises EngineError."""
        name, request = self._transport.name(function), models.GetAsyncTaskRequest()
        try:
            answer = self._transport.call_once(
                lambda client: client.get_async_task_with_options(name, task_id, request, {}, short_call())
            )
        except TeaException as error:
            if getattr(error, "status_code", None) == 404:
                return None
            raise self._failed(f"read {task_id}", error) from None
        return _recorded(answer.body)

    def listed(self, function: str, prefix: str) -> list[Recorded]:
        """One page of ListAsyncTasks with payloads, newest first, unfiltered by us. Raises EngineError."""
        name = self._transport.name(function)
        request = models.ListAsyncTasksRequest(
            prefix=prefix, limit=TASKS_A_PAGE, include_payload=True, sort_order_by_time="desc"
        )
        try:
            answer = self._transport.call_once(
                lambda client: client.list_async_tasks_with_options(name, request, {}, short_call())
            )
        except TeaException as error:
            raise self._failed(f"list {prefix}", error) from None
        return [_recorded(entry) for entry in answer.body.tasks or []]

    def _failed(self, what: str, error: Any) -> EngineError:
        return EngineError(self._transport.describe(what, error))


def _as_submitted(error: Any, sent_at: Instant, answered_at: Instant) -> Submitted:
    data = error.data if isinstance(getattr(error, "data", None), dict) else {}
    code = str(data.get("Code") or data.get("ErrorCode") or getattr(error, "code", None) or "")
    return Submitted(
        status=int(error.status_code),
        code=code[:80],
        # the SDK puts its own two into the body
        keys=tuple(sorted(str(key)[:40] for key in data if key not in ("statusCode", "requestId")))[:20],
        headers=(),
        body=b"",
        sent_at=sent_at,
        answered_at=answered_at,
    )


def _recorded(entry: Any) -> Recorded:
    seen = [(_seconds(event.timestamp), str(event.status or "")[:40]) for event in entry.events or []]
    return Recorded(
        id=str(entry.task_id or ""),
        status=TaskStatus.of(entry.status or ""),
        started_at=_seconds(entry.started_time),
        ended_at=_seconds(entry.end_time),
        duration=_seconds(entry.duration_ms),
        retried=entry.already_retried_times if isinstance(entry.already_retried_times, int) else None,
        payload=_text(entry.task_payload),
        returned=_text(entry.return_payload),
        events=tuple((at, status) for at, status in seen if at is not None),
    )


def _seconds(milliseconds: Any) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, (int, float)) and milliseconds > 0 else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
