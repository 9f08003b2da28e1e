"""What a sweep reads of an account through the official SDKs, and what that costs in calls."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from refresh_watch.model import Product
from refresh_watch.products.calling import ApiCaller
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.watching.quota import Quota
from refresh_watch.workflow.sweep.failed_rows import MOST_CALLS, Swept, sweep
from refresh_watch.workflow.sweep.request import Sweep
from refresh_watch_emulator.products.faults import error
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.all_products import SERVICES
from tests.hand_clock import HandClock
from tests.products.polling import RATES, connected

HOUR = 3600.0


class Account:
    """An empty account behind a stand-in; nothing limits its calls but our own pace."""

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self.clock = HandClock()
        self.now = self.clock.now()

    @property
    def world(self) -> World:
        return self.stand_in.world

    def add(self, product: Product, *ends: str, ago: float = HOUR, object_type: str = "file") -> str:
        objects = [ObjectPlan(f"http://example.com/{n}", end) for n, end in enumerate(ends)]
        return self.world.add_task(product.value, objects=objects, object_type=object_type, created_at=self.now - ago)

    def sweep(self, product: Product = Product.CDN, *, seconds: float = 1000.0, **switches: Any) -> Swept:
        self.stand_in.switches = Switches(**switches)
        api = connected(self.stand_in, product)
        caller = ApiCaller(api, Quota(RATES), self.clock, self.clock.now() + seconds)
        return sweep(api, Sweep(hours=3).window(self.now), caller=caller)


@pytest.fixture
def account() -> Iterator[Account]:
    with StandIn(World(time.time(), foreign_tasks=0, quota={})) as stand_in:
        yield Account(stand_in)


def ids(swept: Swept) -> set[str]:
    return {row.task_id for row in swept.failed}


@pytest.mark.parametrize("product", SERVICES)
def test_what_failed_in_the_hours_is_found_and_nothing_else(account: Account, product: Product) -> None:
    failed = {
        account.add(product, "Failed"),
        account.add(product, "Timeout", object_type="preload"),
        account.add(product, "Canceled", object_type="directory", ago=2.9 * HOUR),
        account.add(product, *["Complete"] * 150, "Failed", *["Complete"] * 30, ago=0.5 * HOUR),
    }
    account.add(product, "Complete")
    account.add(product, "never")
    account.add(product, "Failed", ago=3.1 * HOUR)
    account.add(product, "Failed", ago=600)
    swept = account.sweep(product)
    assert (ids(swept), swept.left_out) == (failed, "")
    assert sum(row.status.is_failure for row in swept.failed) == len(swept.failed) == 4


POSITIONS: list[dict[str, Any]] = [
    {"time_filter": "ignored"},
    {"timeout_and_canceled": False, "directory_word": "path"},
    {"numeric_ids": True, "process_form": "int", "by_id_form": "wrapped"},
    {"by_id_row_limit": 20, "by_id_total": "cut"},
    {"stale_answers": True},
    {"listing_updates": False},
]


@pytest.mark.parametrize("position", POSITIONS, ids=str)
@pytest.mark.parametrize("product", SERVICES)
def test_it_is_found_however_the_products_behave(account: Account, product: Product, position: dict[str, Any]) -> None:
    failed = {account.add(product, "Failed"), account.add(product, "Complete", "Timeout", object_type="directory")}
    account.add(product, "Complete")
    account.add(product, "Failed", ago=5 * HOUR)
    assert ids(account.sweep(product, **position)) == failed


def test_tasks_that_were_not_asked_about_are_found_where_both_listings_and_answers_are_old(account: Account) -> None:
    """Then it takes two sweeps: the first one's questions bring the tasks up to date."""
    failed = account.add(Product.CDN, "Failed")
    account.sweep(listing_updates=False, stale_answers=True)
    assert ids(account.sweep(listing_updates=False, stale_answers=True)) == {failed}


@pytest.mark.parametrize("product", SERVICES)
def test_in_a_large_account_only_what_failed_is_asked_for(account: Account, product: Product) -> None:
    failed = {account.add(product, "Failed"), account.add(product, "Canceled", object_type="preload")}
    _fill(account, product, 20_000)
    swept = account.sweep(product)
    assert (ids(swept), swept.left_out, swept.rows) == (failed, "", 20_002)
    assert swept.calls <= 25


def test_a_filter_that_knows_no_timeout_is_asked_for_what_it_knows(account: Account) -> None:
    failed = account.add(Product.CDN, "Failed")
    _fill(account, Product.CDN, 5_000)
    refused = error(400, "InvalidStatus.ValueNotSupported")
    account.stand_in.faults.add(refused, when=lambda call: call.get("Status") in ("Timeout", "Canceled"))
    swept = account.sweep()
    assert (ids(swept), swept.left_out) == ({failed}, "")


