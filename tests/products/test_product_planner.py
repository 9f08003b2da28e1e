"""What a look at many ids costs, over sockets and in virtual time under the account's quota; each verdict is right."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pytest

from refresh_watch.model import Outcome, Product
from refresh_watch.observation import Answer
from refresh_watch_emulator.products.call import Call
from refresh_watch_emulator.products.gateway import Gateway
from refresh_watch_emulator.products.world import NEVER, ObjectPlan, World
from tests.products.polling import DOMAIN, Followed, Polled, PolledAs, lists_a_time

FAILS = 97  # every 97th id


@dataclass
class Account:
    """A product's account with its quota, and the ids of one row each that are submitted to it within a minute."""

    polled: Polled
    started: float

    @property
    def world(self) -> World:
        return self.polled.stand_in.world

    @property
    def listings(self) -> list[Call]:
        """The calls that listed a time."""
        return [asked for asked in self.polled.calls if lists_a_time(asked)]

    def submit(self, many: int) -> dict[str, Outcome]:
        """Submit so many ids evenly, and how they end after four minutes or more; some fail."""
        ends = ["Failed" if number % FAILS == 1 else "Complete" for number in range(many)]
        return {
            self.world.add_task(
                self.polled.product.value,
                objects=[ObjectPlan(f"http://{DOMAIN}/{number}.txt", end, 240 + 0.1 * number)],
                created_at=self.started + 60.0 * number / many,
            ): Outcome.FAILED if end == "Failed" else Outcome.COMPLETE
            for number, end in enumerate(ends)
        }

    def others_submit(self, many: int) -> None:
        """Other people's tasks of the same minute."""
        for number in range(many):
            self.world.add_task(self.polled.product.value, created_at=self.started + 60.0 * number / many)

    def follow(self, ids: Iterable[str], **request: object) -> Followed:
        """A watch that is accepted at the end of the minute."""
        watch = self.polled.watch(*ids, **{"submitted_at": self.started, **request})
        self.polled.time.at = self.started + 61.0
        return Followed(self.polled.api, replace(watch, accepted_at=self.polled.time.at), self.polled.time)

    def look(self, watch: Followed, *at: float) -> list[int]:
        """Look so many seconds after the first submission; the calls of each look."""
        return [watch.look(self.started + seconds).api_calls for seconds in at]


Open = Callable[[Product], Account]


@pytest.fixture
def opened(polled_as: PolledAs) -> Iterator[Open]:
    """Opens an account in which no other client submits. No call of a test is throttled."""
    servers = []

    def account(product: Product) -> Account:
        polled = polled_as(product)
        polled.stand_in.gateway = Gateway(World(polled.time.now(), foreign_tasks=0))
        servers.append(polled.stand_in)
        return Account(polled, polled.time.now())

    yield account
    assert {asked.code for server in servers for asked in server.calls} <= {""}


CDN_AND_VOD = pytest.mark.parametrize("product", [Product.CDN, Product.VOD])


@pytest.mark.parametrize(
    ("product", "foreign", "most"),
    [
        (Product.CDN, 0, 13),
        (Product.CDN, 2000, 33),
        (Product.CDN, 11_000, 105),
        (Product.DCDN, 0, 23),
        (Product.DCDN, 5_000, 105),
    ],
)
def test_a_thousand_ids_cost_far_fewer_calls_than_by_id_and_never_more(
    product: Product, foreign: int, most: int, opened: Open
) -> None:
    account = opened(product)
    ids = account.submit(1000)
    account.others_submit(foreign)
    watch = account.follow(ids)
    assert max(account.look(watch, 61, 120, 250, 500)) <= most
    assert watch.outcomes == ids


@pytest.mark.parametrize(("product", "told"), [(Product.VOD, True), (Product.VOD, False), (Product.VOD_LEGACY, False)])
def test_a_thousand_vod_ids_of_one_minute_cost_at_most_25_calls_a_look(
    product: Product, told: bool, opened: Open
) -> None:
    account = opened(product)
    ids = account.submit(1000)
    watch = account.follow(ids, submitted_at=account.started if told else None)
    assert max(account.look(watch, 61, 120, 250, 300, 500)) <= 25
    assert watch.outcomes == ids


def test_other_peoples_tasks_make_a_look_dearer_up_to_the_direct_way(opened: Open) -> None:
    many, cost = 50, []
    for foreign in (0, 250, 1000, 3000):
        account = opened(Product.VOD)
        ids = account.submit(many)
        account.others_submit(foreign)
        watch = account.follow(ids)
        cost.append([watch.look().api_calls for _ in range(3)])
    assert [max(calls) for calls in cost] == sorted(max(calls) for calls in cost)
    assert cost[0][0] <= 6
    assert max(cost[-1]) <= many + 5
    # what a listing has cost in vain is not spent again
    assert cost[-1][2] == many


