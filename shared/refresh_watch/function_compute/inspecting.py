"""Function Compute's own answers, as they are: for `doctor --probe`, which measures what no document settles.

Importing it imports the SDK.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alibabacloud_fc20230330 import models
from darabonba.runtime import RuntimeOptions
from Tea.exceptions import TeaException

from refresh_watch.errors import EngineError
from refresh_watch.function_compute.client import describe_failure
from refresh_watch.function_compute.invoke import Invoking
from refresh_watch.function_compute.tasks import TaskStatus
from refresh_watch.instants import Instant, Seconds

_CONNECT_MS = 5000
_READ_MS = 90_000
_MOST = 100


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
    destination: str
    events: tuple[tuple[Instant, str], ...]  # when, and the status

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to it."""
        return not self.status.is_live and self.status is not TaskStatus.STOPPING


class Inspecting(Invoking):
    """The engine, and its raw answers. One call is one request."""

    def name(self, function: str) -> str:
        """What a function is called where it is deployed."""
        return self._settings.function_name(function)

    def send(
        self, function: str, payload: bytes, *, task_id: str = "", delay: int = 0, waits: bool = False
    ) -> Submitted:
        """Invoke `function`: asynchronously, or (`waits`) at once. Raises EngineError where there is no answer."""
        name = self._settings.function_name(function)
        headers = models.InvokeFunctionHeaders(
            common_headers={"x-fc-async-delay": str(delay)} if delay else {},
            x_fc_invocation_type="Sync" if waits else "Async",
            x_fc_async_task_id=task_id or None,
        )
        request = models.InvokeFunctionRequest(body=payload)
        options = RuntimeOptions(connect_timeout=_CONNECT_MS, read_timeout=_READ_MS)
        sent_at = self._clock.now()
        try:
            answer = self._client.invoke_function_with_options(name, request, headers, options)
        except TeaException as error:
            return self._refused(f"invoke {name}", error, sent_at, self._clock.now())
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
        name = self._settings.function_name(function)
        request = models.GetAsyncTaskRequest()
        try:
            return _recorded(self._client.get_async_task_with_options(name, task_id, request, {}, _options()).body)
        except TeaException as error:
            if getattr(error, "status_code", None) == 404:
                return None
            raise self._failed(f"read {task_id}", error) from None

    def listed(self, function: str, prefix: str) -> list[Recorded]:
        """One page of ListAsyncTasks with payloads, newest first, unfiltered by us. Raises EngineError."""
        name = self._settings.function_name(function)
        request = models.ListAsyncTasksRequest(
            prefix=prefix, limit=_MOST, include_payload=True, sort_order_by_time="desc"
        )
        ask: Callable[[], Any] = lambda: self._client.list_async_tasks_with_options(name, request, {}, _options())  # noqa: E731
        try:
            return [_recorded(entry) for entry in ask().body.tasks or []]
        except TeaException as error:
            raise self._failed(f"list {prefix}", error) from None

    def _refused(self, what: str, error: Any, sent_at: Instant, answered_at: Instant) -> Submitted:
        if getattr(error, "status_code", None) is None:
            raise self._failed(what, error)
        return _as_submitted(error, sent_at, answered_at)

    def _failed(self, what: str, error: Any) -> EngineError:
        return EngineError(describe_failure(what, error, self._host))


def _options() -> Any:
    return RuntimeOptions(connect_timeout=_CONNECT_MS, read_timeout=_CONNECT_MS)


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
    return Recorded(
        id=str(entry.task_id or ""),
        status=TaskStatus.of(entry.status or ""),
        started_at=_seconds(entry.started_time),
        ended_at=_seconds(entry.end_time),
        duration=_seconds(entry.duration_ms),
        retried=entry.already_retried_times if isinstance(entry.already_retried_times, int) else None,
        payload=_text(entry.task_payload),
        returned=_text(entry.return_payload),
        destination=str(entry.destination_status or "")[:40],
        events=tuple(_events(entry.events or [])),
    )


def _events(events: list[Any]) -> list[tuple[Instant, str]]:
    seen = [(_seconds(event.timestamp), str(event.status or "")[:40]) for event in events]
    return [(at, status) for at, status in seen if at is not None]


def _seconds(milliseconds: Any) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, (int, float)) and milliseconds > 0 else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
