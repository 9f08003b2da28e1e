"""A watch as Function Compute's own record shows it: its hops, its state, and how its items ended."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace

from refresh_watch.clock import Clock
from refresh_watch.errors import NoSuchWatch
from refresh_watch.function_compute.tasks import Engine, Started, Task, TaskStatus
from refresh_watch.reports.from_wire import decode
from refresh_watch.watch import Watch
from refresh_watch.watching.hop_payload import Hop, read_hop
from refresh_watch.workflow.effects import start_hop
from refresh_watch.workflow.task_ids import NOTIFY, WATCH, final_id, hop_number, hop_prefix

log = logging.getLogger("refresh_watch.chain")


@dataclass(frozen=True)
class TaskHistory:
    """All hops, by number, and the tasks that carry the final report: the one that committed it, and its repeats."""

    watch_id: str
    hops: tuple[Task, ...]
    finals: tuple[Task, ...]

    @property
    def is_committed(self) -> bool:
        """The final report was committed."""
        return bool(self.finals)

    @property
    def is_fanned_out(self) -> bool:
        """The final report was fanned out to the channels."""
        return any(task.status is TaskStatus.SUCCEEDED for task in self.finals)

    @property
    def fanning_out(self) -> Task | None:
        """A task that will still fan the final report out, or does so now."""
        return next((task for task in self.finals if task.status.is_live), None)

    @property
    def live(self) -> Task | None:
        """A hop that waits or runs."""
        return next((hop for hop in reversed(self.hops) if hop.status.is_live), None)

    @property
    def next_number(self) -> int:
        """Of the hop after the newest one."""
        return hop_number(self.hops[-1].id) + 1 if self.hops else 0


def read_task_history(watch_id: str, engine: Engine) -> TaskHistory:
    """Ask Function Compute for the tasks of one watch."""
    hops = sorted(engine.tasks(WATCH, hop_prefix(watch_id)), key=lambda task: hop_number(task.id))
    return TaskHistory(watch_id, tuple(hops), tuple(engine.tasks(NOTIFY, final_id(watch_id))))


def kept_payload(function: str, tasks: Iterable[Task], engine: Engine) -> bytes | None:
    """The payload of the first of these tasks of which one is kept: a list holds none. None where none is."""
    for listed in tasks:
        task = engine.task(function, listed.id)
        if task is not None and task.payload:
            return task.payload
    return None


def newest_state(history: TaskHistory, engine: Engine) -> Watch | None:
    """The watch as the newest hop was given it; None where Function Compute keeps no payload of any."""
    payload = kept_payload(WATCH, reversed(history.hops), engine)
    return read_hop(payload).watch if payload else None


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
    items = [
        replace(item, outcome=task.outcome, task_ids=item.task_ids or task.task_ids) if task else item
        for item, task in ((item, reported.get(item.item)) for item in watch.items)
    ]
    return replace(watch, items=tuple(items))


def waiting_hop(history: TaskHistory, engine: Engine) -> Hop | None:
    """The hop that has not begun yet, with its plan; None where there is none, or no payload of it is kept."""
    if history.live is None or history.live.status is not TaskStatus.ENQUEUED:
        return None
    payload = kept_payload(WATCH, (history.live,), engine)
    return read_hop(payload) if payload else None


def resume(history: TaskHistory, engine: Engine, clock: Clock, watch: Watch | None = None) -> Started:
    """Start the hop after the newest one, with the newest state that is kept, else with `watch`.

    A list that lags behind does no harm: the id of a hop that exists is answered with "already".
    """
    state = newest_state(history, engine) or watch
    if state is None:
        log.warning("no state is kept, so nothing could be resumed", extra={"watch_id": history.watch_id})
        return Started.ALREADY
    hop = Hop(replace(state, id=history.watch_id), history.next_number, due=clock.now())
    started = start_hop(hop, 0, engine)
    log.warning("resumed", extra={"watch_id": history.watch_id, "hop": hop.number, "start": started.value})
    return started
