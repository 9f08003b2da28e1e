"""notify: a report to every channel, or one delivery to one channel, or the failure of another function."""

from __future__ import annotations

import logging
import os
from functools import partial
from typing import Any

from refresh_watch.clock import SystemClock
from refresh_watch.credentials import find
from refresh_watch.function_compute import log
from refresh_watch.function_compute.connect import connect
from refresh_watch.settings import Settings
from refresh_watch.workflow.first_bytes import may_be_probe
from refresh_watch.workflow.notify import notify, pacing_of_instance
from refresh_watch.workflow.task_ids import NOTIFY


def handler(event: bytes, context: Any) -> str:
    """Answer in a few words what was done; a probe (`doctor --probe`) is answered with JSON.

    Raises Undelivered for a delivery that was given up (its task then reads Failed, and `replay` finds it), and
    EngineError when a delivery could not be started, so that Function Compute runs the event again.
    """
    log.configure()
    log.bind(request_id=str(context.request_id))
    clock = SystemClock()
    settings = Settings.from_environment(os.environ, lenient_channels=True)
    for name, problem in settings.broken_channels:
        logging.getLogger("refresh_watch.notify").error("channel %s is set wrong: %s", name, problem)
    engine = connect(settings, partial(find, os.environ, context), clock)
    if may_be_probe(event):
        from refresh_watch.workflow.probing.probe import answer_probe

        answer = answer_probe(event, NOTIFY, engine=engine, clock=clock, environment=os.environ, context=context)
        if answer is not None:
            return answer
    pacing = pacing_of_instance(settings.instances)
    return notify(event, settings=settings, engine=engine, clock=clock, pacing=pacing)
