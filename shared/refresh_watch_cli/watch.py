"""`refresh-watch watch`: follows tasks from this machine, with the code of the deployed functions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from refresh_watch.instants import Seconds, format_instant
from refresh_watch.model import Outcome, WatchRequest
from refresh_watch.observation import Answer, Observation
from refresh_watch.report import Report, ReportKind
from refresh_watch.reports.wire import bounded, compact, to_json
from refresh_watch.settings import ChannelSetting
from refresh_watch.watch import Watch, open_watch
from refresh_watch.watching.advance import THROTTLED_GRACE, LookAgain, Publish, abandon_watch, advance
from refresh_watch.watching.quota import Quota
from refresh_watch.watching.reporting import final_report
from refresh_watch.watching.schedule import deadline_of
from refresh_watch.workflow.hop import look_at
from refresh_watch_cli.context import CommandContext, read_context
from refresh_watch_cli.exit_codes import OF_OUTCOME
from refresh_watch_cli.printing import note
from refresh_watch_cli.progress import Progress
from refresh_watch_cli.report_text import report_text
from refresh_watch_cli.request_arguments import add_request_arguments, read_request_arguments

LOOK_SECONDS: Seconds = 600
"""The budget of one look: no time-out ends this process, so it may wait for its turns in the quota."""

NO_ANSWER_SECONDS: Seconds = 60
"""So long past the deadline an API that gives no usable answer is asked from here: a person waits at this terminal, and
the deployed functions' hour would keep a pipeline."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_request_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the final report as JSON, the last line")
    parser.epilog = (
        "Exit codes: 0 complete, 1 failed or partly failed, 2 bad usage or request, 3 overdue, 4 unverifiable."
    )


def run(namespace: argparse.Namespace) -> int:
    """Follow until all has settled. Raises BadInput, and NoCredentials before the first look."""
    context = read_context()
    request = read_request_arguments(namespace, sys.stdin)
    channels = context.channels(request.channels)
    context.credentials()  # without any there is nothing to look with, and nothing to tell people in a chat
    with Progress(context.clock) as progress:

        def interim(report: Report) -> None:
            report = replace(report, recorded=False)
            progress.say(report_text(report, context.settings))
            _deliver(report, channels, context, progress.say)

        # Function Compute knows nothing of this watch
        final = replace(follow(request, context, progress, interim), recorded=False)
    if namespace.json:
        print(compact(to_json(bounded(final))).decode(), flush=True)
    else:
        print(report_text(final, context.settings), flush=True)
    _deliver(final, channels, context, note)
    return OF_OUTCOME[final.outcome or Outcome.UNVERIFIABLE]


def _deliver(
    report: Report, channels: Sequence[ChannelSetting], context: CommandContext, say: Callable[[str], None]
) -> None:
    if channels:
        from refresh_watch_cli.deliver_now import deliver_now  # its HTTP client is not needed without a channel

        for channel in channels:
            deliver_now(report, channel, context.settings, context.clock, say)


def follow(
    request: WatchRequest, context: CommandContext, progress: Progress, interim: Callable[[Report], None]
) -> Report:
    """Look until the watch settles and answer its final report; `interim` gets each report that comes before that.

    An API that gives no usable answer is given up NO_ANSWER_SECONDS past the deadline, unless it throttles.
    """
    clock = context.clock
    quota = Quota(dict(context.settings.quota))
    if request.submitted_at is not None:
        request = replace(request, submitted_at=min(request.submitted_at, clock.now()))
    watch = open_watch(context.settings.prefix, request, clock.now())
    is_extended = False
    while True:
        observation = look_at(
            watch,
            settings=context.settings,
            find_credentials=context.credentials,
            clock=clock,
            until=clock.now() + LOOK_SECONDS,
            quota=quota,
        )
        step = advance(watch, observation, clock.now())
        watch = step.watch
        after = next((effect.after for effect in step.effects if isinstance(effect, LookAgain)), None)
        progress.looked(watch, observation, after)
        for effect in step.effects:
            if isinstance(effect, Publish):
                if effect.report.kind is ReportKind.FINAL:
                    return effect.report
                interim(effect.report)
        now = clock.now()
        if now >= deadline_of(watch) + NO_ANSWER_SECONDS and _is_dark(watch, observation):
            return final_report(abandon_watch(watch, now), now)
        if now >= deadline_of(watch) and not is_extended and any(one.throttled for one in observation.items):
            is_extended = True
            until = format_instant(deadline_of(watch) + THROTTLED_GRACE)[:-1].replace("T", " ")
            progress.say(f"the deadline has passed; going on until {until} UTC, since throttling changes no verdict")
        clock.sleep(after or 0.0)


def _is_dark(watch: Watch, observation: Observation) -> bool:
    """No open item had a usable answer in this look, and none of them because of the quota."""
    last = {observed.item: observed for observed in observation.items}
    shown = [last.get(item.item) for item in watch.open_items]
    return all(one is not None and one.answer is Answer.NO_ANSWER and not one.throttled for one in shown)
