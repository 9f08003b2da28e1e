"""What a look at many ids costs, over sockets and in virtual time under the account's quota; each verdict is right."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from refresh_watch.model import Outcome, Product
from refresh_watch.observation import Answer
from refresh_watch.products.api import ProductApi
from refresh_watch.watch import Watch
from refresh_watch_emulator.products.gateway import Gateway
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import NEVER, ObjectPlan, World
from tests.hand_clock import HandClock
from tests.products.polling import DOMAIN, Followed, watch_of

ApiOf = Callable[[Product], ProductApi]
FAILS = 97  # every 97th id


@pytest.fixture
def account(stand_in: StandIn, time: HandClock) -> World:
    """An account with its quota, and nobody else in it."""
    stand_in.gateway = Gateway(World(time.now(), foreign_tasks=0))
    return stand_in.world


def submitted(world: World, product: Product, started: float, many: int, *, takes: float = 240.0) -> dict[str, Outcome]:
    """Ids of one row each, submitted evenly within a minute, with how they end; some fail."""
    ends = ["Failed" if number % FAILS == 1 else "Complete" for number in range(many)]
    return {
        world.add_task(
            product.value,
            objects=[ObjectPlan(f"http://{DOMAIN}/{number}.txt", end, takes + 0.1 * number)],
            created_at=started + 60.0 * number / many,
        ): Outcome.FAILED if end == "Failed" else Outcome.COMPLETE
        for number, end in enumerate(ends)
    }


def others(world: World, product: Product, started: float, many: int) -> None:
    """Other people's tasks of the same minute."""
    for number in range(many):
        world.add_task(product.value, created_at=started + 60.0 * number / many)


def followed(api: ProductApi, ids: dict[str, Outcome], time: HandClock, started: float, **request: object) -> Followed:
    """A watch that is accepted at the end of the minute."""
    watch = watch_of(api.spec.product, *ids, **{"submitted_at": started, **request})
    time.at = started + 61.0
    return Followed(api, Watch("w1", watch.request, time.at, watch.items), time)


def no_call_was_throttled(stand_in: StandIn) -> bool:
    return {asked.code for asked in stand_in.calls} == {""}


