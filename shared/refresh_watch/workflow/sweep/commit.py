"""What a sweep publishes, once: watches for what it found, or that it cannot do its work.

Sweeps may overlap in time (a timer's event delivered twice, one called by hand), find sets that overlap, and not see
each other's watches yet. So what is to be watched is committed first, as one task a product and ten minutes. The first
commit wins; what another sweep has found beyond that is found again by a later one.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.function_compute.tasks import Engine, Started
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Note, Product, WatchRequest
from refresh_watch.report import Report, ReportKind
from refresh_watch.settings import Settings
from refresh_watch.triggers.result import Requested, digest_of
from refresh_watch.watching.request import read_request, write_request
from refresh_watch.workflow.effects import publish
from refresh_watch.workflow.starting import start
from refresh_watch.workflow.sweep.request import COMMITTED
from refresh_watch.workflow.sweep.unwatched import LABEL
from refresh_watch.workflow.task_ids import WATCH

log = logging.getLogger("refresh_watch.sweep")

SLOT: Seconds = 600
"""Longer than a sweep and what it starts take together, so that a later sweep finds them in the record."""

UNFINISHED_UNTIL_REPORTED = 3
"""So many unfinished sweeps of one product and day are reported: one alone is not worth a message at night."""


def commit(product: Product, requests: Sequence[WatchRequest], *, engine: Engine, now: Instant) -> bool:
    """Hand on watches to be started, once; False where another sweep has: its watches may not be listed yet.

    A sweep that dies after this loses nothing: the task is run, and run again until all watches are started.
    """
    prefix = f"s-{product}-"
    slot = _slot(now)
    before = engine.task(WATCH, f"{prefix}{slot - 1}")
    if before is not None or any(task.status.is_live for task in engine.tasks(WATCH, prefix)):
        return False
    payload = json.dumps({COMMITTED: [write_request(request) for request in requests]}).encode()
    return engine.start_later(WATCH, payload, 0, f"{prefix}{slot}") is Started.STARTED


def carry_out(committed: Any, *, settings: Settings, engine: Engine, clock: Clock) -> str:
    """Start the watches that were committed. Running it again starts nothing twice.

    Raises EngineError when one could not be started, so that Function Compute runs it again.
    """
    for given in committed:
        wanted = Requested(read_request(given), at_once=True)
        start(wanted, settings=settings, engine=engine, clock=clock, notes=(Note("found_by_sweep"),))
    return f"watches: {len(committed)}"


def publish_rejection(payload: Any, problem: str, *, engine: Engine, now: Instant) -> None:
    """The timer's payload is wrong: reported once for each wrong payload, however often the timer fires."""
    report_id = f"r-{digest_of(['sweep', payload])}"
    publish(Report(report_id, ReportKind.REJECTED, now, label=LABEL, problem=problem), engine)


def publish_unable(product: Product, problem: str, *, engine: Engine, now: Instant) -> None:
    """The sweep of a product cannot do its work until on-call mends it: reported once a day, not at each run."""
    report = Report(
        f"r-{digest_of(['sweep', product.value, _day(now)])}",
        ReportKind.REJECTED,
        now,
        product=product.value,
        label=LABEL,
        problem=f"sweep {product}: {problem}",
        notes=(Note("sweep_unable"),),
    )
    publish(report, engine)


def note_unfinished(product: Product, problem: str, *, engine: Engine, now: Instant) -> None:
    """A sweep of a product was not finished: the next one may be. Where none is, that is reported, once a day."""
    prefix = f"u-{product}-{_day(now)}-"
    engine.start_later(WATCH, json.dumps({COMMITTED: []}).encode(), 0, f"{prefix}{_slot(now)}")
    times = len(engine.tasks(WATCH, prefix))
    log.warning("not finished", extra={"product": product.value, "problem": problem, "times_today": times})
    if times >= UNFINISHED_UNTIL_REPORTED:
        publish_unable(product, f"not finished {times} times today: {problem}", engine=engine, now=now)


def _slot(now: Instant) -> int:
    # no slot ends on the hour, when timers fire: two deliveries of one event fall into the same
    return int((now + SLOT / 2) // SLOT)


def _day(now: Instant) -> str:
    return time.strftime("%Y%m%d", time.gmtime(now))
