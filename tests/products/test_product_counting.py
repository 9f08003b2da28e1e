"""One id of very many objects: few calls while it runs, every row read before it is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from refresh_watch.model import Outcome, Product
from refresh_watch.observation import Answer
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.call import Call
from refresh_watch_emulator.products.faults import Fault
from refresh_watch_emulator.products.gateway import Gateway
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import NEVER, ObjectPlan, World
from tests.hand_clock import HandClock
from tests.products.polling import Followed, Polled, PolledAs, counts, paths

TWO_THOUSAND = 2000
MANY = 700
"""Enough that they are counted."""
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


def big(at: Polled, ends: Callable[[int], ObjectPlan], many: int = MANY) -> str:
    return at.add(*[replace(ends(number), path=path) for number, path in enumerate(paths(many))])


def following(at: Polled, *ids: str, **request: Any) -> Followed:
    return Followed(at.api, replace(at.watch(*ids, **request), accepted_at=at.time.now()), at.time)


def has_status(call: Call) -> bool:
    return "Status" in call.params


def pages_of(at: Polled, task_id: str, since: int) -> set[str]:
    """The numbers of the pages that were read of an id."""
    asked = (call.params for call in at.calls[since:] if call.params.get("TaskId") == task_id)
    return {params["PageNumber"] for params in asked if "PageNumber" in params and "Status" not in params}


@pytest.mark.parametrize(
    ("product", "switches"),
    [
        *((Product.CDN, switches) for switches in BY_ID),
        (Product.DCDN, BY_ID[1]),
        (Product.VOD, Switches()),
        (Product.VOD_LEGACY, Switches()),
    ],
)
def test_two_thousand_objects_cost_at_most_four_calls_a_look_and_are_all_read_before_the_end(
    product: Product, switches: Switches, polled_as: PolledAs
) -> None:
    at = polled_as(product)
    at.stand_in.switches = switches
    # they end one after the other, the one in the middle fails
    task_id = big(
        at, lambda n: ObjectPlan(ends="Failed" if n == 1234 else "Complete", after=100 + n / 10), TWO_THOUSAND
    )
    started = at.time.now()
    story = following(at, task_id)
    for seconds in (0, 15, 100, 200, 299):
        observation = story.look(started + seconds)
        (observed,) = observation.items
        assert observation.api_calls <= MOST
        assert (observed.answer, observed.running > 0) == (Answer.SEEN, True)
        assert observed.complete + observed.failed + observed.running == TWO_THOUSAND or seconds == 0
        assert abs(observed.complete + observed.failed - 10 * max(0, seconds - 100)) <= 20
        assert observation.hints.by_id_cut is (switches.by_id_row_limit is not None)
    # once its answers are known to be cut, the by-id operation is not asked any more
    assert switches.by_id_row_limit is None or sum("ById" in asked.action for asked in at.calls) == 1
    assert story.watch.interim_published
    before = len(at.calls)
    (observed,) = story.look(started + 301).items
    assert (counts(observed), observed.whole) == ((TWO_THOUSAND - 1, 1, 0), True)
    assert story.outcomes == {task_id: Outcome.PARTLY_FAILED}
    read = pages_of(at, task_id, before)
    by_id = any("ById" in call.action for call in at.calls[before:])
    assert by_id or len(read) == TWO_THOUSAND / story.api.spec.list.page_size
    assert {asked.code for asked in at.calls} == {""}


def test_a_failure_far_from_page_one_is_told_while_the_others_run(polled: Polled) -> None:
    polled.switch(by_id_row_limit=20, by_id_total="cut")
    task_id = big(polled, lambda n: ObjectPlan(ends="Failed", after=10) if n == 500 else ObjectPlan(ends=NEVER))
    story = following(polled, task_id)
    (observed,) = story.look(polled.time.now() + 60).items
    assert (observed.failed, observed.whole) == (1, False)
    assert observed.failures[0].object_path == paths(MANY)[500]
    assert observed.reasons == (("origin_timeout", 1),)
    assert story.watch.interim_published
    assert len(polled.calls) <= MOST


def test_an_object_that_runs_behind_a_page_of_finished_ones_keeps_the_id_open(polled: Polled) -> None:
    polled.switch(by_id_row_limit=20, by_id_total="full")
    task_id = big(polled, lambda n: ObjectPlan(ends=NEVER if n == MANY - 1 else "Complete"))
    story = following(polled, task_id)
    for at in (60, 75, 90):
        observation = story.look(story.watch.accepted_at + at)
        assert observation.api_calls <= MOST
        assert story.outcomes == {task_id: None}
    assert counts(observation.items[0]) == (MANY - 1, 0, 1)


def test_failures_of_another_word_than_the_filter_knows_are_read(vod: Polled) -> None:
    task_id = big(vod, lambda n: ObjectPlan(ends="Timeout" if n >= 600 else "Complete"))
    (observed,) = following(vod, task_id).look().items
    assert (counts(observed), observed.whole) == ((600, 100, 0), True)


def test_objects_that_still_wait_are_found_by_reading_and_no_further(vod: Polled) -> None:
    # `Pending` is no word that the filter knows: nothing is Refreshing, and yet something runs
    plan = ObjectPlan(ends="Complete", after=1e6)
    task_id = big(vod, lambda n: plan if 110 <= n < 120 else ObjectPlan())
    observation = following(vod, task_id).look()
    assert counts(observation.items[0]) == (MANY - 10, 0, 10)
    assert observation.api_calls <= 6


@pytest.mark.parametrize("position", ["refused", "ignored"])
@pytest.mark.parametrize("product", [Product.DCDN, Product.VOD])
def test_where_nothing_can_be_counted_the_pages_are_read(product: Product, position: Any, polled_as: PolledAs) -> None:
    at = polled_as(product)
    at.switch(status_filter=position, by_id_row_limit=20, by_id_total="cut")
    task_id = big(at, lambda n: ObjectPlan(ends="Failed") if n == 500 else ObjectPlan(after=300))
    story = following(at, task_id)
    (observed,) = story.look(at.time.now() + 100).items
    assert (counts(observed), observed.failures[0].object_path) == ((0, 1, MANY - 1), paths(MANY)[500])
    story.look(at.time.now() + 300)
    assert story.outcomes == {task_id: Outcome.PARTLY_FAILED}


@pytest.mark.parametrize(
    ("status", "total"),
    [("Complete", 0), ("Complete", 10), ("Complete", MANY), ("Complete", 5000), ("Failed", 5000), ("Failed", 15)],
)
def test_counts_that_cannot_be_true_are_not_believed(status: str, total: int, vod: Polled) -> None:
    def wrong(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "TotalCount": total}

    vod.fault(Fault("wrong count", mangle=wrong), when=lambda call: call.get("Status") == status)
    ends = ["Complete"] * 350 + ["Failed"] * 20 + [NEVER] + ["Complete"] * 329
    task_id = big(vod, lambda n: ObjectPlan(ends=ends[n]))
    (observed,) = following(vod, task_id).look(vod.time.now() + 60).items
    assert counts(observed) == (679, 20, 1)


def test_counts_that_are_newer_than_page_one_lead_to_the_end_in_the_same_look(vod: Polled) -> None:
    vod.switch(stale_answers=True)
    task_id = big(vod, lambda _: ObjectPlan(after=300))
    started = vod.time.now()
    story = following(vod, task_id)
    story.look(started + 100)
    story.look(started + 301)
    assert story.outcomes == {task_id: Outcome.COMPLETE}


def test_counts_that_say_settled_settle_nothing_by_themselves(vod: Polled) -> None:
    def all_complete(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "TotalCount": MANY}

    vod.fault(Fault("all complete", mangle=all_complete), when=lambda call: call.get("Status") == "Complete")
    task_id = big(vod, lambda n: ObjectPlan(ends=NEVER if n == MANY - 1 else "Complete"))
    (observed,) = following(vod, task_id).look(vod.time.now() + 60).items
    assert observed.running > 0
    assert not observed.whole


def test_a_count_without_an_answer_costs_the_count_and_not_the_item(vod: Polled) -> None:
    vod.fault(faults.html(), when=has_status)
    task_id = big(vod, lambda n: ObjectPlan(after=300))
    (observed,) = following(vod, task_id).look(vod.time.now() + 100).items
    assert (observed.answer, observed.whole, observed.running) == (Answer.SEEN, False, 50)


def test_at_the_deadline_every_row_is_read(polled: Polled) -> None:
    polled.switch(by_id_row_limit=20, by_id_total="cut")
    task_id = big(polled, lambda n: ObjectPlan(ends=NEVER if n < 350 else "Failed"))
    story = following(polled, task_id, deadline=60.0)
    story.look(polled.time.now() + 30)
    before = len(polled.calls)
    (observed,) = story.look(polled.time.now() + 61).items
    assert (counts(observed), observed.whole) == ((0, 350, 350), True)
    assert not any("Status" in asked.params for asked in polled.calls[before:])


def test_a_by_id_answer_of_many_rows_is_confirmed_with_one_call_and_only_where_it_matters(by_id: Polled) -> None:
    task_id = big(by_id, lambda n: ObjectPlan(after=300))
    story = following(by_id, task_id)
    started = by_id.time.now()
    calls = [story.look(started + at).api_calls for at in (0, 60, 120, 301)]
    assert calls == [2, 1, 1, 2]
    assert story.outcomes == {task_id: Outcome.COMPLETE}


def test_ids_of_few_rows_are_confirmed_by_id_in_small_company(by_id: Polled) -> None:
    plans = [ObjectPlan(path) for path in paths(3)]
    ids = by_id.add_many(10, *plans)
    observation = following(by_id, *ids).look()
    assert [(counts(observed), observed.whole) for observed in observation.items] == [((3, 0, 0), True)] * 10
    assert observation.api_calls == 3


def test_a_big_id_whose_list_shows_a_running_object_is_not_settled_by_id(by_id: Polled) -> None:
    task_id = big(by_id, lambda n: ObjectPlan(ends=NEVER if n == 0 else "Complete"))

    def ahead(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "Tasks": [{**row, "Status": "Complete"} for row in body["Tasks"]]}

    by_id.fault(Fault("ahead", mangle=ahead), when=lambda call: "ById" in call.action)
    (observed,) = following(by_id, task_id).look(by_id.time.now() + 60).items
    assert (observed.answer, observed.whole) == (Answer.SEEN, False)
