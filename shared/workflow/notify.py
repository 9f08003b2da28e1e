"""notify: a report without a channel is fanned out; with a channel it is delivered once, or comes back later."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

from shared.channels.delivery.deliver import deliver
from shared.channels.delivery.next_visit import ComeBack, GivenUp
from shared.clock import Clock
from shared.errors import BadInput, Described, Undelivered
from shared.function_compute.tasks import Engine
from shared.reports.wire import from_json
from shared.settings import Settings
from shared.workflow.broken import is_failure_envelope, tell_broken
from shared.workflow.fan_out import DeliveryState, fan_out, read_delivery, start_delivery

log = logging.getLogger("refresh_watch.notify")


def notify(event: bytes, *, settings: Settings, engine: Engine, clock: Clock) -> str:
    """Carry out one event of the notify function; answers in a few words what was done.

    Raises Undelivered for a delivery that was given up, BadInput for an event that is none of ours, and EngineError
    when something could not be started.
    """
    given = _read(event)
    if is_failure_envelope(given):
        return f"broken reports: {tell_broken(given, settings=settings, engine=engine, clock=clock)}"
    if "delivery" in given:
        return visit(read_delivery(given), settings=settings, engine=engine, clock=clock)
    return f"deliveries: {fan_out(from_json(given), settings=settings, engine=engine, clock=clock)}"


def visit(state: DeliveryState, *, settings: Settings, engine: Engine, clock: Clock) -> str:
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
    delivery = deliver(
        state.report,
        channel,
        settings=settings,
        clock=clock,
        tries=state.tries,
        rate_limited_before=state.rate_limited,
        first_try_at=state.first_try_at,
    )
    after = delivery.next
    if isinstance(after, GivenUp):
        return _give_up(state, after.why, engine)
    if isinstance(after, ComeBack):
        later = replace(state, visit=state.visit + 1, tries=after.tries, rate_limited=after.rate_limited)
        start_delivery(later, after.after, engine)
        return f"comes back in {after.after:.0f} s"
    return "delivered"


def _give_up(state: DeliveryState, why: str, engine: Engine) -> str:
    log.error(
        "undelivered",
        extra={
            "watch_id": state.report.watch_id,
            "report": state.report.id,
            "channel": state.channel,
            "why": why,
        },
    )
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
