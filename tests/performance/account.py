"""An account with thousands of tasks, asked in process and in virtual time: the stand-in's world and its token buckets.

`products.py` asks the stand-in's gateway, which sorts all tasks at every question; ten thousand watches cannot afford
that. Here a task is looked up by its id. That both answer alike is tested.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ListQuery, ObjectRow, Page, Product, Status
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.product_specs.spec import ProductSpec
from refresh_watch.products import calling
from refresh_watch_emulator.products.catalog import DEFAULT_QUOTA
from refresh_watch_emulator.products.world import ObjectPlan, SubmittedTask, World
from tests.performance.timeline import Timeline


@dataclass
class Account:
    """One product of an account. It is a `refresh_watch.products.api.ProductApi`; each call takes `latency`."""

    timeline: Timeline
    product: Product
    latency: Seconds = 0.1
    moves: bool = False  # whether Process moves while a task runs, or jumps from 0 to 100
    calls: int = 0
    throttled: int = 0
    tasks: dict[str, SubmittedTask] = field(default_factory=dict)
    _created: list[tuple[Instant, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.timeline.now(), foreign_tasks=0, quota=DEFAULT_QUOTA)

    @property
    def spec(self) -> ProductSpec:
        """Which product it is."""
        return spec_of(self.product)

    def add(self, plan: ObjectPlan) -> str:
        """Create a task of one object now; answers its id."""
        now = self.timeline.now()
        task_id = self.world.add_task(self.product, objects=[plan], created_at=now)
        self.tasks[task_id] = self.world._tasks[self.product][task_id]
        bisect.insort(self._created, (now, task_id))
        return task_id

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """All rows of up to ten ids."""
        self._take(self.spec.by_id_quota)
        rows = tuple(row for task_id in task_ids if task_id in self.tasks for row in self._rows(task_id))
        return self._answered(Page(rows, len(rows)))

    def list_page(self, query: ListQuery) -> Page:
        """One page of an id's rows, or of a time range, newest first."""
        self._take(self.spec.list_quota)
        ids = self._listed(query)
        size = query.page_size or 20
        first = ((query.page_number or 1) - 1) * size
        # every task of this account has one row
        rows = tuple(row for task_id in ids[first : first + size] for row in self._rows(task_id))
        return self._answered(Page(rows, len(ids), page_number=query.page_number, page_size=size))

    def _listed(self, query: ListQuery) -> list[str]:
        if query.task_id:
            return [query.task_id] if query.task_id in self.tasks else []
        start = -1.0 if query.start_time is None else float(int(query.start_time))
        end = self.timeline.now() if query.end_time is None else float(int(query.end_time))
        low = bisect.bisect_left(self._created, (start, ""))
        high = bisect.bisect_left(self._created, (end + 1, ""))
        return [task_id for _, task_id in reversed(self._created[low:high])]

    def _rows(self, task_id: str) -> Iterator[ObjectRow]:
        task = self.tasks[task_id]
        for plan, state in zip(task.plans, task.asked(self.timeline.now(), stale=False), strict=True):
            yield ObjectRow(
                task_id,
                plan.path,
                task.object_type,
                Status.of(state.status),
                state.status,
                f"{int(state.process) if self.moves or state.status == Status.COMPLETE else 0}%",
                state.description,
                float(int(task.created_at)),
            )

    def _take(self, operation: str) -> None:
        self.calls += 1
        if self.world.allowance.take(operation, self.timeline.now()):
            self.throttled += 1
            self.timeline.sleep(self.latency)
            raise Retryable("HTTP 400: Throttling.User", code="Throttling.User", throttled=True)

    def _answered(self, page: Page) -> Page:
        self.timeline.sleep(self.latency)
        return page


T = TypeVar("T")


@contextmanager
def virtual_deadlines() -> Iterator[None]:
    """Without the bound on a real call, which is a thread and the machine's clock: here every call takes `latency`."""
    real = calling.within  # type: ignore[attr-defined]
    calling.within = _at_once  # type: ignore[attr-defined]
    try:
        yield
    finally:
        calling.within = real  # type: ignore[attr-defined]


def _at_once(seconds: Seconds, ask: Callable[[], T]) -> T:
    return ask()
