"""The engine as Function Compute's own HTTP API 2023-03-30, through the official SDK.

Importing this module imports the SDK: `connect` does so at the first call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions
from Tea.exceptions import TeaException

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, EngineError
from refresh_watch.function_compute.tasks import MAX_PAYLOAD, Started, Task, TaskStatus
from refresh_watch.instants import Seconds
from refresh_watch.settings import Settings
from refresh_watch.unreachable import why_unanswered
from refresh_watch.watching.schedule import LONGEST_WAIT

_TRIES = 3
_FIRST_PAUSE: Seconds = 0.2
_TIMEOUT_MS = 3000  # with the tries about 10 s an effect: a hop has 20 s for two, after its look
_PAGE = 100


class FunctionCompute:
    """See `tasks.Engine` for the contract of each method."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: Clock) -> None:
        """`credentials` are those of this invocation: nothing here outlives it."""
        self._settings = settings
        self._clock = clock
        self._client = _client(settings, credentials)
        self._host = urlsplit(_endpoint(settings)).netloc

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        """Invoke asynchronously with a task id and, for a delay over 0, `x-fc-async-delay` in whole seconds."""
        if len(payload) > MAX_PAYLOAD:
            raise BadInput("payload", f"{len(payload)} bytes for {task_id}", f"at most {MAX_PAYLOAD} bytes")
        seconds = min(math.ceil(max(0.0, delay)), int(LONGEST_WAIT))
        name = self._settings.function_name(function)

        def invoke() -> Any:
            # the SDK writes the task id into this dict: it must be a fresh one each call
            headers = models.InvokeFunctionHeaders(
                common_headers={"x-fc-async-delay": str(seconds)} if seconds else {},
                x_fc_invocation_type="Async",
                x_fc_async_task_id=task_id,
            )
            request = models.InvokeFunctionRequest(body=payload)
            return self._client.invoke_function_with_options(name, request, headers, _runtime())

        try:
            self._call(f"start {task_id}", invoke)
        except _AlreadyExists:
            return Started.ALREADY
        return Started.STARTED

    def task(self, function: str, task_id: str) -> Task | None:
        """GetAsyncTask."""
        name = self._settings.function_name(function)
        request = models.GetAsyncTaskRequest()
        try:
            answer = self._call(
                f"read {task_id}",
                lambda: self._client.get_async_task_with_options(name, task_id, request, {}, _runtime()),
            )
        except _NotFound:
            return None
        return _task(answer.body)

    def tasks(self, function: str, prefix: str) -> list[Task]:
        """ListAsyncTasks, all pages."""
        return list(self._pages(function, prefix))

    def _pages(self, function: str, prefix: str) -> Iterator[Task]:
        name = self._settings.function_name(function)
        token = None
        while True:
            request = models.ListAsyncTasksRequest(prefix=prefix, limit=_PAGE, next_token=token)

            def ask(request: Any = request) -> Any:
                return self._client.list_async_tasks_with_options(name, request, {}, _runtime())

            body = self._call(f"list {prefix}", ask).body
            for entry in body.tasks or []:
                # the prefix filter is the service's; an answer that ignores it must not mix watches
                if (entry.task_id or "").startswith(prefix):
                    yield _task(entry)
            token = body.next_token
            if not token:
                return

    def stop(self, function: str, task_id: str) -> None:
        """StopAsyncTask."""
        name = self._settings.function_name(function)
        request = models.StopAsyncTaskRequest()
        try:
            self._call(
                f"stop {task_id}",
                lambda: self._client.stop_async_task_with_options(name, task_id, request, {}, _runtime()),
            )
        except (_NotFound, _Refused):
            # none of that id, or one that has ended: there is nothing left to stop
            return

    def _call(self, what: str, call: Callable[[], Any]) -> Any:
        pause = _FIRST_PAUSE
        for attempt in range(1, _TRIES + 1):
            try:
                return call()
            except TeaException as error:
                failure = _failure(what, error, self._host)
                # an unclear answer may hide a start that happened: asking again tells by its 409
                if not isinstance(failure, _Unclear) or attempt == _TRIES:
                    raise failure from None
            self._clock.sleep(pause * (0.5 + 0.5 * self._clock.chance()))
            pause *= 3
        raise AssertionError(what)


class _AlreadyExists(EngineError):
    """A task of that id is known."""


class _NotFound(EngineError):
    """No such task."""


class _Refused(EngineError):
    """The request is not possible as things are."""


class _Unclear(EngineError):
    """Throttled, unreachable, or an error of the service's own: worth another try at once."""


def describe_failure(what: str, error: Any, host: str) -> str:
    """One line of ours: an SDK's own text may hold the request with its Authorization. `host` was asked."""
    status = getattr(error, "status_code", None)
    code = str(getattr(error, "code", None) or "")
    said = f"Function Compute did not {what}"
    if status is None and code in ("", "None"):
        return f"{said}: {why_unanswered(error) or type(error).__name__} ({host})"
    said = f"{said}: {code if code not in ('', 'None') else type(error).__name__}"
    if status is not None:
        said = f"{said} (HTTP {status})"
    if status == 404 and "function" in code.lower():
        return f"{said}; deploy first, or set REFRESH_WATCH_PREFIX and REFRESH_WATCH_REGION ({host} was asked)"
    return said


def _failure(what: str, error: Any, host: str) -> EngineError:
    """Sort an SDK error. The 3.0 code of a duplicate is not documented: 409, or any `...AlreadyExist...`, is one."""
    status = getattr(error, "status_code", None)
    code = str(getattr(error, "code", None) or "")
    data = getattr(error, "data", None)
    said = f"{code} {data}" if isinstance(data, dict) else code
    text = describe_failure(what, error, host)
    if status == 409 or "AlreadyExist" in said:
        return _AlreadyExists(text, status=status, code=code)
    if status == 404 and "function" not in code.lower():
        return _NotFound(text, status=status, code=code)
    if status is None or status == 429 or status >= 500:
        return _Unclear(text, status=status, code=code)
    if status in (400, 409):
        return _Refused(text, status=status, code=code)
    return EngineError(text, status=status, code=code)


def _client(settings: Settings, credentials: Credentials) -> Any:
    parts = urlsplit(_endpoint(settings))
    token = credentials.security_token
    return Client(
        Config(
            access_key_id=credentials.access_key_id,
            access_key_secret=credentials.access_key_secret.value,
            security_token=token.value if token else None,
            region_id=settings.region or "cn-hangzhou",
            endpoint=parts.netloc,
            protocol=parts.scheme,
        )
    )


def _runtime() -> Any:
    return RuntimeOptions(connect_timeout=_TIMEOUT_MS, read_timeout=_TIMEOUT_MS)


def _endpoint(settings: Settings) -> str:
    if settings.fc_endpoint:
        return settings.fc_endpoint
    if not settings.region:
        raise BadInput("REFRESH_WATCH_REGION", "nothing", "the region of the functions, such as cn-hangzhou")
    # given in full: the SDK's own map has a broken entry (ap-southeast-5)
    return f"https://fcv3.{settings.region}.aliyuncs.com"


def _task(entry: Any) -> Task:
    payload = entry.task_payload
    return Task(
        id=entry.task_id,
        status=TaskStatus.of(entry.status or ""),
        payload=payload.encode() if isinstance(payload, str) and payload else None,
        error=entry.task_error_message or "",
    )
