"""Every watch that may follow tasks of a given time, from Function Compute's record: by the guards.

Each watch has a guard, and a guard's payload is the watch as it was accepted, with all its ids and paths. Importing
this module imports the SDK.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from alibabacloud_fc20230330 import models
from darabonba.runtime import RuntimeOptions

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, RefreshWatchError
from refresh_watch.function_compute.client import FunctionCompute
from refresh_watch.function_compute.tasks import TaskStatus
from refresh_watch.instants import Instant
from refresh_watch.settings import Settings
from refresh_watch.watch import Watch
from refresh_watch.watching.state import read_hop
from refresh_watch.workflow.task_ids import WATCH

MOST_CALLS = 1000
"""Of one sweep: lists of a hundred; where lists hold no payloads one more for each watch; a few for each by path."""

_PAGE = 100
_TIMEOUT_MS = 3000
_GUARD = re.compile(r"g-(.+)-\d{2,}")


class Unread(RefreshWatchError):
    """The record could not be read to its end, so nobody can say that a task was not watched."""


class WatchIndex(FunctionCompute):
    """The engine, and a list of the watches. Whatever is asked of it raises Unread when it has been asked too much."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: Clock, until: Instant) -> None:
        """`until`: no question is begun after it."""
        super().__init__(settings, credentials, clock)
        self.calls = 0
        self._until = until

    def watches(self, since: Instant) -> Iterator[Watch]:
        """The watches accepted since an instant, and all that are still open, as they were accepted, each once.

        Whether a task that waits has a start that `startedTimeBegin` is held against, no document says: so all that
        wait are listed too, and first, since one that begins meanwhile stands in the second list.

        Raises Unread, also when what is kept of a watch cannot be read, and EngineError.
        """
        seen: set[str] = set()
        for asked in ({"status": TaskStatus.ENQUEUED.value}, {"started_time_begin": int(since * 1000)}):
            for task_id, payload in self._guards(asked):
                match = _GUARD.fullmatch(task_id)
                if match is None or match[1] in seen:
                    continue
                seen.add(match[1])
                yield self._watch(task_id, payload)

    def _guards(self, asked: dict[str, Any]) -> Iterator[tuple[str, str]]:
        name = self._settings.function_name(WATCH)
        token = None
        while True:
            request = models.ListAsyncTasksRequest(
                prefix="g-", limit=_PAGE, next_token=token, include_payload=True, **asked
            )

            def ask(request: Any = request) -> Any:
                options = RuntimeOptions(connect_timeout=_TIMEOUT_MS, read_timeout=_TIMEOUT_MS)
                return self._client.list_async_tasks_with_options(name, request, {}, options)

            body = self._call("list the guards", ask).body
            for entry in body.tasks or []:
                yield str(entry.task_id or ""), entry.task_payload if isinstance(entry.task_payload, str) else ""
            token = body.next_token
            if not token:
                return

    def _watch(self, task_id: str, payload: str) -> Watch:
        if payload:
            try:
                return read_hop(payload.encode()).watch
            except BadInput:
                pass  # a list may cut what it holds
        kept = self.task(WATCH, task_id)
        try:
            return read_hop((kept and kept.payload) or b"").watch
        except BadInput as error:
            raise Unread(f"{task_id}: {error}") from None

    def _call(self, what: str, call: Callable[[], Any]) -> Any:
        if self.calls >= MOST_CALLS or self._clock.now() >= self._until:
            raise Unread(f"after {self.calls} calls there was more to read")
        self.calls += 1
        return super()._call(what, call)
