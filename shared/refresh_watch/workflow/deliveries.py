"""A report on its way to one channel: the payload of a delivery task, and its start. One delivery delays no other."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from typing import Any

from refresh_watch.channels.delivery.attempts import Attempts, Failure
from refresh_watch.channels.routing import wants
from refresh_watch.errors import BadInput, Described
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Seconds
from refresh_watch.report import Report
from refresh_watch.reports.from_wire import from_json
from refresh_watch.reports.wire import compact, to_json
from refresh_watch.settings import Settings
from refresh_watch.workflow.task_ids import NOTIFY, delivery_id, fallback_name

log = logging.getLogger("refresh_watch.notify")

_ALLOWED = "the payload of a delivery"


@dataclass(frozen=True)
class DeliveryState:
    """`visit` counts the tasks. `gave_up` says why, in one line: such a task does nothing but fail, so that it stands
    in the list of undelivered reports. `stands_for` names the channel that did not get the report, where this is its
    fallback."""

    report: Report
    channel: str
    visit: int = 0
    attempts: Attempts = field(default_factory=Attempts)
    replay: bool = False
    gave_up: str = ""
    stands_for: str = ""


def fan_out(report: Report, *, settings: Settings, engine: Engine) -> int:
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
            start_delivery(DeliveryState(report, name), 0, engine)
            started += 1
    if not started:
        log.warning("no channel to deliver to", extra={"report": report.id})
    return started


def start_delivery(state: DeliveryState, after: Seconds, engine: Engine) -> None:
    """Start one visit; its id makes it happen once."""
    to = fallback_name(state.stands_for, state.channel) if state.stands_for else state.channel
    task_id = delivery_id(state.report.id, to, state.visit, replay=state.replay)
    engine.start_later(NOTIFY, write_delivery(state), after, task_id)


def write_delivery(state: DeliveryState) -> bytes:
    """Encode a delivery's payload; what is as it was at the start is left out."""
    fresh = asdict(Attempts())
    attempts = {key: value for key, value in asdict(state.attempts).items() if value != fresh[key]}
    delivery: dict[str, Any] = {"channel": state.channel, "visit": state.visit}
    more = {
        "attempts": attempts,
        "replay": state.replay,
        "gave_up": state.gave_up,
        "stands_for": state.stands_for,
    }
    delivery |= {key: value for key, value in more.items() if value}
    return compact({"delivery": delivery, "of": to_json(state.report)})


def read_delivery_payload(payload: bytes) -> DeliveryState:
    """Decode a delivery's payload from bytes. Raises BadInput when it is none of ours."""
    try:
        given = json.loads(payload)
    except ValueError:
        raise BadInput("event", Described(f"{len(payload)} bytes"), _ALLOWED) from None
    return read_delivery(given)


def read_delivery(given: dict[str, Any]) -> DeliveryState:
    """Decode a delivery's payload. Raises BadInput when it is none of ours."""
    try:
        delivery = given["delivery"]
        return DeliveryState(
            report=from_json(given["of"]),
            channel=str(delivery["channel"]),
            visit=int(delivery["visit"]),
            attempts=_attempts(delivery.get("attempts", {})),
            replay=bool(delivery.get("replay")),
            gave_up=str(delivery.get("gave_up", "")),
            stands_for=str(delivery.get("stands_for", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("event", Described("an object of another shape"), _ALLOWED) from None


def _attempts(given: dict[str, Any]) -> Attempts:
    last = given.get("last")
    known = {key: value for key, value in given.items() if key in Attempts.__dataclass_fields__}
    return Attempts(**{**known, "last": Failure(**last) if last else None})
