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
from refresh_watch.triggers.read import open_event
from refresh_watch.workflow.first_bytes import may_be_probe
from refresh_watch.workflow.intake import answer_failure, take_in
from refresh_watch.workflow.task_ids import INTAKE


def handler(event: bytes, context: Any) -> Any:
    """Answer `{"watch_id", "status_url"}`, or one for each of a list; an HTTP response where the event came as one.

    Raises what went wrong (a start that failed, settings that cannot be used) where no caller waits for the answer, so
    that the event is run again and, in the end, a `broken` report is sent. A probe is answered with JSON.
    """
    log.configure()
    log.bind(request_id=str(context.request_id))
    opened = open_event(event)
    clock = SystemClock()
    try:
        settings = Settings.from_environment(os.environ)
        check(settings.channels, settings.allowed_hosts)
    except BadInput as error:
        return answer_failure(opened, error).as_response()
    engine = connect(settings, partial(find, os.environ, context), clock)
    if may_be_probe(event):
        from refresh_watch.workflow.probing.probe import answer_probe

        answer = answer_probe(event, INTAKE, engine=engine, clock=clock, environment=os.environ, context=context)
        if answer is not None:
            return answer
    return take_in(opened, settings=settings, engine=engine, clock=clock).as_response()
