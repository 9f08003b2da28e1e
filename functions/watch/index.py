"""watch: one hop of a watch, its guard, a sweep for what nobody watched, or a probe."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from shared.clock import SystemClock
from shared.credentials import find
from shared.function_compute import log
from shared.function_compute.connect import connect
from shared.settings import Settings
from shared.watching.state import read_hop
from shared.workflow.guard import run_guard
from shared.workflow.hop import LOOK_SHARE, PATIENCE, look_at, run_hop
from shared.workflow.sweeping.asked import is_hop


def handler(event: bytes, context: Any) -> str:
    """Answer in a few words what was found; the state goes on in the next hop's payload.

    Raises EngineError when an effect could not be started, so that Function Compute runs the event again.
    """
    clock = SystemClock()
    began = clock.now()
    log.configure()
    log.bind(request_id=str(context.request_id))
    credentials = partial(find, os.environ, context)
    timeout = float(context.function.timeout)
    if not is_hop(event):
        from shared.workflow.beside import answer_beside

        done = answer_beside(
            event, os.environ, context, find_credentials=credentials, clock=clock, began=began, timeout=timeout
        )
        if done is not None:
            return done
    hop = read_hop(event)
    log.bind(watch_id=hop.watch.id)
    settings = Settings.from_environment(os.environ)
    engine = connect(settings, credentials, clock)
    if hop.is_guard:
        return run_guard(hop, engine=engine, clock=clock)
    look = partial(
        look_at,
        settings=settings,
        find_credentials=credentials,
        clock=clock,
        until=began + LOOK_SHARE * timeout,
        patience=PATIENCE,
        booked=hop.booked,
    )
    return run_hop(hop, look=look, engine=engine, clock=clock)