@CDN_AND_VOD
def test_a_look_costs_less_after_part_of_the_ids_has_settled(product: Product, opened: Open) -> None:
    account = opened(product)
    watch = account.follow(account.submit(1000))
    first = watch.look().api_calls
    account.look(watch, 350)
    left = [task_id for task_id, outcome in watch.outcomes.items() if outcome is None]
    assert 100 < len(left) < 900
    assert watch.look().api_calls < 0.7 * first


@CDN_AND_VOD
def test_ids_that_are_not_there_yet_cost_a_sample_and_are_found_later(product: Product, opened: Open) -> None:
    account = opened(product)
    account.polled.switch(invisible_seconds=90.0)
    ids = account.submit(300)
    watch = account.follow(ids)
    first = watch.look()
    assert {observed.answer for observed in first.items} == {Answer.NOT_SEEN}
    assert first.api_calls <= 10
    assert max(account.look(watch, 160, 250, 500)) <= 25
    assert watch.outcomes == ids


@CDN_AND_VOD
def test_ids_that_are_older_than_was_thought_are_found_by_a_sample_and_listed(product: Product, opened: Open) -> None:
    account = opened(product)
    ids = account.submit(300)
    watch = account.follow(ids, submitted_at=None)
    watch.watch = replace(watch.watch, accepted_at=account.started + 7200)
    assert account.look(watch, 7200)[0] <= 50
    assert watch.outcomes == ids


@CDN_AND_VOD
@pytest.mark.parametrize(
    ("switches", "at"),
    [
        ({"listing_updates": False}, (61, 120, 400, 420, 440)),
        ({"listing_updates": False, "stale_answers": True}, (61, 120, 400, 420, 440)),
        ({"stale_answers": True}, (61, 120, 250, 400, 420)),
    ],
    ids=["a listing brings no status up to date", "and answers are one question old", "answers are one question old"],
)
def test_answers_that_lag_are_found_out(
    product: Product, switches: dict[str, bool], at: tuple[float, ...], opened: Open
) -> None:
    account = opened(product)
    account.polled.switch(**switches)
    ids = account.submit(300)
    watch = account.follow(ids)
    account.look(watch, *at)
    assert watch.outcomes == ids


@CDN_AND_VOD
def test_at_the_deadline_no_listing_alone_says_that_an_id_still_runs(product: Product, opened: Open) -> None:
    account = opened(product)
    ids = account.polled.add_many(60, ObjectPlan("http://example.com/a", NEVER))
    watch = account.follow(ids, deadline=300.0)
    watch.look()
    for _ in range(2):
        before = len(account.polled.calls)
        watch.look(watch.time.now() + 301)
        calls = account.polled.calls[before:]
        assert {task_id for call in calls for task_id in call.params.get("TaskId", "").split(",")}.issuperset(ids)
    assert set(watch.outcomes.values()) == {Outcome.OVERDUE}


@pytest.mark.parametrize(("product", "many", "calls"), [(Product.CDN, 20, 2), (Product.VOD, 3, 3)])
def test_a_small_watch_is_asked_directly(product: Product, many: int, calls: int, opened: Open) -> None:
    account = opened(product)
    assert account.follow(account.submit(many)).look().api_calls == calls
    assert not account.listings


def test_all_pages_of_a_listing_end_at_the_same_instant_and_carry_the_watchs_filters(opened: Open) -> None:
    account = opened(Product.CDN)
    filters = {"domain_name": DOMAIN, "object_type": "file", "resource_group_id": "rg-1"}
    account.follow(account.submit(300), **filters).look()
    listings = [dict(asked.params) for asked in account.listings]
    assert [listing.pop("PageNumber") for listing in listings] == ["1", "2", "3"]
    assert len({tuple(sorted(listing.items())) for listing in listings}) == 1
    sent = {"DomainName": DOMAIN, "ObjectType": "file", "ResourceGroupId": "rg-1", "PageSize": "100"}
    assert sent.items() <= listings[0].items()


def test_each_choice_says_why_in_the_log(opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    account = opened(Product.VOD)
    watch = account.follow(account.submit(300))
    with caplog.at_level(logging.INFO, logger="refresh_watch.products"):
        watch.look()
    (plan,) = [record.fields for record in caplog.records if record.getMessage() == "plan"]  # type: ignore[attr-defined]
    assert (plan["how"], plan["expected"]) == ("window", 8)
    assert plan["why"] == "300 ids: about 300 rows in 6 pages and 2 calls besides; directly 300 calls"


def test_what_a_look_takes_of_the_quota_is_said(opened: Open) -> None:
    account = opened(Product.CDN)
    observation = account.follow(account.submit(1000)).look()
    listed = len(account.listings)
    assert observation.cost == pytest.approx(listed / 5 + (observation.api_calls - listed) / 30)


def test_a_listing_that_does_not_fit_into_the_look_is_not_begun(opened: Open) -> None:
    account = opened(Product.VOD)
    observation = account.follow(account.submit(300)).look(seconds=1.0)
    assert not account.listings
    answers = [observed.answer for observed in observation.items]
    assert (answers.count(Answer.SEEN), answers.count(Answer.NOT_REACHED)) == (5, 295)
