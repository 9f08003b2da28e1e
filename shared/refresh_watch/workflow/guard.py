"""The guard: is this watch still alive? It trusts nothing but Function Compute's record, and ends with the final."""

from __future__ import annotations

import logging

from refresh_watch.clock import Clock
from refresh_watch.errors import EngineError
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.limits import LONGEST_DELAY
from refresh_watch.watch import Watch
from refresh_watch.watching.advance import abandon_watch, latest_end
from refresh_watch.watching.hop_payload import Hop
from refresh_watch.watching.reporting import final_report
from refresh_watch.watching.schedule import deadline_of, phase_of
from refresh_watch.workflow.effects import publish, start_hop
from refresh_watch.workflow.task_history import (
    TaskHistory,
    kept_payload,
    newest_state,
    read_task_history,
    resume,
    waiting_hop,
)
from refresh_watch.workflow.task_ids import NOTIFY, again_id, final_id

log = logging.getLogger("refresh_watch.guard")

GIVES_UP_AFTER: Seconds = 3600
"""Past the latest end that a look could give a watch: then the guard itself commits the final report."""

HELD_UP_AFTER: Seconds = 300
"""So much later than planned a hop that has not begun is overtaken by its successor."""

RECORD_ENDS: Seconds = 6 * 86400
"""Function Compute forgets tasks after 7 days: a guard that went on would take a reported watch for one that is not."""


def guard_delay(watch: Watch, number: int) -> Seconds:
    """How long guard `number` waits: until a little after the deadline, then longer each time, at most an hour.

    Thousands that were accepted together do not wake together.
    """
    deadline = deadline_of(watch) - watch.accepted_at
    margin = min(60.0, max(5.0, deadline / 10))
    spread = phase_of(watch.id) * min(1200.0, 0.6 * deadline)
    return min(LONGEST_DELAY - spread, deadline + margin if number == 0 else margin * 4.0 ** min(number, 6)) + spread


def run_guard(guard: Hop, *, engine: Engine, clock: Clock) -> str:
    """See that the watch ends: answers what was found, for the log.

    Raises EngineError when Function Compute does not answer, so that the guard is run again.
    """
    history = read_task_history(guard.watch.id, engine)
    if history.is_fanned_out:
        return "settled and fanned out"
    if clock.now() > guard.watch.accepted_at + RECORD_ENDS:
        raise EngineError(f"the final report of {guard.watch.id} could not be sent for six days")
    found = _tend(history, guard.watch, engine, clock)
    log.info("guarded", extra={"guard": guard.number, "found": found})
    after = guard.number + 1
    watch = guard.watch
    start_hop(Hop(watch, after, is_guard=True), guard_delay(watch, after), engine)
    return found


def _tend(history: TaskHistory, first: Watch, engine: Engine, clock: Clock) -> str:
    if history.fanning_out is not None:
        return "settled, on its way to the channels"
    if history.is_committed:
        _fan_out_again(history, engine)
        return "settled, but the fan-out had failed: started again"
    if history.live is not None and not _is_held_up(history, engine, clock.now()):
        return "alive"
    watch = newest_state(history, engine) or first
    now = clock.now()
    if now >= latest_end(watch) + GIVES_UP_AFTER:
        # every hop has failed for so long that another would too; an accepted watch still ends in a final report
        publish(final_report(abandon_watch(watch, now), now), engine)
        return "given up"
    resume(history, engine, clock, watch)
    return "the chain was cut off: resumed" if history.live is None else "a hop is held up: overtaken"


def _is_held_up(history: TaskHistory, engine: Engine, now: Instant) -> bool:
    """Function Compute puts an event off by doubling pauses, up to hours, when all instances are busy: has it this one?

    When it starts after all, the hop that has overtaken it is known already, and so is its verdict.
    """
    planned = waiting_hop(history, engine)
    if planned is None or planned.due is None:
        return False
    # `due` is when the look was planned first; its turn in the quota may come later by as much as can be waited for
    turn = LONGEST_DELAY if planned.booked else 0.0
    return now > planned.due + turn + HELD_UP_AFTER


def _fan_out_again(history: TaskHistory, engine: Engine) -> None:
    report_id = final_id(history.watch_id)
    payload = kept_payload(NOTIFY, history.finals, engine)
    if payload is None:
        raise EngineError(f"Function Compute kept no payload of {report_id}")
    engine.start_later(NOTIFY, payload, 0, again_id(report_id, len(history.finals)))
