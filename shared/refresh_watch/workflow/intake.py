"""intake: any event to watches. Starts hop 0 and the guard of each request; never asks the product's API."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.errors import RefreshWatchError
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Seconds
from refresh_watch.reports.wire import encode
from refresh_watch.settings import Settings
from refresh_watch.triggers.envelope import Event, Unreadable, open_envelope
from refresh_watch.triggers.read import read
from refresh_watch.triggers.result import Ignored, Rejected, Requested, Taken, digest_of
from refresh_watch.watching.reporting import rejected_report
from refresh_watch.workflow.probing.probe import attend
from refresh_watch.workflow.probing.shape import without_probes
from refresh_watch.workflow.starting import start
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY

log = logging.getLogger("refresh_watch.intake")

FAILS_FOR: Seconds = 8
"""So long after the beginning a start that fails ends the event: with the tries of one more call it is a third of the
time-out. A run that was cut off there would tell nobody who waits."""


@dataclass(frozen=True)
class Reply:
    """What intake says to whoever waits: an HTTP response where the event came as one, else its JSON."""

    status: int
    body: Any
    wrapped: bool

    def as_response(self) -> Any:
        """In Function Compute's form for HTTP triggers, or as plain JSON text."""
        if not self.wrapped:
            return json.dumps(self.body)
        kind = "application/problem+json" if self.status >= 400 else "application/json"
        return {
            "statusCode": self.status,
            "headers": {"Content-Type": kind},
            "isBase64Encoded": False,
            "body": json.dumps(self.body),
        }


def take_in(event: bytes, *, settings: Settings, engine: Engine, clock: Clock) -> Reply:
    """Accept what is good in an event and reject what is bad, item by item.

    A rejection is answered where somebody waits, and told to every configured channel, once, where nobody does. What
    asks for no watch, such as a submission that failed, is answered `{"ignored": reason}` and told to nobody.
    Raises EngineError or NoCredentials when a start failed and nobody waits, so that Function Compute runs the event
    again; before that every other item is started that it answers for in time.
    """
    began = clock.now()
    probed = attend(event, function=INTAKE, engine=engine, clock=clock)
    if probed is not None:
        return Reply(200, probed.body, probed.wrapped)
    try:
        delivered = open_envelope(event)
    except Unreadable as error:
        unread = Rejected(str(error), digest_of(error.raw))
        if not error.awaited:
            _tell_rejected(unread, engine, clock)
        return Reply(400, problem([unread]), error.wrapped)
    items = read(without_probes(delivered.body), settings, delivered.attributes)
    answers: list[dict[str, Any]] = []
    failures: list[RefreshWatchError] = []
    for item in items:
        answer = _take_one(item, delivered, settings, engine, clock)
        if isinstance(answer, RefreshWatchError):
            failures.append(answer)
            if clock.now() - began > FAILS_FOR:
                break
        else:
            answers.append(answer)
    if failures:
        if not delivered.awaited:
            raise failures[0]
        return unavailable(failures[0], wrapped=delivered.wrapped)
    rejections = [item for item in items if isinstance(item, Rejected)]
    started = any(isinstance(item, Requested) for item in items)
    if rejections and not started:
        return Reply(400, problem(rejections), delivered.wrapped)
    several = isinstance(delivered.body, list) or len(answers) > 1
    return Reply(202 if started else 200, answers if several else answers[0], delivered.wrapped)


def answer_misconfigured(event: bytes, error: RefreshWatchError) -> Reply:
    """What intake says when its own settings are wrong. Raises `error` again where nobody waits for the answer."""
    try:
        delivered = open_envelope(event)
        awaited, wrapped = delivered.awaited, delivered.wrapped
    except Unreadable as unreadable:
        awaited, wrapped = unreadable.awaited, unreadable.wrapped
    if not awaited:
        raise error
    return unavailable(error, wrapped=wrapped)


def unavailable(error: RefreshWatchError, *, wrapped: bool) -> Reply:
    """Problem details for what is not the caller's fault."""
    log.error("unavailable", extra={"problem": str(error)})
    said = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": str(error)}
    return Reply(503, said, wrapped)


def problem(rejections: list[Rejected]) -> dict[str, Any]:
    """RFC 9457 problem details; `detail` is one line."""
    detail = "; ".join(rejected.problem for rejected in rejections[:5])
    if len(rejections) > 5:
        detail += f"; and {len(rejections) - 5} more"
    return {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": detail}


def _take_one(
    item: Taken, delivered: Event, settings: Settings, engine: Engine, clock: Clock
) -> dict[str, Any] | RefreshWatchError:
    """The answer to one item, or why it could not be started or told."""
    if isinstance(item, Ignored):
        log.info("ignored", extra={"reason": item.reason})
        return {"ignored": item.reason}
    try:
        if isinstance(item, Requested):
            return start(item, settings=settings, engine=engine, clock=clock)
        log.warning("rejected", extra={"problem": item.problem})
        if not delivered.awaited:
            _tell_rejected(item, engine, clock)
    except RefreshWatchError as error:
        return error
    return {"error": item.problem}


def _tell_rejected(item: Rejected, engine: Engine, clock: Clock) -> None:
    report = rejected_report(item.digest, item.problem, item.product, item.label, clock.now())
    engine.start_later(NOTIFY, encode(report), 0, report.id)
