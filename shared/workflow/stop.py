"""End a watch by hand: people are told that it was stopped, and by whom."""

from __future__ import annotations

from shared.clock import Clock
from shared.errors import NoSuchWatch
from shared.function_compute.tasks import Engine, Started
from shared.reports.wire import encode
from shared.watching.advance import stopped
from shared.watching.reporting import final_report
from shared.watching.state import read_hop
from shared.workflow.chain import read_chain
from shared.workflow.names import NOTIFY, WATCH, guard_prefix


def stop(watch_id: str, who: str, *, engine: Engine, clock: Clock) -> bool:
    """Commit a final report that says who stopped it, then end its hops and guards.

    Answers False when its final report had been committed before. Raises NoSuchWatch for an id that Function Compute
    does not know.
    """
    chain = read_chain(watch_id, engine)
    payload = next((hop.payload for hop in reversed(chain.hops) if hop.payload), None)
    if payload is None:
        raise NoSuchWatch(f"watch_id: '{watch_id[:40]}' is not known; allowed: a watch of the last 7 days")
    if chain.is_final:
        return False
    now = clock.now()
    report = final_report(stopped(read_hop(payload).watch, now, who), now)
    if engine.start_later(NOTIFY, encode(report), 0, report.id) is Started.ALREADY:
        return False
    for task in (*chain.hops, *engine.tasks(WATCH, guard_prefix(watch_id))):
        if task.status.is_live:
            engine.stop(WATCH, task.id)
    return True
