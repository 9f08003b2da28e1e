"""A watch started, once: hop 0 and its guard."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.function_compute.tasks import Engine, Started
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import AnyNote
from refresh_watch.settings import Settings
from refresh_watch.triggers.result import Requested
from refresh_watch.watch import open_watch
from refresh_watch.watching.hop_payload import Hop
from refresh_watch.watching.schedule import first_look
from refresh_watch.workflow.effects import start_hop
from refresh_watch.workflow.guard import guard_delay
from refresh_watch.workflow.task_history import TaskHistory, read_task_history, resume, waiting_hop

log = logging.getLogger("refresh_watch.starting")

HASTENED_FROM: Seconds = 10
"""A look that comes sooner is not hastened: each event would bring a look of its own."""


def start(
    wanted: Requested, *, settings: Settings, engine: Engine, clock: Clock, notes: tuple[AnyNote, ...] = ()
) -> dict[str, Any]:
    """Start a watch and its guard, once. Answers `watch_id`, `status_url`, and what an earlier start became.

    `notes` stand in its reports. A watch that runs already is looked at now, where the look is wanted at once.
    """
    now = clock.now()
    watch = replace(open_watch(settings.prefix, wanted.request, now), notes=notes)
    answer: dict[str, Any] = {"watch_id": watch.id, "status_url": None}
    if not settings.channels:
        answer["warning"] = "REFRESH_WATCH_CHANNELS is empty: no message will be sent"
    history: TaskHistory | None = None
    after = 0.0 if wanted.at_once else first_look(watch, now)
    hop = Hop(watch, 0, due=now + after)
    if start_hop(hop, after, engine) is Started.ALREADY:
        history = read_task_history(watch.id, engine)
        answer |= {"already": True, "state": _state(history, engine, clock, at_once=wanted.at_once)}
    if history is None or not history.is_fanned_out:
        start_hop(Hop(watch, 0, is_guard=True), guard_delay(watch, 0), engine)
    log.info("accepted", extra={"watch_id": watch.id, "items": len(watch.items), "already": history is not None})
    return answer


def _state(history: TaskHistory, engine: Engine, clock: Clock, *, at_once: bool) -> str:
    """What became of the watch that this request had already started; a dead chain is started again."""
    if history.is_committed:
        return "settled"
    if history.live is None:
        # a record that lags behind shows no hop; the id of the one that exists is answered with "already"
        return "resumed" if resume(history, engine, clock) is Started.STARTED else "watching"
    if at_once and _is_far(history, engine, clock.now()):
        # the hop that was to come finds its successor known when it comes, and its verdict committed
        return "hastened" if resume(history, engine, clock) is Started.STARTED else "watching"
    return f"watching ({history.live.status})"


def _is_far(history: TaskHistory, engine: Engine, now: Instant) -> bool:
    """The next look waits, for longer than is worth hastening; one that waits for its turn in the quota is left."""
    planned = waiting_hop(history, engine)
    if planned is None or planned.booked or planned.due is None:
        return False
    return planned.due > now + HASTENED_FROM
