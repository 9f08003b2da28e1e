"""End a watch by hand: the final report says that it was stopped, and by whom."""

from __future__ import annotations

from refresh_watch.clock import Clock
from refresh_watch.function_compute.tasks import Engine, Started
from refresh_watch.watching.advance import stop_watch
from refresh_watch.watching.reporting import final_report
from refresh_watch.workflow.effects import publish
from refresh_watch.workflow.task_history import TaskHistory, known_state, read_task_history
from refresh_watch.workflow.task_ids import WATCH

_ROUNDS = 5


def stop(watch_id: str, who: str, *, engine: Engine, clock: Clock) -> bool:
    """Commit a final report that says who stopped it, then end its hops.

    The guard goes on: it sees that the report reaches the channels, and ends by itself. Answers False when the final
    report had been committed before. Raises NoSuchWatch for an id that Function Compute does not know.
    """
    history = read_task_history(watch_id, engine)
    committed = not history.is_committed and _commit(history, who, engine, clock)
    for _ in range(_ROUNDS):
        live = [hop for hop in history.hops if hop.status.is_live]
        if not live:
            break
        for hop in live:
            engine.stop(WATCH, hop.id)
        # a hop that ran may have started its successor before it was stopped
        history = read_task_history(watch_id, engine)
    return committed


def _commit(history: TaskHistory, who: str, engine: Engine, clock: Clock) -> bool:
    watch = known_state(history, engine)
    now = clock.now()
    return publish(final_report(stop_watch(watch, now, who), now), engine) is Started.STARTED
