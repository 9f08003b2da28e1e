"""One id of very many objects: few calls while it runs, every row read before it is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from refresh_watch.model import Outcome, Product
from refresh_watch.observation import Answer
from refresh_watch.products.api import ProductApi
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.call import Call
from refresh_watch_emulator.products.faults import Fault
from refresh_watch_emulator.products.gateway import Gateway
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import NEVER, ObjectPlan, World
from tests.all_products import WITH_BY_ID
from tests.hand_clock import HandClock
from tests.products.polling import EVERY_PRODUCT, Followed, counts, paths, watch_of

ApiOf = Callable[[Product], ProductApi]
MANY = 2000
MOST = 4
BY_ID = [
    Switches(),
    Switches(by_id_row_limit=20, by_id_total="full"),
    Switches(by_id_row_limit=20, by_id_total="cut"),
    Switches(by_id_row_limit=500, by_id_total="cut"),
]


@pytest.fixture(autouse=True)
def account(stand_in: StandIn, time: HandClock) -> None:
    """An account with its quota."""
    stand_in.gateway = Gateway(World(time.now()))


def big(stand_in: StandIn, product: Product, time: HandClock, ends: Callable[[int], ObjectPlan]) -> str:
    plans = [replace(ends(number), path=path) for number, path in enumerate(paths(MANY))]
    return stand_in.world.add_task(product.value, objects=plans, created_at=time.now())


def following(api: ProductApi, time: HandClock, *ids: str, **request: Any) -> Followed:
    watch = watch_of(api.spec.product, *ids, **request)
    return Followed(api, replace(watch, accepted_at=time.now()), time)


def has_status(call: Call) -> bool:
    return "Status" in call.params


def pages_of(stand_in: StandIn, task_id: str, since: int) -> set[str]:
    """The numbers of the pages that were read of an id."""
    asked = (call.params for call in stand_in.calls[since:] if call.params.get("TaskId") == task_id)
    return {params["PageNumber"] for params in asked if "PageNumber" in params and "Status" not in params}


@pytest.mark.parametrize(
    ("product", "switches"),
    [(product, switches) for product in WITH_BY_ID for switches in BY_ID]
    + [(Product.VOD, Switches()), (Product.VOD_LEGACY, Switches())],
)
def test_two_thousand_objects_cost_at_most_four_calls_a_look_and_are_all_read_before_the_end(
    product: Product, switches: Switches, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = switches
    # they end one after the other, the one in the middle fails
    task_id = big(
        stand_in,
        product,
        time,
        lambda number: ObjectPlan(ends="Failed" if number == 1234 else "Complete", after=100 + number / 10),
    )
    started = time.now()
    story = following(api_of(product), time, task_id)
    for at in (0, 15, 50, 100, 150, 200, 250, 299):
        observation = story.look(started + at)
        (observed,) = observation.items
        assert observation.api_calls <= MOST
        assert (observed.answer, observed.running > 0) == (Answer.SEEN, True)
        assert observed.complete + observed.failed + observed.running == MANY or at == 0
        assert abs(observed.complete + observed.failed - 10 * max(0, at - 100)) <= 20
        assert observation.hints.by_id_cut is (switches.by_id_row_limit is not None)
    # once its answers are known to be cut, the by-id operation is not asked any more
    assert switches.by_id_row_limit is None or sum("ById" in asked.action for asked in stand_in.calls) == 1
    assert story.watch.interim_published
    before = len(stand_in.calls)
    (observed,) = story.look(started + 301).items
    assert (counts(observed), observed.whole) == ((MANY - 1, 1, 0), True)
    assert story.outcomes == {task_id: Outcome.PARTLY_FAILED}
    read = pages_of(stand_in, task_id, before)
    by_id = any("ById" in call.action for call in stand_in.calls[before:])
    assert by_id or len(read) == MANY / story.api.spec.list.page_size
    assert {asked.code for asked in stand_in.calls} == {""}


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_a_failure_far_from_page_one_is_told_while_the_others_run(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(by_id_row_limit=20, by_id_total="cut")
    task_id = big(
        stand_in, product, time, lambda n: ObjectPlan(ends="Failed", after=10) if n == 1500 else ObjectPlan(ends=NEVER)
    )
    story = following(api_of(product), time, task_id)
    (observed,) = story.look(time.now() + 60).items
    assert (observed.failed, observed.whole) == (1, False)
    assert observed.failures[0].object_path == paths(MANY)[1500]
    assert observed.reasons == (("origin_timeout", 1),)
    assert story.watch.interim_published
    assert len(stand_in.calls) <= MOST


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_an_object_that_runs_behind_a_page_of_finished_ones_keeps_the_id_open(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(by_id_row_limit=20, by_id_total="full")
    task_id = big(stand_in, product, time, lambda n: ObjectPlan(ends=NEVER if n == MANY - 1 else "Complete"))
    story = following(api_of(product), time, task_id)
    for at in (60, 75, 90):
        observation = story.look(story.watch.accepted_at + at)
        assert observation.api_calls <= MOST
        assert story.outcomes == {task_id: None}
    assert counts(observation.items[0]) == (MANY - 1, 0, 1)


def test_failures_of_another_word_than_the_filter_knows_are_read(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = big(stand_in, Product.VOD, time, lambda n: ObjectPlan(ends="Timeout" if n >= 1900 else "Complete"))
    (observed,) = following(api_of(Product.VOD), time, task_id).look().items
    assert (counts(observed), observed.whole) == ((1900, 100, 0), True)


def test_objects_that_still_wait_are_found_by_reading_and_no_further(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    # `Pending` is no word that the filter knows: nothing is Refreshing, and yet something runs
    plan = ObjectPlan(ends="Complete", after=1e6)
    task_id = big(stand_in, Product.VOD, time, lambda n: plan if 110 <= n < 120 else ObjectPlan())
    observation = following(api_of(Product.VOD), time, task_id).look()
    assert counts(observation.items[0]) == (MANY - 10, 0, 10)
    assert observation.api_calls <= 6


@pytest.mark.parametrize("position", ["refused", "ignored"])
@pytest.mark.parametrize("product", [Product.DCDN, Product.VOD])
def test_where_nothing_can_be_counted_the_pages_are_read(
    product: Product, position: Any, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(status_filter=position, by_id_row_limit=20, by_id_total="cut")
    task_id = big(stand_in, product, time, lambda n: ObjectPlan(ends="Failed") if n == 1500 else ObjectPlan(after=300))
    story = following(api_of(product), time, task_id)
    (observed,) = story.look(time.now() + 100).items
    assert (counts(observed), observed.failures[0].object_path) == ((0, 1, MANY - 1), paths(MANY)[1500])
    story.look(time.now() + 300)
    assert story.outcomes == {task_id: Outcome.PARTLY_FAILED}


@pytest.mark.parametrize(
    ("status", "total"),
    [("Complete", 0), ("Complete", 10), ("Complete", MANY), ("Complete", 5000), ("Failed", 5000), ("Failed", 15)],
)
def test_counts_that_cannot_be_true_are_not_believed(
    status: str, total: int, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    def wrong(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "TotalCount": total}

    stand_in.faults.add(Fault("wrong count", mangle=wrong), when=lambda call: call.get("Status") == status)
    ends = ["Complete"] * 1000 + ["Failed"] * 20 + [NEVER] + ["Complete"] * 979
    task_id = big(stand_in, Product.VOD, time, lambda number: ObjectPlan(ends=ends[number]))
    (observed,) = following(api_of(Product.VOD), time, task_id).look(time.now() + 60).items
    assert counts(observed) == (1979, 20, 1)


def test_counts_that_are_newer_than_page_one_lead_to_the_end_in_the_same_look(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.switches = Switches(stale_answers=True)
    task_id = big(stand_in, Product.VOD, time, lambda _: ObjectPlan(after=300))
    started = time.now()
    story = following(api_of(Product.VOD), time, task_id)
    story.look(started + 100)
    story.look(started + 301)
    assert story.outcomes == {task_id: Outcome.COMPLETE}


def test_counts_that_say_settled_settle_nothing_by_themselves(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    def all_complete(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "TotalCount": MANY}

    stand_in.faults.add(Fault("all complete", mangle=all_complete), when=lambda call: call.get("Status") == "Complete")
    task_id = big(stand_in, Product.VOD, time, lambda n: ObjectPlan(ends=NEVER if n == 1999 else "Complete"))
    (observed,) = following(api_of(Product.VOD), time, task_id).look(time.now() + 60).items
    assert observed.running > 0
    assert not observed.whole


def test_a_count_without_an_answer_costs_the_count_and_not_the_item(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    stand_in.faults.add(faults.html(), when=has_status)
    task_id = big(stand_in, Product.VOD, time, lambda n: ObjectPlan(after=300))
    (observed,) = following(api_of(Product.VOD), time, task_id).look(time.now() + 100).items
    assert (observed.answer, observed.whole, observed.running) == (Answer.SEEN, False, 50)


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_at_the_deadline_every_row_is_read(product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    stand_in.switches = Switches(by_id_row_limit=20, by_id_total="cut")
    task_id = big(stand_in, product, time, lambda n: ObjectPlan(ends=NEVER if n < 1000 else "Failed"))
    story = following(api_of(product), time, task_id, deadline=60.0)
    story.look(time.now() + 30)
    (observed,) = story.look(time.now() + 61).items
    assert (counts(observed), observed.whole) == ((0, 1000, 1000), True)
    assert not any("Status" in asked.params for asked in stand_in.calls[-20:])


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_a_by_id_answer_of_many_rows_is_confirmed_with_one_call_and_only_where_it_matters(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = big(stand_in, product, time, lambda n: ObjectPlan(after=300))
    story = following(api_of(product), time, task_id)
    started = time.now()
    calls = [story.look(started + at).api_calls for at in (0, 60, 120, 301)]
    assert calls == [2, 1, 1, 2]
    assert story.outcomes == {task_id: Outcome.COMPLETE}


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_ids_of_few_rows_are_confirmed_by_id_in_small_company(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    plans = [ObjectPlan(path) for path in paths(3)]
    ids = [stand_in.world.add_task(product.value, objects=plans, created_at=time.now()) for _ in range(10)]
    observation = following(api_of(product), time, *ids).look()
    assert [(counts(observed), observed.whole) for observed in observation.items] == [((3, 0, 0), True)] * 10
    assert observation.api_calls == 3


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_a_big_id_whose_list_shows_a_running_object_is_not_settled_by_id(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = big(stand_in, product, time, lambda n: ObjectPlan(ends=NEVER if n == 0 else "Complete"))

    def ahead(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "Tasks": [{**row, "Status": "Complete"} for row in body["Tasks"]]}

    stand_in.faults.add(Fault("ahead", mangle=ahead), when=lambda call: "ById" in call.action)
    (observed,) = following(api_of(product), time, task_id).look(time.now() + 60).items
    assert (observed.answer, observed.whole) == (Answer.SEEN, False)
