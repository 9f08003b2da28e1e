"""The hops of a watch as Function Compute's own record shows them: alive, settled, or cut off."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from shared.function_compute.tasks import Engine, Started, Task, TaskStatus
from shared.watching.state import Hop, read_hop, write_hop
from shared.workflow.names import NOTIFY, WATCH, final_id, hop_id, hop_number, hop_prefix

log = logging.getLogger("refresh_watch.chain")


@dataclass(frozen=True)
class Chain:
    """All hops, by number, and the tasks that carry the final report: the one that committed it, and its repeats."""

    watch_id: str
    hops: tuple[Task, ...]
    finals: tuple[Task, ...]

    @property
    def is_final(self) -> bool:
        """The verdict was spoken."""
        return bool(self.finals)

    @property
    def is_told(self) -> bool:
        """The verdict went out to the channels."""
        return any(task.status is TaskStatus.SUCCEEDED for task in self.finals)

    @property
    def telling(self) -> Task | None:
        """A task that will still carry the verdict to the channels, or does so now."""
        return next((task for task in self.finals if task.status.is_live), None)

    @property
    def newest(self) -> Task | None:
        """The hop with the highest number."""
        return self.hops[-1] if self.hops else None

    @property
    def live(self) -> Task | None:
        """A hop that waits or runs."""
        return next((hop for hop in reversed(self.hops) if hop.status.is_live), None)


def read_chain(watch_id: str, engine: Engine) -> Chain:
    """Ask Function Compute for the tasks of one watch."""
    hops = sorted(engine.tasks(WATCH, hop_prefix(watch_id)), key=lambda task: hop_number(task.id))
    return Chain(watch_id, tuple(hops), tuple(engine.tasks(NOTIFY, final_id(watch_id))))


def resume(chain: Chain, engine: Engine, instead: Hop | None = None) -> Started:
    """Start the hop after the newest one, with the newest state that is kept.

    A list that lags behind does no harm: the id of a hop that exists is answered with "already". `instead` is used
    where no hop's payload is kept.
    """
    number = hop_number(chain.newest.id) + 1 if chain.newest else 0
    payload = next((hop.payload for hop in reversed(chain.hops) if hop.payload), None)
    if payload is None and instead is None:
        payload = (engine.task(WATCH, chain.newest.id) or chain.newest).payload if chain.newest else None
    kept = read_hop(payload) if payload else instead
    if kept is None:
        log.warning("no state is kept, so nothing could be resumed", extra={"watch_id": chain.watch_id})
        return Started.ALREADY
    hop = replace(kept, number=number, is_guard=False)
    log.warning("resumed", extra={"watch_id": chain.watch_id, "hop": number})
    return engine.start_later(WATCH, write_hop(hop), 0, hop_id(chain.watch_id, number))
