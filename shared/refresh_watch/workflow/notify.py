"""notify: a report without a channel is fanned out; with a channel it is delivered once, or comes back later."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from functools import cache
from typing import Any

from refresh_watch.channels.delivery.deliver import deliver
from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.channels.delivery.retry_policy import Abandoned, RetryLater
from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput, Described, EngineError, Undelivered
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Note
from refresh_watch.report import ReportKind
from refresh_watch.reports.from_wire import from_json
from refresh_watch.settings import ChannelSetting, Settings
from refresh_watch.workflow.deliveries import DeliveryState, fan_out, read_delivery, start_delivery
from refresh_watch.workflow.failure_events import is_failure_envelope, report_failure
from refresh_watch.workflow.task_ids import NOTIFY, final_id

log = logging.getLogger("refresh_watch.notify")

FALLBACK_AFTER: Seconds = 600
"""A report that a channel still refuses so long after its first post is sent to the channel's fallback too. Its own
deliveries go on: on-call does not have to wait a day for what another channel can deliver now."""


FALLBACK_SOON: Seconds = 60
"""Where the channel may be asked again so soon after that, the fallback waits for its answer."""

HELD_UP: Seconds = 10
"""A first failure so old may have been overtaken by the final report, also on its first visit: Function Compute puts
events off while all instances are busy."""


@cache
def pacing_of_instance(instances: int) -> Pacing:
    """What this instance has posted outlives the delivery, as the instance does."""
    return Pacing(instances)


def notify(event: bytes, *, settings: Settings, engine: Engine, clock: Clock, pacing: Pacing) -> str:
    """Carry out one event of the notify function; answers in a few words what was done.

    Raises Undelivered for a delivery that was given up, BadInput for an event that is none of ours, and EngineError
    when something could not be started.
    """
    given = _read(event)
    if is_failure_envelope(given):
        return f"broken reports: {report_failure(given, settings=settings, engine=engine, clock=clock)}"
    if "delivery" in given:
        return visit(read_delivery(given), settings=settings, engine=engine, clock=clock, pacing=pacing)
    return f"deliveries: {fan_out(from_json(given), settings=settings, engine=engine)}"


def visit(state: DeliveryState, *, settings: Settings, engine: Engine, clock: Clock, pacing: Pacing) -> str:
    """One visit to one channel.

    What is given up is handed to a last task that does nothing but fail: its retries by Function Compute then post
    nothing, and it stands in the list of undelivered reports with the reason.
    """
    if state.gave_up:
        raise Undelivered(f"channel {state.channel}: {state.gave_up}")
    try:
        channel = settings.channel(state.channel)
    except BadInput as error:
        return _give_up(state, str(error), engine)
    if _is_superseded(state, engine, clock.now()):
        log.info("superseded", extra={"report": state.report.id, "channel": state.channel})
        return "superseded by the final report"
    delivery = deliver(state.report, channel, settings=settings, clock=clock, pacing=pacing, so_far=state.attempts)
    after = delivery.next
    if isinstance(after, Abandoned):
        _start_fallback(state, channel, after.why, engine)
        return _give_up(replace(state, attempts=delivery.attempts), after.why, engine)
    if isinstance(after, RetryLater):
        if _is_late(after, clock.now()):
            _start_fallback(state, channel, str(after.attempts.last), engine)
        later = replace(state, visit=state.visit + 1, attempts=after.attempts)
        delay = _until_next_visit(after, clock.now()) if channel.fallback and not state.stands_for else after.after
        start_delivery(later, delay, engine)
        return f"comes back in {delay:.0f} s"
    return "delivered"


def _is_superseded(state: DeliveryState, engine: Engine, now: Instant) -> bool:
    """A first failure that comes after the final report would say that the rest is still being watched."""
    report = state.report
    if report.kind is not ReportKind.INTERIM or not (state.visit or state.replay or now > report.made_at + HELD_UP):
        return False
    try:
        return engine.task(NOTIFY, final_id(report.watch_id)) is not None
    except EngineError as error:
        log.warning("whether the final report is out is not known: %s", error, extra={"report": report.id})
        return False


def _is_late(after: RetryLater, now: Instant) -> bool:
    # a message that waits for its turn behind others has not been refused
    attempts = after.attempts
    return attempts.last is not None and now - (attempts.first_at or now) >= FALLBACK_AFTER


def _until_next_visit(after: RetryLater, now: Instant) -> Seconds:
    """A channel may ask for an hour: its fallback does not wait so long. That visit starts the fallback, and posts
    nothing."""
    attempts = after.attempts
    if attempts.last is None or attempts.first_at is None:
        return after.after
    due = attempts.first_at + FALLBACK_AFTER - now
    return due if due > 0 and attempts.not_before > now + due + FALLBACK_SOON else after.after


def _start_fallback(state: DeliveryState, channel: ChannelSetting, why: str, engine: Engine) -> None:
    """Once, for the id of that delivery is made of both channels; a fallback has no fallback."""
    if not channel.fallback or state.stands_for:
        return
    note = Note("undelivered", (("channel", channel.name), ("why", why)))
    report = replace(state.report, notes=(note, *state.report.notes))
    start_delivery(DeliveryState(report, channel.fallback, stands_for=channel.name), 0, engine)


def _give_up(state: DeliveryState, why: str, engine: Engine) -> str:
    report = {"watch_id": state.report.watch_id, "report": state.report.id}
    log.error("undelivered", extra={**report, "channel": state.channel, "why": why})
    start_delivery(replace(state, visit=state.visit + 1, gave_up=why), 0, engine)
    return "given up"


def _read(event: bytes) -> dict[str, Any]:
    try:
        given = json.loads(event)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise BadInput("event", Described(f"{len(event)} bytes"), "a report, a delivery, or an onFailure envelope")
    return given