@pytest.mark.parametrize("position", ["ignored", "refused"])
def test_where_a_large_account_cannot_be_filtered_the_newest_are_read_and_the_rest_is_left_out(
    account: Account, position: Any
) -> None:
    new, old = account.add(Product.CDN, "Failed", ago=1000), account.add(Product.CDN, "Failed", ago=2.9 * HOUR)
    _fill(account, Product.CDN, 8_000)
    swept = account.sweep(status_filter=position)
    assert new in ids(swept)
    assert old not in ids(swept)
    assert "the filter Status is not obeyed" in swept.left_out
    assert swept.calls <= MOST_CALLS


def test_what_is_certain_is_kept_when_the_rest_is_throttled(account: Account) -> None:
    new = account.add(Product.CDN, "Failed", ago=1000)
    _fill(account, Product.CDN, 300)
    throttled = error(400, "Throttling.User")
    account.stand_in.faults.add(throttled, when=lambda call: call.get("PageNumber") == "3")
    swept = account.sweep()
    assert ids(swept) == {new}
    assert "Throttling.User" in swept.left_out


def test_time_ends_it_and_what_is_certain_is_kept(account: Account) -> None:
    new = account.add(Product.CDN, "Failed", ago=1000)
    _fill(account, Product.CDN, 20_000)
    swept = account.sweep(seconds=2)  # its 22 calls take longer, at the account's own pace of five a second
    assert new in ids(swept)
    assert "before the time was over" in swept.left_out


def test_a_flood_of_failures_is_bounded(account: Account) -> None:
    _fill(account, Product.DCDN, 6_000, ends="Failed")
    swept = account.sweep(Product.DCDN)
    assert swept.calls == MOST_CALLS
    assert str(MOST_CALLS) in swept.left_out
    assert len(swept.failed) > 4_000


def test_a_refusal_is_raised_with_the_permission_that_is_missing(account: Account) -> None:
    denied = {"AccessDeniedDetail": {"AuthAction": "cdn:DescribeRefreshTasks"}}
    account.stand_in.faults.add(error(403, "Forbidden.RAM", "User not authorized.", detail=denied))
    with pytest.raises(RefusedForGood, match="missing RAM action: cdn:DescribeRefreshTasks"):
        account.sweep()


def test_where_only_the_question_by_id_is_refused_the_listing_counts(account: Account) -> None:
    failed = account.add(Product.CDN, "Failed")
    account.add(Product.CDN, "never")
    account.stand_in.faults.add(error(403, "Forbidden.RAM"), action="DescribeRefreshTaskById")
    swept = account.sweep()
    assert ids(swept) == {failed}
    assert "Forbidden.RAM" in swept.left_out


@pytest.mark.parametrize(
    ("product", "tasks", "calls"),
    [
        (Product.CDN, 0, 1),
        (Product.CDN, 1_000, 10),
        (Product.CDN, 20_000, 22),
        (Product.DCDN, 0, 1),
        (Product.DCDN, 1_000, 20),
        (Product.DCDN, 20_000, 16),
        (Product.VOD, 0, 1),
        (Product.VOD, 1_000, 20),
        (Product.VOD, 20_000, 10),
    ],
)
def test_what_a_sweep_costs_where_nothing_failed(account: Account, product: Product, tasks: int, calls: int) -> None:
    _fill(account, product, tasks)
    assert account.sweep(product).calls == calls == len(account.stand_in.calls)


def _fill(account: Account, product: Product, rows: int, *, ends: str = "Complete") -> None:
    """That many rows, up to 100 a task, evenly over the window."""
    for n in range(0, rows, 100):
        account.add(product, *[ends] * min(100, rows - n), ago=950 + n / max(1, rows) * 2.5 * HOUR)


@pytest.mark.parametrize("code", ["InvalidParameter", "MissingParameter", "Forbidden.Filter"])
def test_where_a_filter_is_refused_in_other_words_the_newest_are_read(account: Account, code: str) -> None:
    new = account.add(Product.CDN, "Failed", ago=1000)
    _fill(account, Product.CDN, 8_000)
    account.stand_in.faults.add(error(400, code), when=lambda call: bool(call.get("Status")))
    swept = account.sweep()
    assert ids(swept) == {new}
    assert code in swept.left_out


def test_what_is_certain_is_kept_when_the_rest_is_refused(account: Account) -> None:
    new = account.add(Product.CDN, "Failed", ago=1000)
    _fill(account, Product.CDN, 300)
    account.stand_in.faults.add(error(400, "InvalidPageNumber"), when=lambda call: call.get("PageNumber") == "3")
    swept = account.sweep()
    assert ids(swept) == {new}
    assert "InvalidPageNumber" in swept.left_out
