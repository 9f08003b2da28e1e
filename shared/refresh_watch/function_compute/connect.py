"""The engine of this invocation, connected at its first use.

A delivery that goes well the first time starts nothing and reads nothing, so it never imports the SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.function_compute.tasks import Engine, Started, Task
from refresh_watch.instants import Seconds
from refresh_watch.settings import Settings


def connect(settings: Settings, find_credentials: Callable[[], Credentials], clock: Clock) -> Engine:
    """An engine; credentials are looked for, and the SDK is imported, when the first call is made."""
    return _AtFirstUse(settings, find_credentials, clock)


class _AtFirstUse:
    def __init__(self, settings: Settings, find_credentials: Callable[[], Credentials], clock: Clock) -> None:
        self._given = (settings, find_credentials, clock)
        self._made: Engine | None = None

    def _engine(self) -> Engine:
        if self._made is None:
            from refresh_watch.function_compute.client import FunctionCompute
            from refresh_watch.function_compute.transport import Transport

            settings, find_credentials, clock = self._given
            self._made = FunctionCompute(Transport(settings, find_credentials(), clock))
        return self._made

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        return self._engine().start_later(function, payload, delay, task_id)

    def task(self, function: str, task_id: str) -> Task | None:
        return self._engine().task(function, task_id)

    def tasks(self, function: str, prefix: str) -> Sequence[Task]:
        return self._engine().tasks(function, prefix)

    def stop(self, function: str, task_id: str) -> None:
        self._engine().stop(function, task_id)
