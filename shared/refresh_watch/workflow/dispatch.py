"""What the watch function is given besides hops and guards: a timer's sweep, and probes. No hop imports it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.function_compute.connect import connect
from refresh_watch.instants import Instant, Seconds
from refresh_watch.settings import Settings
from refresh_watch.workflow.first_bytes import may_be_probe
from refresh_watch.workflow.probing.grants import GrantTry
from refresh_watch.workflow.probing.probe import answer_probe
from refresh_watch.workflow.sweep.request import sweep_event
from refresh_watch.workflow.task_ids import WATCH

LONGEST_TRYING: Seconds = 30.0
"""Of a probe of the role: the caller waits for the answer for 60 s, a cold start included."""


def run_other(
    event: bytes,
    environment: Mapping[str, str],
    context: object,
    *,
    find_credentials: Callable[[], Credentials],
    clock: Clock,
    began: Instant,
    timeout: Seconds,
) -> str | None:
    """Carry out a sweep, answered in a few words, or a probe, answered with JSON; None for anything else.

    `began` and `timeout` are the invocation's. Raises EngineError when an effect could not be started.
    """
    settings = Settings.from_environment(environment)
    engine = connect(settings, find_credentials, clock)

    def try_role(until: Instant) -> list[GrantTry]:
        from refresh_watch.workflow.probing.products import try_products

        return list(try_products(settings, find_credentials, clock, until))

    if may_be_probe(event):
        return answer_probe(
            event,
            WATCH,
            engine=engine,
            clock=clock,
            environment=environment,
            context=context,
            try_more=try_role,
            seconds=min(LONGEST_TRYING, timeout / 3),
        )
    sweep = sweep_event(event)
    if sweep is None:
        return None
    from refresh_watch.workflow.sweep.sweeper import Sweeper

    return Sweeper(settings, engine, find_credentials, clock, began=began, timeout=timeout).run(sweep)
