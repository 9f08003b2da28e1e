"""Undelivered reports: fan-outs and deliveries that failed for good. Function Compute keeps them for 7 days."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from refresh_watch.channels.delivery.attempts import Attempts
from refresh_watch.errors import BadInput
from refresh_watch.function_compute.tasks import Engine, Task
from refresh_watch.report import Report
from refresh_watch.reports.from_wire import decode
from refresh_watch.reports.wire import encode
from refresh_watch.workflow.deliveries import DeliveryState, read_delivery_payload, start_delivery
from refresh_watch.workflow.task_ids import NOTIFY, REPORT_PREFIXES, again_id, delivery_of, report_id_of


@dataclass(frozen=True)
class UndeliveredReport:
    """A report that one channel did not get, or that was never fanned out to any (`delivery` is None)."""

    report: Report
    task: Task
    delivery: DeliveryState | None
    repeats: int = 0  # fan-outs that were tried

    @property
    def channel(self) -> str:
        """Its name; empty for every channel that wants the report."""
        return self.delivery.channel if self.delivery else ""

    @property
    def why(self) -> str:
        """One line."""
        given_up = self.delivery.gave_up if self.delivery else ""
        return given_up or f"its task {self.task.status}: {self.task.error}"[:300]


def undelivered(engine: Engine) -> list[UndeliveredReport]:
    """Every report that did not reach a channel it was meant for, oldest first."""
    found = [*_fan_outs(engine), *_deliveries(engine)]
    return sorted(found, key=lambda one: one.report.made_at)


def replay(one: UndeliveredReport, *, engine: Engine) -> None:
    """Send it again, with all tries anew; replaying twice sends once. Its posts are counted on."""
    if one.delivery is None:
        engine.start_later(NOTIFY, encode(one.report), 0, again_id(one.report.id, one.repeats))
        return
    visit = one.delivery.visit + 1 if one.delivery.replay else 0
    attempts = Attempts(posts=one.delivery.attempts.posts)
    again = replace(one.delivery, visit=visit, attempts=attempts, replay=True, gave_up="")
    start_delivery(again, 0, engine)


def being_tried(engine: Engine, watch_ids: Collection[str] = ()) -> int:
    """How many deliveries have failed once and are still under way, replayed ones too; of these watches, or of all."""
    prefixes = tuple(f"n-{watch_id}-" for watch_id in watch_ids)
    return sum(
        task.status.is_live and order > (False, 0) and (not prefixes or task.id.startswith(prefixes))
        for order, task in _newest_visits(engine)
    )


def _fan_outs(engine: Engine) -> Iterable[UndeliveredReport]:
    by_report: dict[str, list[Task]] = {}
    for prefix in REPORT_PREFIXES:
        for task in engine.tasks(NOTIFY, prefix):
            by_report.setdefault(report_id_of(task.id), []).append(task)
    for tasks in by_report.values():
        if not all(task.status.is_dead for task in tasks):
            continue
        kept = engine.task(NOTIFY, tasks[0].id)
        if kept is not None and kept.payload:
            yield UndeliveredReport(decode(kept.payload), kept, None, len(tasks))


def _deliveries(engine: Engine) -> Iterable[UndeliveredReport]:
    for _, listed in _newest_visits(engine):
        kept = engine.task(NOTIFY, listed.id) if listed.status.is_dead else None
        if kept is None or not kept.payload:
            continue
        try:
            state = read_delivery_payload(kept.payload)
        except BadInput:
            continue  # not a delivery of ours
        yield UndeliveredReport(state.report, kept, state)


def _newest_visits(engine: Engine) -> Iterable[tuple[tuple[bool, int], Task]]:
    """The last visit of every delivery, and its place in the order."""
    newest: dict[str, tuple[tuple[bool, int], Task]] = {}
    for task in engine.tasks(NOTIFY, "n-"):
        named = delivery_of(task.id)
        if named is None:
            continue
        delivery, order = named
        if delivery not in newest or newest[delivery][0] < order:
            newest[delivery] = (order, task)
    return newest.values()
