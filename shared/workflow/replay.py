"""Undelivered reports: the deliveries whose newest task failed. Function Compute keeps them for 7 days."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.clock import Clock
from shared.errors import BadInput
from shared.function_compute.tasks import Engine, Task
from shared.workflow.fan_out import DeliveryState, read_delivery_payload, start_delivery
from shared.workflow.names import NOTIFY


@dataclass(frozen=True)
class UndeliveredReport:
    """A report that one channel did not get, and why."""

    state: DeliveryState
    task: Task

    @property
    def why(self) -> str:
        """One line."""
        return self.state.gave_up or f"its task {self.task.status}: {self.task.error}"[:300]


def undelivered(engine: Engine) -> list[UndeliveredReport]:
    """Every report and channel whose newest visit did not end well, oldest first."""
    newest: dict[tuple[str, str], tuple[tuple[bool, int], DeliveryState, Task]] = {}
    for task in engine.tasks(NOTIFY, "n-"):
        if task.payload is None:
            continue
        try:
            state = read_delivery_payload(task.payload)
        except BadInput:
            continue  # not a delivery of ours
        key, order = (state.report.id, state.channel), (state.replay, state.visit)
        if key not in newest or newest[key][0] < order:
            newest[key] = (order, state, task)
    found = [UndeliveredReport(state, task) for _, state, task in newest.values() if task.status.is_dead]
    return sorted(found, key=lambda one: one.state.report.made_at)


def replay(one: UndeliveredReport, *, engine: Engine, clock: Clock) -> None:
    """Send it again, with all tries anew; replaying twice sends once."""
    visit = one.state.visit + 1 if one.state.replay else 0
    again = replace(one.state, visit=visit, tries=0, rate_limited=0, first_try_at=clock.now(), replay=True, gave_up="")
    start_delivery(again, 0, engine)
