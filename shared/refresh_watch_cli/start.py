"""`refresh-watch start`: starts a watch on the deployed functions, or on `refresh-watch serve`."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from typing import Any

from refresh_watch.client import StartedWatch, Watches
from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput
from refresh_watch.instants import Instant, format_duration
from refresh_watch.model import Outcome
from refresh_watch.observation import Observation
from refresh_watch.report import Report
from refresh_watch.reports.wire import bounded, compact, to_json
from refresh_watch.settings import Settings
from refresh_watch.watch import Watch
from refresh_watch.workflow.wait_for_final import Listener
from refresh_watch_cli.context import read_context
from refresh_watch_cli.exit_codes import INTERRUPTED, OF_OUTCOME
from refresh_watch_cli.printing import called_as, complain, note
from refresh_watch_cli.progress import describe
from refresh_watch_cli.report_text import report_text
from refresh_watch_cli.request_arguments import add_request_arguments, read_request_arguments

_OF_THE_START = (
    "kind", "label", "deadline", "schedule", "channel", "domain_name", "object_type", "resource_group_id",
)  # fmt: skip
"""What a watch is given once, at its start: it is not known by it (watch.py)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_request_arguments(parser)
    parser.add_argument("--request-id", metavar="ID", help="the same ids with another request id are another watch")
    parser.add_argument("--again", action="store_true", help="watch the same ids again: makes a new request id")
    parser.add_argument("--wait", action="store_true", help="follow it to its end, print the report, exit by it")
    parser.add_argument("--json", action="store_true", help="print the answer, or with --wait the report, as JSON")
    parser.epilog = (
        "Exit codes: 0 started, 1 it could not be started, 2 bad usage or request. "
        "With --wait: 0 complete, 1 failed or partly failed (or nothing could be learned), 3 overdue, 4 unverifiable."
    )


def run(namespace: argparse.Namespace) -> int:
    """Hand the request to intake and print the watch's id, or with --wait its final report.

    Raises BadInput, NoCredentials, EngineError.
    """
    if namespace.again and namespace.request_id:
        raise BadInput("--again", f"--again with --request-id {namespace.request_id}", "one of them")
    if namespace.again:
        namespace.request_id = uuid.uuid4().hex
    request = read_request_arguments(namespace, sys.stdin)
    context = read_context()
    watches = Watches(context.settings, context.credentials, context.clock)
    started = watches.start_request(request)
    unheeded = _unheeded(namespace, started.state) if started.already else []
    if namespace.wait:
        for line in _said(started, unheeded):
            note(line)
        return wait(started.watch_id, watches, as_json=namespace.json, settings=context.settings, clock=context.clock)
    if namespace.json:
        for line in unheeded:
            note(line)
    print(json.dumps(_as_json(started)) if namespace.json else "\n".join(_said(started, unheeded)))
    return 0


def _as_json(started: StartedWatch) -> dict[str, Any]:
    known = {"already": True, "state": started.state} if started.already else {}
    warned = {"warning": started.warning} if started.warning else {}
    return {"watch_id": started.watch_id, "status_url": started.status_url or None, **known, **warned}


def _unheeded(namespace: argparse.Namespace, state: str) -> list[str]:
    """One line where a watch that is known already was given more than what it is known by."""
    given = [f"--{name.replace('_', '-')}" for name in _OF_THE_START if getattr(namespace, name) is not None]
    if not given:
        return []
    became = "was watched" if state == "settled" else "goes on"
    return [f"it {became} as it was started: {', '.join(given)} of this call changed nothing"]


def _said(started: StartedWatch, unheeded: list[str]) -> list[str]:
    if started.already:
        line = f"watch {started.watch_id} is known already: {started.state} (--again watches the same ids anew)"
    else:
        line = f"watch {started.watch_id} started; end it with: {called_as()} stop {started.watch_id}"
    return [line, *unheeded, *(text for text in (started.status_url, started.warning) if text)]


def wait(watch_id: str, watches: Watches, *, as_json: bool, settings: Settings, clock: Clock) -> int:
    """Print the final report, as `watch` does, and answer the exit code of `watch`; INTERRUPTED after Ctrl-C.

    For the logs of pipelines: a line where something changes, on standard error, and the report alone on the other.
    Raises EngineError when nothing can be learned of the watch any more.
    """

    def stands(watch: Watch, due: Instant | None) -> None:
        now = clock.now()
        after = 0.0 if due is None else due - now
        when = f"in {format_duration(after)}" if after >= 1 else "now"
        if watch.looks == 0:
            note(f"first look {when}")
        else:
            note(f"{describe(watch, Observation((), now, now))}; next look {when}")

    def broke(report: Report) -> None:
        print(report_text(report, settings), file=sys.stderr, flush=True)
        note("waiting goes on: the guard tries the watch again, and a final report may follow")

    def unanswered(problem: str) -> None:
        note(f"{problem}; asking again")

    try:
        final = watches.wait(watch_id, Listener(stands, broke, unanswered))
    except KeyboardInterrupt:
        complain(f"interrupted; watch {watch_id} goes on; end it with: {called_as()} stop {watch_id}")
        return INTERRUPTED
    print(compact(to_json(bounded(final))).decode() if as_json else report_text(final, settings), flush=True)
    return OF_OUTCOME[final.outcome or Outcome.UNVERIFIABLE]
