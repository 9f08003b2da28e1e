"""A committed report to every channel that wants it: one delivery a channel, so that none delays another."""

from __future__ import annotations

import logging

from refresh_watch.channels.routing import wants
from refresh_watch.errors import BadInput
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Seconds
from refresh_watch.report import Report
from refresh_watch.settings import Settings
from refresh_watch.workflow.delivery_state import DeliveryState, write_delivery
from refresh_watch.workflow.task_ids import NOTIFY, delivery_id, fallback_name

log = logging.getLogger("refresh_watch.notify")


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
