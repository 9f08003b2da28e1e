"""A watch as Function Compute's record of it has it: its state, and what its final report adds."""

from __future__ import annotations

from dataclasses import replace

from refresh_watch.errors import NoSuchWatch
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.report import TaskReport
from refresh_watch.reports.from_wire import decode
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.workflow.task_history import TaskHistory, kept_payload, newest_state, read_task_history
from refresh_watch.workflow.task_ids import NOTIFY


def known_state(history: TaskHistory, engine: Engine) -> Watch:
    """The watch as the newest hop was given it. Raises NoSuchWatch where nothing is kept of it."""
    watch = newest_state(history, engine)
    if watch is None:
        raise NoSuchWatch(f"watch_id: '{history.watch_id[:40]}' is not known; allowed: a watch of the last 7 days")
    return watch


def recorded_watch(watch_id: str, engine: Engine) -> Watch:
    """The watch with all that is known of how its items ended. Raises NoSuchWatch, EngineError.

    A hop is given what the looks before it saw: what the last look saw stands in the final report alone, and there only
    of the items that it names. Of the others no more is known than the hop knew.
    """
    history = read_task_history(watch_id, engine)
    watch = known_state(history, engine)
    final = kept_payload(NOTIFY, history.finals, engine)
    if final is None:
        return watch
    reported = {task.item: task for task in decode(final).tasks}
    items = tuple(_with(item, reported[item.item]) if item.item in reported else item for item in watch.items)
    return replace(watch, items=items)


def _with(item: WatchedItem, reported: TaskReport) -> WatchedItem:
    return replace(item, outcome=reported.outcome, task_ids=item.task_ids or reported.task_ids)
