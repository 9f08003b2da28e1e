"""The guard: is this watch still alive? It trusts nothing but Function Compute's record, and ends with the final."""

from __future__ import annotations

import logging

from shared.errors import EngineError
from shared.function_compute.tasks import Engine
from shared.instants import Seconds
from shared.model import Watch
from shared.watching.schedule import LONGEST_WAIT, deadline_of
from shared.watching.state import Hop, write_hop
from shared.workflow.chain import Chain, read_chain, resume
from shared.workflow.names import NOTIFY, WATCH, final_again_id, final_id, guard_id

log = logging.getLogger("refresh_watch.guard")


def guard_delay(watch: Watch, number: int) -> Seconds:
    """How long guard `number` waits: until a little after the deadline, then longer each time, at most an hour."""
    deadline = deadline_of(watch) - watch.accepted_at
    margin = min(60.0, max(5.0, deadline / 10))
    return min(LONGEST_WAIT, deadline + margin if number == 0 else margin * 4.0**number)


def run_guard(guard: Hop, engine: Engine) -> str:
    """See that the watch ends: answers what was found, for the log.

    Raises EngineError when Function Compute does not answer, so that the guard is run again.
    """
    chain = read_chain(guard.watch.id, engine)
    if chain.is_told:
        return "settled and told"
    if chain.is_final:
        found = "settled, on its way to the channels"
        if chain.telling is None:
            _tell_again(chain, guard.number, engine)
            found = "settled, but the fan-out had failed: told again"
    elif chain.live is None:
        resume(chain, engine, instead=guard)
        found = "the chain was cut off: resumed"
    else:
        found = "alive"
    after = guard.number + 1
    watch = guard.watch
    engine.start_later(
        WATCH, write_hop(Hop(watch, after, is_guard=True)), guard_delay(watch, after), guard_id(watch.id, after)
    )
    return found


def _tell_again(chain: Chain, number: int, engine: Engine) -> None:
    report = next((task.payload for task in chain.finals if task.payload), None)
    if report is None:
        raise EngineError(f"Function Compute kept no payload of {final_id(chain.watch_id)}")
    engine.start_later(NOTIFY, report, 0, final_again_id(chain.watch_id, number))
