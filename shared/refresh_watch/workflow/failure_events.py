"""An onFailure envelope: an invocation of ours failed for good, and people are told that we broke."""

from __future__ import annotations

import logging
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput, EngineError
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.report import Report, ReportKind
from refresh_watch.reports.wire import encode
from refresh_watch.settings import Settings
from refresh_watch.triggers.envelope import open_envelope
from refresh_watch.triggers.read import read
from refresh_watch.triggers.result import Rejected, Requested, digest_of
from refresh_watch.watching.opening import open_watch
from refresh_watch.watching.reporting import broken_report, rejected_report
from refresh_watch.watching.state import read_hop
from refresh_watch.workflow.probing.shape import without_probes
from refresh_watch.workflow.sweep.request import is_sweep
from refresh_watch.workflow.sweep.unwatched import LABEL
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY, WATCH, guard_id

log = logging.getLogger("refresh_watch.broken")

DAY: Seconds = 86400


def is_failure_envelope(given: Any) -> bool:
    """The payload of an onFailure destination (result-callback page): request and response beside each other."""
    return isinstance(given, dict) and "requestContext" in given and "requestPayload" in given


def tell_broken(given: dict[str, Any], *, settings: Settings, engine: Engine, clock: Clock) -> int:
    """Commit one broken report for each watch that the failed invocation was about; answers how many.

    Of what intake was to start, those are left out that did start: somebody follows them.
    """
    problem = _problem(given)
    payload = given.get("requestPayload")
    event = payload.encode(errors="surrogatepass") if isinstance(payload, str) else b""
    function = _function(given, settings)
    reports = _reports(event, problem, function, settings, clock)
    if function == INTAKE:
        reports = _without_started(reports, engine)
    for report in reports:
        log.error("broken", extra={"report": report.id, "watch_id": report.watch_id, "problem": problem})
        engine.start_later(NOTIFY, encode(report), 0, report.id)
    return len(reports)


def _reports(event: bytes, problem: str, function: str, settings: Settings, clock: Clock) -> list[Report]:
    now = clock.now()
    try:
        if function == INTAKE:
            return _of_intake(event, problem, settings, now)
        if is_sweep(event):
            # its event holds the time: without this each sweep that fails would be news
            digest = digest_of(["sweep", int(now // DAY)])
            return [Report(f"b-{digest}", ReportKind.BROKEN, now, label=LABEL, problem=problem)]
        return [broken_report(read_hop(event).watch, now, problem)]
    except BadInput as error:
        log.warning("the failed event cannot be read", extra={"problem": str(error)})
    return [Report(f"b-{digest_of(event)}", ReportKind.BROKEN, now, problem=problem)]


def _of_intake(event: bytes, problem: str, settings: Settings, now: Instant) -> list[Report]:
    """None where the event asked for nothing. Raises BadInput where it cannot be read."""
    delivered = open_envelope(event)
    reports: list[Report] = []
    for item in read(without_probes(delivered.body), settings, delivered.attributes):
        if isinstance(item, Rejected):
            reports.append(rejected_report(item.digest, item.problem, item.product, item.label, now))
        elif isinstance(item, Requested):
            reports.append(broken_report(open_watch(settings.prefix, item.request, now), now, problem))
    return reports


def _without_started(reports: list[Report], engine: Engine) -> list[Report]:
    """The guard is started after the first hop, so a watch that has one runs, or has ended as it should."""
    left: list[Report] = []
    for number, report in enumerate(reports):
        try:
            runs = report.watch_id and engine.task(WATCH, guard_id(report.watch_id, 0)) is not None
        except EngineError as error:
            # told for nothing is better than lost; and one that does not answer is not asked a hundred times
            log.warning("cannot tell which watches run: %s", error)
            return left + reports[number:]
        if not runs:
            left.append(report)
    return left


def _problem(given: dict[str, Any]) -> str:
    # the failed function's own words stay out: they may hold anything; the type of the error is enough to look it up
    context = given.get("requestContext") if isinstance(given.get("requestContext"), dict) else {}
    response = given.get("responseContext") if isinstance(given.get("responseContext"), dict) else {}
    name = str((context or {}).get("functionArn", "")).rpartition("functions/")[2] or "a function"
    error = str((response or {}).get("functionError") or (context or {}).get("condition") or "no reason given")
    times = (context or {}).get("approximateInvokeCount")
    tried = f" after {times} tries" if isinstance(times, int) and times > 1 else ""
    request = str((context or {}).get("requestId", ""))
    return f"{name[:80]} failed{tried}: {error[:120]}" + (f" (request {request[:60]})" if request else "")


def _function(given: dict[str, Any], settings: Settings) -> str:
    context = given.get("requestContext")
    arn = str(context.get("functionArn", "")) if isinstance(context, dict) else ""
    name = arn.rpartition("functions/")[2].partition("/")[0]
    return INTAKE if name == settings.function_name(INTAKE) else "watch"
