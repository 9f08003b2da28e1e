"""An onFailure envelope: an invocation of ours failed for good, and a `broken` report says so."""

from __future__ import annotations

import logging
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput, EngineError
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.report import Report, ReportKind
from refresh_watch.settings import Settings
from refresh_watch.triggers.read import open_event, read_event
from refresh_watch.triggers.result import Ignored, Rejected, digest_of
from refresh_watch.watch import open_watch
from refresh_watch.watching.hop_payload import read_hop
from refresh_watch.watching.reporting import broken_report
from refresh_watch.workflow.effects import publish
from refresh_watch.workflow.first_bytes import may_be_probe
from refresh_watch.workflow.sweep.request import sweep_event
from refresh_watch.workflow.sweep.unwatched import LABEL
from refresh_watch.workflow.task_ids import INTAKE, WATCH, guard_id

log = logging.getLogger("refresh_watch.broken")

DAY: Seconds = 86400


def is_failure_envelope(given: Any) -> bool:
    """The payload of an onFailure destination (result-callback page): request and response beside each other."""
    return isinstance(given, dict) and "requestContext" in given and "requestPayload" in given


def report_failure(given: dict[str, Any], *, settings: Settings, engine: Engine, clock: Clock) -> int:
    """Publish one broken report for each watch that the failed invocation was about; answers how many.

    Of what intake was to start, those are left out that did start: their hops follow them.
    """
    payload = given.get("requestPayload")
    event = payload.encode(errors="surrogatepass") if isinstance(payload, str) else b""
    if may_be_probe(event):
        from refresh_watch.workflow.probing.probe import keep_envelope

        if keep_envelope(event, given, engine):
            return 0
    problem = _problem(given)
    now = clock.now()
    if _is_of_intake(given, settings):
        reports = _without_started(_of_intake(event, problem, settings, now), engine)
    else:
        reports = [_of_watch(event, problem, now)]
    for report in reports:
        log.error("broken", extra={"report": report.id, "watch_id": report.watch_id, "problem": problem})
        publish(report, engine)
    return len(reports)


def _of_watch(event: bytes, problem: str, now: Instant) -> Report:
    if sweep_event(event):
        # its event holds the time: without this each sweep that fails would be news
        digest = digest_of(["sweep", int(now // DAY)])
        return Report(f"b-{digest}", ReportKind.BROKEN, now, label=LABEL, problem=problem)
    try:
        return broken_report(read_hop(event).watch, now, problem)
    except BadInput as error:
        return _of_unreadable(event, error, problem, now)


def _of_intake(event: bytes, problem: str, settings: Settings, now: Instant) -> list[Report]:
    """An empty list where the event requests no watch."""
    opened = open_event(event)
    if opened.problem is not None:
        return [_of_unreadable(event, opened.problem, problem, now)]
    return [
        item.report(now)
        if isinstance(item, Rejected)
        else broken_report(open_watch(settings.prefix, item.request, now), now, problem)
        for item in read_event(opened, settings)
        if not isinstance(item, Ignored)
    ]


def _of_unreadable(event: bytes, error: BadInput, problem: str, now: Instant) -> Report:
    log.warning("the failed event cannot be read", extra={"problem": str(error)})
    return Report(f"b-{digest_of(event)}", ReportKind.BROKEN, now, problem=problem)


def _without_started(reports: list[Report], engine: Engine) -> list[Report]:
    """The guard is started after the first hop, so a watch that has one runs, or has ended as it should."""
    left: list[Report] = []
    for number, report in enumerate(reports):
        try:
            runs = report.watch_id and engine.task(WATCH, guard_id(report.watch_id, 0)) is not None
        except EngineError as error:
            # a report too many is better than one too few; and an engine that does not answer is not asked again
            log.warning("which watches run is not known: %s", error)
            return left + reports[number:]
        if not runs:
            left.append(report)
    return left


def _problem(given: dict[str, Any]) -> str:
    # the failed function's own words stay out: they may hold anything; the type of the error is enough to look it up
    context, response = _dict(given.get("requestContext")), _dict(given.get("responseContext"))
    name = str(context.get("functionArn", "")).rpartition("functions/")[2] or "a function"
    error = str(response.get("functionError") or context.get("condition") or "no reason given")
    times = context.get("approximateInvokeCount")
    tried = f" after {times} tries" if isinstance(times, int) and times > 1 else ""
    request = str(context.get("requestId", ""))
    return f"{name[:80]} failed{tried}: {error[:120]}" + (f" (request {request[:60]})" if request else "")


def _is_of_intake(given: dict[str, Any], settings: Settings) -> bool:
    arn = str(_dict(given.get("requestContext")).get("functionArn", ""))
    return arn.rpartition("functions/")[2].partition("/")[0] == settings.function_name(INTAKE)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
