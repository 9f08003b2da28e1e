"""watch: one hop of a watch, its guard, a sweep for failures that no watch follows, or a probe."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from refresh_watch.clock import SystemClock
from refresh_watch.credentials import find
from refresh_watch.function_compute import log
from refresh_watch.function_compute.connect import connect
from refresh_watch.settings import Settings
from refresh_watch.watching.hop_payload import read_hop
from refresh_watch.workflow.first_bytes import is_hop
from refresh_watch.workflow.guard import run_guard
from refresh_watch.workflow.hop import LOOK_SHARE, TURN_PATIENCE, look_at, run_hop


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
        from refresh_watch.workflow.dispatch import run_other

        done = run_other(
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
        patience=TURN_PATIENCE,
        booked=hop.booked,
    )
    return run_hop(hop, look=look, engine=engine, clock=clock)
