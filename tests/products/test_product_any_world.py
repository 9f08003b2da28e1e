"""Never "complete" on a guess, whichever way a look takes: accounts drawn at random that change between two calls."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.model import Kind, ListQuery, ObjectRow, Page, Product, Status, WatchRequest
from refresh_watch.observation import Hints
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.product_specs.spec import ByIdOperation, ProductSpec
from refresh_watch.products.polling.look import look
from refresh_watch.watch import Watch, open_watch
from refresh_watch.watching.advance import advance
from refresh_watch.watching.hop_payload import Hop, read_hop, write_hop
from refresh_watch.watching.quota import Quota
from tests.hand_clock import HandClock

NOON = 1_795_000_000.0
BY_ID = ByIdOperation("DescribeRefreshTaskById", ids_per_call=3, calls_per_second=30.0)
FINAL = (Status.COMPLETE, Status.COMPLETE, Status.COMPLETE, Status.FAILED, Status.TIMEOUT)


@dataclass
class AnyAccount:
    """A product's API over rows in memory, newest first. With each call time goes on, objects end and others submit."""

    dice: random.Random
    clock: HandClock
    ids_per_call: int
    cut: int  # rows that a by-id answer holds at most
    foreign: float  # other people's new tasks, a call
    ends: float  # the share of running objects that end with each call
    lists_late: bool = False  # a listing without an id shows each status as it was a call ago
    rows: list[ObjectRow] = field(default_factory=list)
    before: list[ObjectRow] = field(default_factory=list)

    @property
    def spec(self) -> ProductSpec:
        cdn = spec_of(Product.CDN)
        by_id = BY_ID if self.ids_per_call else None
        return replace(cdn, list=replace(cdn.list, page_size=7), by_id=by_id)

    def submit(self, task_id: str, objects: int, at: float) -> None:
        for number in range(objects):
            row = ObjectRow(
                task_id, f"http://example.com/{number}", "file", Status.REFRESHING, "Refreshing", "5", "", at
            )
            self.rows.insert(self.dice.randrange(len(self.rows) + 1) if self.dice.random() < 0.1 else 0, row)

    def goes_on(self) -> None:
        self.clock.sleep(self.dice.random())
        self.before = list(self.rows)
        for number, row in enumerate(self.rows):
            if not row.status.is_final and self.dice.random() < self.ends:
                status = self.dice.choice(FINAL)
                self.rows[number] = replace(row, status=status, status_word=status.value, process="100")
        if self.dice.random() < self.foreign:
            self.submit(str(10_000 + len(self.rows)), self.dice.randint(1, 3), float(int(self.clock.now())))

    def list_page(self, query: ListQuery) -> Page:
        self.goes_on()
        rows = self.before if self.lists_late and not query.task_id else self.rows
        if query.task_id:
            rows = [row for row in rows if row.task_id == query.task_id]
        if query.status:
            rows = [row for row in rows if row.status_word == query.status]
        if query.start_time is not None and query.end_time is not None:
            start, end = query.start_time, query.end_time
            rows = [row for row in rows if row.created_at is not None and start <= row.created_at <= end]
        size, number = query.page_size or 20, query.page_number or 1
        return Page(tuple(rows[(number - 1) * size : number * size]), len(rows), "", number, size)

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        self.goes_on()
        rows = [row for row in self.rows if row.task_id in task_ids]
        return Page(tuple(rows[: self.cut]), len(rows) if self.dice.random() < 0.5 else min(len(rows), self.cut))

    def truth(self, task_id: str) -> list[Status]:
        return [row.status for row in self.rows if row.task_id == task_id]


@pytest.mark.parametrize("ids_per_call", [0, 3], ids=["list only", "by id"])
@given(
    seed=st.integers(0, 2**32),
    ids=st.integers(1, 25),
    most=st.sampled_from([1, 3, 40]),
    cut=st.sampled_from([20, 10_000]),
    foreign=st.sampled_from([0.0, 0.3]),
    lists_late=st.booleans(),
    ends=st.sampled_from([0.02, 0.1, 0.3]),
    seconds=st.sampled_from([2.0, 6.0, 3600.0]),
    hints=st.sampled_from(
        [
            Hints(),
            Hints((NOON - 400, NOON - 400)),
            Hints((NOON, NOON + 1), 3, True),
            Hints((NOON + 5, NOON - 5), 10**9),
            Hints((0.0, 9e9), 1),
        ]
    ),
)
def test_no_task_settles_before_every_object_has_ended_and_then_all_do(
    ids_per_call: int,
    seed: int,
    ids: int,
    most: int,
    cut: int,
    foreign: float,
    lists_late: bool,
    ends: float,
    seconds: float,
    hints: Hints,
) -> None:
    dice, clock = random.Random(seed), HandClock(NOON)
    account = AnyAccount(dice, clock, ids_per_call, cut, foreign, ends, lists_late)
    names = tuple(str(number) for number in range(1, ids + 1))
    for name in names:
        account.submit(name, dice.randint(1, most), NOON - dice.choice([0, 1, 2, 30]))
    watch = open_watch("t", WatchRequest(Product.CDN, names, kind=Kind.REFRESH, deadline=86400.0), NOON)
    watch = replace(watch, hints=hints)
    for _ in range(6):
        watch = _looked(account, watch, seconds)
        clock.sleep(dice.choice([1, 20, 60]))
    account.ends = 1.0
    account.goes_on()
    account.foreign = 0.0  # pages hold still
    for _ in range(4):
        account.goes_on()
        watch = _looked(account, watch, 3600.0)
    assert [item.item for item in watch.open_items] == []


def _looked(account: AnyAccount, watch: Watch, seconds: float) -> Watch:
    """The watch after a look, as the next hop is given it; whatever settled was so."""
    was_open = {item.item for item in watch.open_items}
    quota = Quota(dict.fromkeys(("cdn.list", "cdn.by_id"), 1000.0))
    observation = look(account, watch, quota=quota, clock=account.clock, until=account.clock.now() + seconds)
    watch = advance(watch, observation, account.clock.now()).watch
    for item in watch.items:
        if item.item in was_open and not item.is_open:
            truth = account.truth(item.item)
            assert all(status.is_final for status in truth), item
            assert item.complete == truth.count(Status.COMPLETE), item
            assert item.failed == len(truth) - item.complete, item
    return read_hop(write_hop(Hop(watch, 1))).watch
