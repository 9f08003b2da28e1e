"""`start --wait`: follows a watch of the deployed functions to its end. For the logs of pipelines: a line where
something changes, on standard error, and the report alone on standard output."""

from __future__ import annotations

import sys

from refresh_watch.client import Watches
from refresh_watch.clock import Clock
from refresh_watch.instants import Instant, format_duration
from refresh_watch.model import Outcome
from refresh_watch.observation import Observation
from refresh_watch.report import Report
from refresh_watch.reports.wire import bounded, compact, to_json
from refresh_watch.settings import Settings
from refresh_watch.watch import Watch
from refresh_watch.workflow.waiting import Listener
from refresh_watch_cli.exit_codes import INTERRUPTED, OF_OUTCOME
from refresh_watch_cli.printing import called_as, complain, note, report_text
from refresh_watch_cli.progress import describe


def wait(watch_id: str, watches: Watches, *, as_json: bool, settings: Settings, clock: Clock) -> int:
    """Print the final report, as `watch` does, and answer the exit code of `watch`; INTERRUPTED after Ctrl-C.

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
