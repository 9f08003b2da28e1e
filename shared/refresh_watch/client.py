"""Watches from your own Python: start one on the deployed functions, and wait for how it ends.

    from refresh_watch.client import connect

    watches = connect()
    started = watches.start("cdn", client.refresh_object_caches(request), label="release 2026.11.22")
    report = watches.wait(started.watch_id)
    print(report.outcome)  # Outcome.COMPLETE, ...

What goes wrong is an error of `refresh_watch.errors`, whose text is one line: BadInput for what was given
wrong, NoCredentials, NoSuchWatch, EngineError for what Function Compute did not do. Two of those end the waiting alone,
and can be had from here: WaitingEnded, and StillWatched where the time that was given for it is over.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from refresh_watch.clock import Clock, SystemClock
from refresh_watch.credentials import Credentials, find
from refresh_watch.errors import BadInput, EngineError, as_word, wrong_type
from refresh_watch.function_compute.connect import connect as connect_engine
from refresh_watch.model import WatchRequest
from refresh_watch.report import Report
from refresh_watch.settings import Settings
from refresh_watch.triggers.read import as_http_event
from refresh_watch.watching.request import read_request, write_request
from refresh_watch.watching.submitted import read_submitted
from refresh_watch.workflow.task_ids import INTAKE
from refresh_watch.workflow.wait_for_final import Listener, StillWatched, WaitingEnded, wait_for_final

__all__ = ["Listener", "Refused", "StartedWatch", "StillWatched", "WaitingEnded", "Watches", "connect"]


@dataclass(frozen=True)
class StartedWatch:
    """What the start of a watch was answered with."""

    watch_id: str
    already: bool = False
    """The same product, ids and request id were handed in before: it is that watch."""
    state: str = ""
    """Of a watch that was known already: `settled`, `watching`, `watching (...)`, `resumed` or `hastened`."""
    status_url: str = ""
    warning: str = ""
    """One line, such as that no channel is configured."""


class Refused(BadInput):
    """The deployed intake does not accept the request: its own line, which names field, given and allowed."""

    def __init__(self, line: str) -> None:
        """`line` is shown as it is."""
        super().__init__("request", "", "")
        self.args = (line,)


class Watches:
    """The watches of one deployment."""

    def __init__(self, settings: Settings, find_credentials: Callable[[], Credentials], clock: Clock) -> None:
        """`find_credentials` is called for each request: temporary ones may end sooner than a watch."""
        self._settings = settings
        self._find_credentials = find_credentials
        self._clock = clock
        self._started: set[str] = set()

    def start(self, product: str, submitted: Any = None, **more: Any) -> StartedWatch:
        """Start a watch of what a submit call gave: ids, or its whole answer, in any form (watching/submitted.py).

        `more` are the other keys of a watch request (docs/contracts.md): label, kind, deadline, channels, request_id,
        ...; with `object_paths` and `submitted_at` there is nothing `submitted`. Raises BadInput, NoCredentials,
        EngineError.
        """
        items = {} if submitted is None and more.get("object_paths") else read_submitted(submitted, "submitted")
        return self.start_request(read_request({"product": product, **_as_json(more), **items}))

    def start_request(self, request: WatchRequest) -> StartedWatch:
        """Hand a request to intake; the same request is the same watch. Raises Refused, NoCredentials, EngineError."""
        from refresh_watch.function_compute.invoke import invoke  # the SDK, which --help does without
        from refresh_watch.function_compute.transport import Transport

        event = as_http_event(json.dumps(write_request(request)).encode())
        answer = invoke(Transport(self._settings, self._find_credentials(), self._clock), INTAKE, event)
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status < 400 and isinstance(body.get("watch_id"), str):
            self._started.add(body["watch_id"])
            return StartedWatch(
                watch_id=body["watch_id"],
                already=bool(body.get("already")),
                state=str(body.get("state") or ""),
                status_url=str(body.get("status_url") or ""),
                warning=str(body.get("warning") or ""),
            )
        problem = str(body.get("detail") or body.get("error") or f"intake answered HTTP {answer.status}")
        raise Refused(problem) if answer.status == 400 else EngineError(problem)

    def wait(self, watch_id: str, listener: Listener | None = None, *, seconds: float | None = None) -> Report:
        """Return the final report of a watch once it has settled, at once where it has.

        Polled seldom (workflow/wait_for_final.py); `listener` is called with what happens meanwhile. Raises BadInput
        for what is no id, NoSuchWatch soon for one of which nothing is known, StillWatched once `seconds` are over,
        NoCredentials, and WaitingEnded when the record cannot be read or is out of reach for ten minutes.
        """
        _check_watch_id(watch_id)
        if seconds is not None and (
            isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0
        ):
            raise BadInput("seconds", seconds, "a number over 0, or None: until it has settled")
        return wait_for_final(
            watch_id,
            settings=self._settings,
            connect=lambda: connect_engine(self._settings, self._find_credentials, self._clock),
            clock=self._clock,
            listener=listener or Listener(),
            is_started=watch_id in self._started,
            seconds=seconds,
        )


def _check_watch_id(given: object) -> None:
    allowed = "the watch_id that start answered with: 16 digits from 0 to f"
    if not isinstance(given, str):
        raise wrong_type("watch_id", given, allowed)
    if re.fullmatch("[0-9a-f]{16}", given) is None:  # watch.py
        raise BadInput("watch_id", as_word(given), allowed)


def _as_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """What Python has words of its own for, as a request has it."""
    made: dict[str, Any] = {}
    for key, value in given.items():
        if isinstance(value, (tuple, set, frozenset)):
            made[key] = list(value)
        elif isinstance(value, datetime):
            made[key] = value.astimezone().isoformat()  # a naive one is local time
        elif isinstance(value, timedelta):
            made[key] = value.total_seconds()
        else:
            made[key] = value
    return made


def connect(environment: Mapping[str, str] | None = None) -> Watches:
    """The deployment that the environment names: REFRESH_WATCH_REGION, _PREFIX, _FC_ENDPOINT, and credentials.

    Nothing is asked before the first start, and channels are not needed. Raises BadInput for a variable that cannot be
    used.
    """
    found = os.environ if environment is None else environment
    settings = Settings.from_environment(found, lenient_channels=True)
    return Watches(settings, partial(find, found), SystemClock())
