"""`start --wait`: follows a watch of the deployed functions to its end. For the logs of pipelines: a line where
something changes, on standard error, and the report alone on standard output."""

from __future__ import annotations

import sys

from shared.cli.main import INTERRUPTED
from shared.cli.printing import called_as, complain, note, report_text
from shared.cli.progress import describe
from shared.cli.watch import EXIT_CODES
from shared.client import Watches
from shared.clock import Clock
from shared.instants import Instant, format_duration
from shared.model import Observation, Outcome, Watch
from shared.report import Report
from shared.reports.wire import bounded, compact, to_json
from shared.settings import Settings
from shared.workflow.waiting import Listener


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
    return EXIT_CODES[final.outcome or Outcome.UNVERIFIABLE]
