"""Every watch that may follow tasks of a given time, from Function Compute's record: by the guards.

Each watch has a guard, and a guard's payload is the watch as it was accepted, with all its ids and paths. Importing
this module imports the SDK.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput, RefreshWatchError
from refresh_watch.function_compute.client import FunctionCompute
from refresh_watch.function_compute.tasks import TaskStatus
from refresh_watch.function_compute.transport import Calls, list_tasks
from refresh_watch.instants import Instant
from refresh_watch.watch import Watch
from refresh_watch.watching.hop_payload import read_hop
from refresh_watch.workflow.task_ids import WATCH

MOST_READS = 1000
"""Of one sweep: lists of a hundred; where lists hold no payloads one more for each watch; a few for each by path."""

_GUARD = re.compile(r"g-(.+)-\d{2,}")


class Unread(RefreshWatchError):
    """The record could not be read to its end, so it cannot be said that a task was not watched."""


class WatchIndex:
    """A list of the watches. `engine` reads the same record; their calls are bounded together, in number and time."""

    def __init__(self, calls: Calls, clock: Clock, until: Instant) -> None:
        """`until`: no call is begun after it. Every method raises Unread once there are too many calls, or too late."""
        self.engine = FunctionCompute(self)
        self.count = 0
        self._calls = calls
        self._clock = clock
        self._until = until

    def name(self, function: str) -> str:
        """See Calls."""
        return self._calls.name(function)

    def call(self, what: str, ask: Callable[[Any], Any]) -> Any:
        """See Calls."""
        if self.count >= MOST_READS or self._clock.now() >= self._until:
            raise Unread(f"after {self.count} calls there was more to read")
        self.count += 1
        return self._calls.call(what, ask)

    def watches(self, since: Instant) -> Iterator[Watch]:
        """The watches accepted since an instant, and all that are still open, as they were accepted, each once.

        Whether a task that waits has a start that `startedTimeBegin` is held against, no document says: so all that
        wait are listed too, and first, since one that begins meanwhile stands in the second list.

        Raises Unread, also when what is kept of a watch cannot be read, and EngineError.
        """
        seen: set[str] = set()
        for filters in ({"status": TaskStatus.ENQUEUED.value}, {"started_time_begin": int(since * 1000)}):
            for entry in list_tasks(self, WATCH, "g-", include_payload=True, **filters):
                match = _GUARD.fullmatch(str(entry.task_id))
                if match is None or match[1] in seen:
                    continue
                seen.add(match[1])
                yield self._watch(match[0], entry.task_payload)

    def _watch(self, task_id: str, payload: object) -> Watch:
        if isinstance(payload, str) and payload:
            with contextlib.suppress(BadInput):  # a list may cut what it holds
                return read_hop(payload.encode()).watch
        kept = self.engine.task(WATCH, task_id)
        try:
            return read_hop((kept and kept.payload) or b"").watch
        except BadInput as error:
            raise Unread(f"{task_id}: {error}") from None