@pytest.mark.parametrize(
    ("product", "foreign", "most"),
    [
        (Product.CDN, 0, 13),
        (Product.CDN, 500, 18),
        (Product.CDN, 2000, 33),
        (Product.CDN, 11_000, 105),
        (Product.DCDN, 0, 23),
        (Product.DCDN, 11_000, 105),
    ],
)
def test_a_thousand_ids_cost_far_fewer_calls_than_by_id_and_never_more(
    product: Product, foreign: int, most: int, api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    started = time.now()
    ids = submitted(account, product, started, 1000)
    others(account, product, started, foreign)
    watch = followed(api_of(product), ids, time, started)
    calls = [watch.look(started + at).api_calls for at in (61, 120, 250, 500)]
    assert max(calls) <= most
    assert watch.outcomes == ids
    assert no_call_was_throttled(stand_in)


@pytest.mark.parametrize("product", [Product.VOD, Product.VOD_LEGACY])
@pytest.mark.parametrize("told", [True, False], ids=["submitted_at", "accepted right after"])
def test_a_thousand_vod_ids_of_one_minute_cost_at_most_25_calls_a_look(
    product: Product, told: bool, api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    started = time.now()
    ids = submitted(account, product, started, 1000)
    watch = followed(api_of(product), ids, time, started, submitted_at=started if told else None)
    calls = [watch.look(started + at).api_calls for at in (61, 120, 250, 300, 500)]
    assert max(calls) <= 25
    assert watch.outcomes == ids
    assert no_call_was_throttled(stand_in)


def test_other_peoples_tasks_make_a_look_dearer_up_to_the_direct_way(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    api, many = api_of(Product.VOD), 100
    cost = []
    for foreign in (0, 500, 2000, 6000):
        stand_in.gateway = Gateway(World(time.now(), foreign_tasks=0))
        started = time.now()
        ids = submitted(stand_in.world, Product.VOD, started, many)
        others(stand_in.world, Product.VOD, started, foreign)
        watch = followed(api, ids, time, started)
        cost.append([watch.look().api_calls for _ in range(3)])
        assert no_call_was_throttled(stand_in)
    assert [max(calls) for calls in cost] == sorted(max(calls) for calls in cost)
    assert cost[0][0] <= 6
    assert max(cost[-1]) <= many + 5
    # what a listing has cost in vain is not spent again
    assert cost[-1][2] == many


@pytest.mark.parametrize("product", [Product.CDN, Product.VOD])
def test_a_look_costs_less_after_part_of_the_ids_has_settled(
    product: Product, api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    started = time.now()
    ids = submitted(account, product, started, 1000)
    watch = followed(api_of(product), ids, time, started)
    first = watch.look().api_calls
    watch.look(started + 350)
    left = [task_id for task_id, outcome in watch.outcomes.items() if outcome is None]
    assert 100 < len(left) < 900
    assert watch.look().api_calls < 0.7 * first


@pytest.mark.parametrize("product", [Product.CDN, Product.VOD])
def test_ids_that_are_not_there_yet_cost_a_sample_and_are_found_later(
    product: Product, api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    stand_in.switches = Switches(invisible_seconds=90.0)
    started = time.now()
    ids = submitted(account, product, started, 1000)
    watch = followed(api_of(product), ids, time, started)
    first = watch.look()
    assert {observed.answer for observed in first.items} == {Answer.NOT_SEEN}
    assert first.api_calls <= 10
    calls = [watch.look(started + at).api_calls for at in (160, 250, 500)]
    assert max(calls) <= 25
    assert watch.outcomes == ids


@pytest.mark.parametrize("product", [Product.CDN, Product.VOD])
def test_ids_that_are_older_than_was_thought_are_found_by_a_sample_and_listed(
    product: Product, api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    started = time.now()
    ids = submitted(account, product, started, 1000)
    watch = followed(api_of(product), ids, time, started)
    watch.watch = Watch("w1", watch_of(product, *ids).request, started + 7200, watch.watch.items)
    first = watch.look(started + 7200)
    assert first.api_calls <= 50
    assert watch.outcomes == ids


@pytest.mark.parametrize("product", [Product.CDN, Product.VOD])
@pytest.mark.parametrize("stale", [False, True])
def test_a_listing_that_brings_no_status_up_to_date_is_found_out(
    product: Product, stale: bool, api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    stand_in.switches = Switches(listing_updates=False, stale_answers=stale)
    started = time.now()
    ids = submitted(account, product, started, 300)
    watch = followed(api_of(product), ids, time, started)
    for at in (61, 120, 400, 420, 440):
        watch.look(started + at)
    assert watch.outcomes == ids


@pytest.mark.parametrize("product", [Product.CDN, Product.VOD])
def test_answers_that_are_one_question_old_are_right_all_the_same(
    product: Product, api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    stand_in.switches = Switches(stale_answers=True)
    started = time.now()
    ids = submitted(account, product, started, 300)
    watch = followed(api_of(product), ids, time, started)
    for at in (61, 120, 250, 400, 420):
        watch.look(started + at)
    assert watch.outcomes == ids


@pytest.mark.parametrize("product", [Product.CDN, Product.VOD])
def test_at_the_deadline_no_listing_alone_says_that_an_id_still_runs(
    product: Product, api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    started = time.now()
    ids = [
        account.add_task(product.value, objects=[ObjectPlan("http://example.com/a", NEVER)], created_at=started)
        for _ in range(60)
    ]
    watch = followed(api_of(product), dict.fromkeys(ids, Outcome.OVERDUE), time, started, deadline=300.0)
    watch.look()
    for _ in range(2):
        before = len(stand_in.calls)
        watch.look(time.now() + 301)
        asked = {task_id for call in stand_in.calls[before:] for task_id in call.params.get("TaskId", "").split(",")}
        assert asked.issuperset(ids)
    assert set(watch.outcomes.values()) == {Outcome.OVERDUE}


def test_a_small_watch_is_asked_directly(api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock) -> None:
    started = time.now()
    for product, many, calls in ((Product.CDN, 20, 2), (Product.VOD, 3, 3)):
        ids = submitted(account, product, started, many)
        assert followed(api_of(product), ids, time, started).look().api_calls == calls
    assert not any("StartTime" in asked.params for asked in stand_in.calls)


def test_all_pages_of_a_listing_end_at_the_same_instant_and_carry_the_watchs_filters(
    api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    started = time.now()
    ids = submitted(account, Product.CDN, started, 300)
    filters = {"domain_name": DOMAIN, "object_type": "file", "resource_group_id": "rg-1"}
    followed(api_of(Product.CDN), ids, time, started, **filters).look()
    listings = [dict(asked.params) for asked in stand_in.calls if "StartTime" in asked.params]
    assert [listing.pop("PageNumber") for listing in listings] == ["1", "2", "3"]
    assert len({tuple(sorted(listing.items())) for listing in listings}) == 1
    sent = {"DomainName": DOMAIN, "ObjectType": "file", "ResourceGroupId": "rg-1", "PageSize": "100"}
    assert sent.items() <= listings[0].items()


def test_each_choice_says_why_in_the_log(
    api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    started = time.now()
    ids = submitted(account, Product.VOD, started, 300)
    watch = followed(api_of(Product.VOD), ids, time, started)
    with caplog.at_level(logging.INFO, logger="refresh_watch.products"):
        watch.look()
    (plan,) = [record.fields for record in caplog.records if record.getMessage() == "plan"]  # type: ignore[attr-defined]
    assert (plan["how"], plan["expected"]) == ("window", 8)
    assert plan["why"] == "300 ids: about 300 rows in 6 pages and 2 calls besides; directly 300 calls"


def test_what_a_look_takes_of_the_quota_is_said(
    api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    started = time.now()
    ids = submitted(account, Product.CDN, started, 1000)
    observation = followed(api_of(Product.CDN), ids, time, started).look()
    listed = sum("StartTime" in asked.params for asked in stand_in.calls)
    assert observation.cost == pytest.approx(listed / 5 + (observation.api_calls - listed) / 30)


def test_a_listing_that_does_not_fit_into_the_look_is_not_begun(
    api_of: ApiOf, stand_in: StandIn, account: World, time: HandClock
) -> None:
    started = time.now()
    ids = submitted(account, Product.VOD, started, 300)
    observation = followed(api_of(Product.VOD), ids, time, started).look(seconds=1.0)
    assert not any("StartTime" in asked.params for asked in stand_in.calls)
    answers = [observed.answer for observed in observation.items]
    assert (answers.count(Answer.SEEN), answers.count(Answer.NOT_REACHED)) == (5, 295)
