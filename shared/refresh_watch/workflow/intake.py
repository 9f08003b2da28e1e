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
from refresh_watch.settings import Settings
from refresh_watch.triggers.read import Event, read_event
from refresh_watch.triggers.result import EventResult, Ignored, Rejected, Requested
from refresh_watch.workflow.effects import publish
from refresh_watch.workflow.starting import start

log = logging.getLogger("refresh_watch.intake")

FAILS_FOR: Seconds = 8
"""So long after the beginning a start that fails ends the event: with the tries of one more call it is a third of the
time-out. A run that was cut off there would leave its caller without an answer."""


@dataclass(frozen=True)
class Reply:
    """What intake answers: an HTTP response where the event came as one, else its JSON."""

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


def take_in(event: Event, *, settings: Settings, engine: Engine, clock: Clock) -> Reply:
    """Accept what is good in an event and reject what is bad, item by item.

    A rejection is answered where the caller waits; where none does it is published to every configured channel, once.
    What asks for no watch, such as a submission that failed, is answered `{"ignored": reason}`.
    Raises EngineError or NoCredentials when a start failed and no caller waits, so that Function Compute runs the event
    again; before that every other item is started that it answers for in time.
    """
    began = clock.now()
    items = read_event(event, settings)
    log.info("event", extra={"kind": event.layers, "items": len(items)})
    answers: list[dict[str, Any]] = []
    failures: list[RefreshWatchError] = []
    for item in items:
        answer = _take_one(item, event, settings, engine, clock)
        if isinstance(answer, RefreshWatchError):
            failures.append(answer)
            if clock.now() - began > FAILS_FOR:
                break
        else:
            answers.append(answer)
    if failures:
        return answer_failure(event, failures[0])
    rejections = [item for item in items if isinstance(item, Rejected)]
    started = any(isinstance(item, Requested) for item in items)
    if rejections and not started:
        return Reply(400, problem(rejections), event.wrapped)
    several = isinstance(event.body, list) or len(answers) > 1
    return Reply(202 if started else 200, answers if several else answers[0], event.wrapped)


def answer_failure(event: Event, error: RefreshWatchError) -> Reply:
    """Problem details for what is not the caller's fault. Raises `error` again where no caller waits."""
    if not event.awaited:
        raise error
    log.error("unavailable", extra={"problem": str(error)})
    body = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": str(error)}
    return Reply(503, body, event.wrapped)


def problem(rejections: list[Rejected]) -> dict[str, Any]:
    """RFC 9457 problem details; `detail` is one line."""
    detail = "; ".join(rejected.problem for rejected in rejections[:5])
    if len(rejections) > 5:
        detail += f"; and {len(rejections) - 5} more"
    return {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": detail}


def _take_one(
    item: EventResult, event: Event, settings: Settings, engine: Engine, clock: Clock
) -> dict[str, Any] | RefreshWatchError:
    """The answer to one item, or why it could not be started or published."""
    if isinstance(item, Ignored):
        log.info("ignored", extra={"reason": item.reason})
        return {"ignored": item.reason}
    try:
        if isinstance(item, Requested):
            return start(item, settings=settings, engine=engine, clock=clock)
        log.warning("rejected", extra={"problem": item.problem})
        if not event.awaited:
            publish(item.report(clock.now()), engine)
    except RefreshWatchError as error:
        return error
    return {"error": item.problem}
