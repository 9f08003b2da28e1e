"""A committed report to every channel that wants it: one delivery a channel, so that none delays another."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

from shared.channels.wants import wants
from shared.clock import Clock
from shared.errors import BadInput
from shared.function_compute.tasks import Engine
from shared.instants import Instant, Seconds
from shared.report import Report
from shared.reports.wire import compact, from_json, to_json
from shared.settings import Settings
from shared.workflow.names import NOTIFY, delivery_id

log = logging.getLogger("refresh_watch.notify")


@dataclass(frozen=True)
class DeliveryState:
    """A report on its way to one channel: the payload of a delivery task.

    `visit` counts the tasks, `tries` the attempts that were spent: a rate-limited answer spends none. `gave_up` says
    why, in one line: such a task does nothing but fail, so that it stands in the list of undelivered reports.
    """

    report: Report
    channel: str
    visit: int
    tries: int
    rate_limited: int
    first_try_at: Instant
    replay: bool = False
    gave_up: str = ""


def fan_out(report: Report, *, settings: Settings, engine: Engine, clock: Clock) -> int:
    """Start a delivery for each channel; those that exist already are left alone. Answers how many there are."""
    names = report.channels or (*(channel.name for channel in settings.channels), *dict(settings.broken_channels))
    started = 0
    for name in names:
        try:
            wanted = wants(settings.channel(name), report)
        except BadInput:
            # not configured, or set wrong: the delivery fails by itself, and can be replayed once that is mended
            wanted = True
        if wanted:
            first = DeliveryState(report, name, visit=0, tries=0, rate_limited=0, first_try_at=clock.now())
            start_delivery(first, 0, engine)
            started += 1
    if not started:
        log.warning("nobody to tell", extra={"report": report.id})
    return started


def start_delivery(state: DeliveryState, after: Seconds, engine: Engine) -> None:
    """Start one visit; its id makes it happen once."""
    task_id = delivery_id(state.report.id, state.channel, state.visit, replay=state.replay)
    engine.start_later(NOTIFY, write_delivery(state), after, task_id)


def write_delivery(state: DeliveryState) -> bytes:
    """Encode a delivery's payload."""
    delivery: dict[str, Any] = {
        "channel": state.channel,
        "visit": state.visit,
        "tries": state.tries,
        "rate_limited": state.rate_limited,
        "first_try_at": state.first_try_at,
    }
    if state.replay:
        delivery["replay"] = True
    if state.gave_up:
        delivery["gave_up"] = state.gave_up
    return compact({"delivery": delivery, "of": to_json(state.report)})


def read_delivery_payload(payload: bytes) -> DeliveryState:
    """Decode a delivery's payload from bytes. Raises BadInput when it is none of ours."""
    try:
        given = json.loads(payload)
    except ValueError:
        raise BadInput("event", f"{len(payload)} bytes", "the payload of a delivery") from None
    return read_delivery(given)


def read_delivery(given: dict[str, Any]) -> DeliveryState:
    """Decode a delivery's payload. Raises BadInput when it is none of ours."""
    try:
        delivery = given["delivery"]
        return DeliveryState(
            report=from_json(given["of"]),
            channel=str(delivery["channel"]),
            visit=int(delivery["visit"]),
            tries=int(delivery["tries"]),
            rate_limited=int(delivery["rate_limited"]),
            first_try_at=float(delivery["first_try_at"]),
            replay=bool(delivery.get("replay")),
            gave_up=str(delivery.get("gave_up", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("event", json.dumps(given)[:40], "the payload of a delivery") from None
