"""What a function starts, each once: a hop, or a report to be committed. The task id makes it happen once."""

from __future__ import annotations

from refresh_watch.function_compute.tasks import Engine, Started
from refresh_watch.instants import Seconds
from refresh_watch.report import Report
from refresh_watch.reports.wire import encode
from refresh_watch.watching.hop_payload import Hop, write_hop
from refresh_watch.workflow.task_ids import NOTIFY, WATCH, guard_id, hop_id


def publish(report: Report, engine: Engine) -> Started:
    """Commit a report: of those with one id the first wins, and is fanned out to the channels. Raises EngineError."""
    return engine.start_later(NOTIFY, encode(report), 0, report.id)


def start_hop(hop: Hop, after: Seconds, engine: Engine) -> Started:
    """Start a hop, or a guard. Raises EngineError."""
    name = guard_id if hop.is_guard else hop_id
    return engine.start_later(WATCH, write_hop(hop), after, name(hop.watch.id, hop.number))
