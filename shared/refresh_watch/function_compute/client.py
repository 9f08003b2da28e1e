"""The engine as Function Compute has it: tasks that are started once, read, listed and stopped.

Importing this module imports the SDK: `connect` does so at the first call.
"""

from __future__ import annotations

import math
from typing import Any

from alibabacloud_fc20230330 import models

from refresh_watch.errors import BadInput
from refresh_watch.function_compute.tasks import Started, Task, TaskStatus
from refresh_watch.function_compute.transport import (
    AlreadyExists,
    Calls,
    NotFound,
    NotPossible,
    list_tasks,
    short_call,
)
from refresh_watch.instants import Seconds
from refresh_watch.limits import LONGEST_DELAY, MAX_PAYLOAD


class FunctionCompute:
    """See `tasks.Engine` for the contract of each method."""

    def __init__(self, calls: Calls) -> None:
        """`calls` have the credentials of this invocation: nothing here outlives it."""
        self._calls = calls

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        """Invoke asynchronously with a task id and, for a delay over 0, `x-fc-async-delay` in whole seconds."""
        if len(payload) > MAX_PAYLOAD:
            raise BadInput("payload", f"{len(payload)} bytes for {task_id}", f"at most {MAX_PAYLOAD} bytes")
        seconds = min(math.ceil(max(0.0, delay)), int(LONGEST_DELAY))
        name = self._calls.name(function)

        def invoke(client: Any) -> Any:
            # the SDK writes the task id into this dict: it must be a fresh one each call
            headers = models.InvokeFunctionHeaders(
                common_headers={"x-fc-async-delay": str(seconds)} if seconds else {},
                x_fc_invocation_type="Async",
                x_fc_async_task_id=task_id,
            )
            request = models.InvokeFunctionRequest(body=payload)
            return client.invoke_function_with_options(name, request, headers, short_call())

        try:
            self._calls.call(f"start {task_id}", invoke)
        except AlreadyExists:
            return Started.ALREADY
        return Started.STARTED

    def task(self, function: str, task_id: str) -> Task | None:
        """GetAsyncTask."""
        name = self._calls.name(function)

        def ask(client: Any) -> Any:
            return client.get_async_task_with_options(name, task_id, models.GetAsyncTaskRequest(), {}, short_call())

        try:
            return _task(self._calls.call(f"read {task_id}", ask).body)
        except NotFound:
            return None

    def tasks(self, function: str, prefix: str) -> list[Task]:
        """ListAsyncTasks, all pages."""
        return [_task(entry) for entry in list_tasks(self._calls, function, prefix)]

    def stop(self, function: str, task_id: str) -> None:
        """StopAsyncTask."""
        name = self._calls.name(function)

        def ask(client: Any) -> Any:
            return client.stop_async_task_with_options(name, task_id, models.StopAsyncTaskRequest(), {}, short_call())

        try:
            self._calls.call(f"stop {task_id}", ask)
        except (AlreadyExists, NotFound, NotPossible):
            # none of that id, or one that has ended: there is nothing left to stop
            return


def _task(entry: Any) -> Task:
    payload = entry.task_payload
    return Task(
        id=entry.task_id,
        status=TaskStatus.of(entry.status or ""),
        payload=payload.encode() if isinstance(payload, str) and payload else None,
        error=entry.task_error_message or "",
    )
