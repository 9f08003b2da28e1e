"""What follows from how a run went: another attempt, an end, a destination's call. Pure.

After Function Compute's pages "error handling" (retries) and "result callback" (destinations).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from refresh_watch.instants import Instant, Seconds
from refresh_watch.limits import MAX_ASYNC_BYTES
from refresh_watch_emulator.engine.manifest import Function
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.engine.task import Ending, NewTask, StoredTask, TaskState, new_request_id, new_task_id
from refresh_watch_emulator.engine.worker import RunResult

FUNCTION_ERROR = "UnhandledInvocationError"
"""What a function's error is called. That a time-out and a crash are called so too is not documented."""

FIRST_BACK_OFF: Seconds = 0.5
LONGEST_THROTTLED: Seconds = 5 * 3600


@dataclass(frozen=True)
class RetryAt:
    """Another attempt is to follow at ``due_at``."""

    ending: Ending
    due_at: Instant


@dataclass(frozen=True)
class Redeliver:
    """The acknowledgement counts as lost: the task runs again, and that is no retry."""


def expires_at(function: Function, accepted_at: Instant, delay: Seconds, switches: EngineSwitches) -> Instant:
    """When an invocation that has not started is too old to start."""
    return accepted_at + function.max_age + (0 if switches.delay_counts_to_age else delay)


@dataclass(frozen=True)
class Case:
    """A task that something has happened to. ``task.runs`` counts the run that it has just had."""

    task: StoredTask
    function: Function
    target: Function | None  # the destination on failure
    switches: EngineSwitches
    now: Instant

    def after_run(self, result: RunResult) -> Ending | RetryAt | Redeliver:
        """Decide what follows from a run."""
        if self.switches.run_twice and self.task.runs == 1:
            return Redeliver()
        text = result.body.decode(errors="replace")
        if result.ok:
            return Ending(TaskState.SUCCEEDED, result=text, duration=result.duration)
        ending = Ending(TaskState.FAILED, error=result.error, result=text, duration=result.duration)
        if self.task.retries < self.function.max_retries:
            return RetryAt(ending, self.now + self.switches.retry_interval)
        return self._with_destination(ending, FUNCTION_ERROR, 200)

    def too_old(self) -> Ending | None:
        """End a waiting task if its age is over. One that has run and is delivered again does not start, it goes on."""
        task = self.task
        if self.now < task.expires_at:
            return None
        if task.status is TaskState.RETRYING:
            return self._with_destination(Ending(TaskState.FAILED, task.error, task.result), FUNCTION_ERROR, 200)
        if task.runs:
            return None
        ending = Ending(TaskState.EXPIRED, "the event is older than its maximum age")
        return self._with_destination(ending, "EventExpired", 500)

    def throttled(self) -> Ending | Instant:
        """Say when to try again a task whose function is at its limit, or end it after five hours of that."""
        since = self.task.throttled_since
        if since is None or self.now - since < LONGEST_THROTTLED:
            return self.now + FIRST_BACK_OFF * 2.0**self.task.throttles
        ending = Ending(TaskState.FAILED, "concurrency limit exceeded")
        return self._with_destination(ending, "FunctionResourceExhausted", 429)

    def _with_destination(self, ending: Ending, condition: str, status_code: int) -> Ending:
        if self.target is None:
            return ending
        event = self._envelope(ending, condition, status_code)
        if len(event) > MAX_ASYNC_BYTES:
            return replace(ending, destination_status="Failed")
        call = NewTask(
            function=self.target.name,
            task_id=new_task_id(),
            request_id=new_request_id(self.now),
            event=event,
            accepted_at=self.now,
            due_at=self.now,
            expires_at=expires_at(self.target, self.now, 0, self.switches),
            listed=self.target.async_task,
        )
        return replace(ending, destination_status="Succeeded", follow_up=call)

    def _envelope(self, ending: Ending, condition: str, status_code: int) -> bytes:
        # a status code other than 200 says that the function was not to blame; which, is not documented
        body = {
            "timestamp": round(self.now * 1000),
            "requestContext": {
                "requestId": self.task.request_id,
                "functionArn": self.function.arn,
                "condition": condition,
                "approximateInvokeCount": self.task.runs,
            },
            "requestPayload": self.task.event.decode(errors="replace"),
            "responseContext": {
                "statusCode": status_code,
                "functionError": condition if condition == FUNCTION_ERROR else "",
            },
            "responsePayload": ending.result,
        }
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
