"""A prototype, in the simulation only: a warm instance answers from what it was told about other watches' ids.

Two ways to be told: TEN, a by-id call has room for ten ids, so it also asks about nine of other watches that this
instance has met and not asked about for longest; PAGE, in place of one id the page of its minute's listing on which it
stands, 50 or 100 rows. What is final stays final and answers at any age; what still runs answers while it is fresh.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ListQuery, ObjectRow, Page
from refresh_watch.observation import Observation
from refresh_watch.products.calling import ApiCaller
from refresh_watch.products.polling.look import look
from refresh_watch.products.polling.observations import seen
from refresh_watch.watch import Watch
from tests.performance.account import Account
from tests.performance.cloud import Instance

MINUTE: Seconds = 60.0
ENOUGH = 3
"""Ids of one minute that an instance must have met before it reads that minute's pages."""


class Rule(enum.Enum):
    """How an instance is told about others' ids."""

    NONE = "none"
    TEN = "ten ids"
    PAGE = "page"


@dataclass
class Memory:
    """What one instance was told: the row of each id, and when."""

    rows: dict[str, tuple[ObjectRow, Instant]] = field(default_factory=dict)
    waiting: dict[str, None] = field(default_factory=dict)  # not final, the longest not asked about first
    minutes: dict[Instant, dict[str, int]] = field(default_factory=dict)  # the page of each id of that minute
    pages: dict[Instant, int] = field(default_factory=dict)  # how many were read one after the other
    met: dict[Instant, set[str]] = field(default_factory=dict)

    def learn(self, rows: Sequence[ObjectRow], now: Instant) -> None:
        """Keep rows that came together."""
        for row in rows:
            self.rows[row.task_id] = (row, now)
            self.waiting.pop(row.task_id, None)
            if not row.status.is_final:
                self.waiting[row.task_id] = None

    def answer(self, task_id: str, now: Instant, fresh: Seconds) -> ObjectRow | None:
        """The row, when it is final or fresh."""
        row, told_at = self.rows.get(task_id, (None, 0.0))
        if row is None or not (row.status.is_final or now - told_at <= fresh):
            return None
        return row


@dataclass
class WarmLook:
    """A look that asks the instance's memory first. The watch has one id, and the id one row."""

    rule: Rule = Rule.NONE
    fresh: Seconds = 0.0
    hits: int = 0

    def __call__(
        self, account: Account, instance: Instance, watch: Watch, *, until: Instant, patience: Seconds, booked: bool
    ) -> Observation:
        """The observation, at no cost when the memory knows."""
        clock = account.timeline
        if self.rule is Rule.NONE:
            return look(
                account, watch, quota=instance.quota, clock=clock, until=until, patience=patience, booked=booked
            )
        memory = _memory_of(instance)
        began, item = clock.now(), watch.open_items[0].item
        row = memory.answer(item, began, self.fresh)
        caller = ApiCaller(account, instance.quota, clock, until)
        if row is None and self.rule is Rule.PAGE:
            row = self._by_page(account, memory, watch, caller)
        else:
            self.hits += row is not None
        if row is not None:
            cost = caller.calls * instance.quota.price(account.spec.list_quota)
            observed = seen(item, [row], whole=True)
            return Observation((observed,), began, clock.now(), caller.calls, cost=cost, hints=watch.hints)
        found = look(
            _Recording(account, memory, self.rule),
            watch,
            quota=instance.quota,
            clock=clock,
            until=until,
            patience=patience,
            booked=booked,
        )
        return replace(found, api_calls=found.api_calls + caller.calls)

    def _by_page(self, account: Account, memory: Memory, watch: Watch, caller: ApiCaller) -> ObjectRow | None:
        """Read the page on which it stands; where that is not known yet, the next page not read so far.

        A row at a page's edge may have another on the next page: what is final there is asked directly.
        """
        item, now = watch.open_items[0].item, account.timeline.now()
        minute = watch.started_at // MINUTE * MINUTE
        memory.met.setdefault(minute, set()).add(item)
        if now < minute + MINUTE + 1 or len(memory.met[minute]) < ENOUGH:
            return None
        places = memory.minutes.setdefault(minute, {})
        number = places.get(item) or memory.pages.get(minute, 0) + 1
        query = ListQuery(
            start_time=minute, end_time=minute + MINUTE - 1, page_number=number, page_size=account.spec.list.page_size
        )
        try:
            page = caller.list_page(query)
        except Retryable:
            return None
        if page.rows:
            memory.pages[minute] = max(memory.pages.get(minute, 0), number)
        inner = page.rows[1:-1]
        memory.learn(inner, now)
        places.update((row.task_id, number) for row in inner)
        return memory.answer(item, account.timeline.now(), self.fresh)


def _memory_of(instance: Instance) -> Memory:
    memory = instance.memory.setdefault("told", Memory())
    assert isinstance(memory, Memory)
    return memory


@dataclass(frozen=True)
class _Recording:
    """The account, and a memory of what it says."""

    account: Account
    memory: Memory
    rule: Rule

    def __getattr__(self, name: str) -> Any:
        return getattr(self.account, name)

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        asked = list(task_ids)
        if self.rule is Rule.TEN:
            room = self.account.spec.ids_per_call - len(asked)
            others = (task_id for task_id in self.memory.waiting if task_id not in asked)
            asked += [task_id for task_id, _ in zip(others, range(room), strict=False)]
        page = self.account.by_ids(asked)
        self.memory.learn(page.rows, self.account.timeline.now())
        rows = tuple(row for row in page.rows if row.task_id in task_ids)
        return replace(page, rows=rows, total=len(rows))

    def list_page(self, query: ListQuery) -> Page:
        page = self.account.list_page(query)
        self.memory.learn(page.rows, self.account.timeline.now())
        return page
