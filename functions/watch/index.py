"""watch: one hop of a watch, or its guard."""

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


def handler(event: bytes, context: Any) -> str:
    """Answer in a few words what was found; the state goes on in the next hop's payload.

    Raises EngineError when an effect could not be started, so that Function Compute runs the hop again.
    """
    clock = SystemClock()
    began = clock.now()
    log.configure()
    hop = read_hop(event)
    log.bind(request_id=str(context.request_id), watch_id=hop.watch.id)
    settings = Settings.from_environment(os.environ)
    engine = connect(settings, partial(find, os.environ, context), clock)
    if hop.is_guard:
        return run_guard(hop, engine=engine, clock=clock)
    until = began + LOOK_SHARE * float(context.function.timeout)
    credentials = partial(find, os.environ, context)
    look = partial(
        look_at,
        settings=settings,
        find_credentials=credentials,
        clock=clock,
        until=until,
        patience=PATIENCE,
        booked=hop.booked,
    )
    return run_hop(hop, look=look, engine=engine, clock=clock)
