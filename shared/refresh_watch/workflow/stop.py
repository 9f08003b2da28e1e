"""End a watch by hand: people are told that it was stopped, and by whom."""

from __future__ import annotations

from refresh_watch.clock import Clock
from refresh_watch.function_compute.tasks import Engine, Started
from refresh_watch.reports.wire import encode
from refresh_watch.watching.advance import stopped
from refresh_watch.watching.reporting import final_report
from refresh_watch.workflow.chain import Chain, read_chain
from refresh_watch.workflow.names import NOTIFY, WATCH
from refresh_watch.workflow.record import known_state

_ROUNDS = 5


def stop(watch_id: str, who: str, *, engine: Engine, clock: Clock) -> bool:
    """Commit a final report that says who stopped it, then end its hops.

    The guard goes on: it sees that the report reaches the channels, and ends by itself. Answers False when the final
    report had been committed before. Raises NoSuchWatch for an id that Function Compute does not know.
    """
    chain = read_chain(watch_id, engine)
    spoken = not chain.is_final and _speak(chain, who, engine, clock)
    for _ in range(_ROUNDS):
        live = [hop for hop in chain.hops if hop.status.is_live]
        if not live:
            break
        for hop in live:
            engine.stop(WATCH, hop.id)
        # a hop that ran may have started its successor before it was stopped
        chain = read_chain(watch_id, engine)
    return spoken


def _speak(chain: Chain, who: str, engine: Engine, clock: Clock) -> bool:
    watch = known_state(chain, engine)
    now = clock.now()
    report = final_report(stopped(watch, now, who), now)
    return engine.start_later(NOTIFY, encode(report), 0, report.id) is Started.STARTED
