"""intake: any trigger's event in, a watch started for each request in it."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from refresh_watch.channels.registry import check
from refresh_watch.clock import SystemClock
from refresh_watch.credentials import find
from refresh_watch.errors import BadInput
from refresh_watch.function_compute import log
from refresh_watch.function_compute.connect import connect
from refresh_watch.settings import Settings
from refresh_watch.workflow.intake import answer_misconfigured, take_in


def handler(event: bytes, context: Any) -> Any:
    """Answer `{"watch_id", "status_url"}`, or one for each of a list; an HTTP response where the event came as one.

    Raises what went wrong (a start that failed, settings that cannot be used) where nobody waits for the answer, so
    that the event is run again and, in the end, people are told.
    """
    log.configure()
    log.bind(request_id=str(context.request_id))
    clock = SystemClock()
    try:
        settings = Settings.from_environment(os.environ)
        check(settings.channels, settings.allowed_hosts)
    except BadInput as error:
        return answer_misconfigured(event, error).as_response()
    engine = connect(settings, partial(find, os.environ, context), clock)
    return take_in(event, settings=settings, engine=engine, clock=clock).as_response()
