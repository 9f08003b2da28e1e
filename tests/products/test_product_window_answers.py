"""A listing of a time that answers wrongly: it costs calls, and never a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from refresh_watch.model import Product
from refresh_watch.observation import Answer
from refresh_watch.products.refusals import MAX_TRIES
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.call import Call
from refresh_watch_emulator.products.faults import Fault
from refresh_watch_emulator.products.gateway import Gateway
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import NEVER, ObjectPlan, World
from tests.hand_clock import HandClock
from tests.products.polling import DOMAIN, Followed, Polled, PolledAs, counts, lists_a_time

PRODUCTS = [Product.CDN, Product.VOD, Product.VOD_LEGACY]
MANY = 40
Mangle = Callable[[dict[str, Any]], dict[str, Any]]


RUNNING = ObjectPlan("http://example.com/b", NEVER)


@pytest.fixture(params=PRODUCTS)
def story(request: pytest.FixtureRequest, polled_as: PolledAs) -> Followed:
    """MANY tasks of two objects, one Complete and one still running, a minute after they were submitted."""
    return following(alone(polled_as(request.param)), ObjectPlan("http://example.com/a"), RUNNING)


@pytest.fixture(params=PRODUCTS)
def long_story(request: pytest.FixtureRequest, polled_as: PolledAs) -> Followed:
    """Three times as many."""
    return following(alone(polled_as(request.param)), ObjectPlan("http://example.com/a"), RUNNING, many=3 * MANY)


def alone(polled: Polled) -> Polled:
    polled.stand_in.gateway = Gateway(World(polled.time.now(), foreign_tasks=0, quota={}))
    return polled


def following(polled: Polled, *plans: ObjectPlan, many: int = MANY) -> Followed:
    started = polled.time.at = float(int(polled.time.now()))
    watch = polled.watch(*polled.add_many(many, *plans), submitted_at=started)
    polled.time.at = started + 60.0
    return Followed(polled.api, replace(watch, accepted_at=polled.time.at), polled.time)


def rows_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    (rows,) = body["Tasks"].values()
    return rows  # type: ignore[no-any-return]


def with_rows(body: dict[str, Any], rows: list[dict[str, Any]], *, missing: int = 0) -> dict[str, Any]:
    return {**body, "Tasks": dict.fromkeys(body["Tasks"], rows), "TotalCount": body["TotalCount"] - missing}


def without_running(body: dict[str, Any]) -> dict[str, Any]:
    """The running rows are left out, and counted."""
    return with_rows(body, [row for row in rows_of(body) if row["Status"] == "Complete"])


def one_more(body: dict[str, Any]) -> dict[str, Any]:
    return {**without_running(body), "TotalCount": body["TotalCount"] // 2 + 1}


def one_less(body: dict[str, Any]) -> dict[str, Any]:
    return {**without_running(body), "TotalCount": body["TotalCount"] // 2 - 1}


def undated(body: dict[str, Any]) -> dict[str, Any]:
    rows = rows_of(with_rows(body, [row for row in rows_of(body) if row["Status"] == "Complete"]))
    dateless = [{key: value for key, value in row.items() if key != "CreationTime"} for row in rows]
    return {**with_rows(body, dateless), "TotalCount": body["TotalCount"] // 2}


def listed(stand_in: StandIn) -> int:
    return sum("StartTime" in asked.params for asked in stand_in.calls)


@pytest.mark.parametrize("mangle", [without_running, one_more, one_less, undated])
def test_what_a_listing_shows_as_settled_is_settled_only_if_every_row_was_certain_to_be_read(
    mangle: Mangle, story: Followed, stand_in: StandIn
) -> None:
    stand_in.faults.add(Fault(mangle.__name__, mangle=mangle), when=lists_a_time)
    for _ in range(2):
        observation = story.look()
        assert [counts(observed) for observed in observation.items] == [(1, 0, 1)] * MANY


def test_an_id_that_shows_fewer_rows_than_are_known_is_asked_itself(story: Followed, stand_in: StandIn) -> None:
    story.look()

    def forgetful(body: dict[str, Any]) -> dict[str, Any]:
        rows = [row for row in rows_of(body) if row["Status"] == "Complete"]
        return {**with_rows(body, rows), "TotalCount": body["TotalCount"] // 2}

    stand_in.faults.add(Fault("forgetful", mangle=forgetful), when=lists_a_time)
    observation = story.look()
    assert listed(stand_in) > 1
    assert [counts(observed) for observed in observation.items] == [(1, 0, 1)] * MANY


def test_pages_that_shift_settle_nothing_that_is_not_settled(long_story: Followed, stand_in: StandIn) -> None:
    created = long_story.watch.started_at + 5

    def another_client_submits(call: Call) -> bool:
        stand_in.world.add_task(long_story.api.spec.product.value, created_at=created)
        return False

    stand_in.faults.add(
        Fault("another client submits"), when=lambda call: lists_a_time(call) and another_client_submits(call)
    )
    for _ in range(3):
        observation = long_story.look()
        assert [counts(observed) for observed in observation.items] == [(1, 0, 1)] * 3 * MANY
    assert listed(stand_in) > 3


def test_a_refused_listing_refuses_no_item_and_is_not_tried_again(story: Followed, stand_in: StandIn) -> None:
    stand_in.faults.add(faults.error(400, "InvalidTime", "The query time is wrong."), when=lists_a_time)
    for _ in range(3):
        observation = story.look()
        assert [counts(observed) for observed in observation.items] == [(1, 0, 1)] * MANY
    assert listed(stand_in) == 1


def test_a_listing_without_an_answer_is_left_out_of_the_next_look_only(story: Followed, stand_in: StandIn) -> None:
    stand_in.faults.add(faults.html(), times=MAX_TRIES, when=lists_a_time)
    tries = []
    for _ in range(3):
        before = listed(stand_in)
        observation = story.look()
        assert [counts(observed) for observed in observation.items] == [(1, 0, 1)] * MANY
        tries.append(listed(stand_in) - before)
    assert tries[:2] == [MAX_TRIES, 0]
    assert tries[2] > 0


def test_a_listing_that_takes_too_long_does_not_keep_the_items_waiting_for_ever(
    long_story: Followed, stand_in: StandIn, time: HandClock
) -> None:
    def slowly(call: Call) -> bool:
        time.at += 0.9 if lists_a_time(call) else 0.0
        return False

    stand_in.faults.add(Fault("slow"), when=slowly)
    tries = []
    for _ in range(3):
        before = listed(stand_in)
        observation = long_story.look(seconds=2.0)
        tries.append(listed(stand_in) - before)
        assert Answer.SEEN in {observed.answer for observed in observation.items}
    assert tries[0] in (1, 2)
    assert tries[1] == 0


def test_a_listing_that_ignores_its_time_ends_after_a_page(vod: Polled) -> None:
    story = following(vod, RUNNING)
    vod.switch(time_filter="ignored")
    for _ in range(3):
        observation = story.look()
        assert [counts(observed) for observed in observation.items] == [(0, 0, 1)] * MANY
    assert listed(vod.stand_in) == 1


def test_other_peoples_rows_say_nothing_of_ours(vod: Polled) -> None:
    story = following(vod, RUNNING)
    for number in range(60):
        plans = [ObjectPlan("http://example.com/b", "Failed" if number % 2 else "Complete")]
        vod.stand_in.world.add_task("vod", objects=plans, created_at=story.watch.started_at)
    observation = story.look()
    assert [counts(observed) for observed in observation.items] == [(0, 0, 1)] * MANY


def test_what_looks_settled_near_the_end_of_the_time_is_asked_itself(vod: Polled) -> None:
    story = following(vod, ObjectPlan("http://example.com/a"))
    edge = vod.stand_in.world.add_task("vod", created_at=vod.time.now() - 1)
    request = replace(story.watch.request, task_ids=(*story.watch.request.task_ids, edge))
    story.watch = Watch("w1", request, vod.time.now(), tuple(WatchedItem(item) for item in request.items))
    observation = story.look()
    assert [counts(observed) for observed in observation.items] == [(1, 0, 0)] * (MANY + 1)
    assert [asked.params["TaskId"] for asked in vod.stand_in.calls if "TaskId" in asked.params] == [edge]


def test_an_empty_time_is_no_end(vod: Polled) -> None:
    ids = [str(999999990000 + number) for number in range(100)]
    watch = vod.watch(*ids, submitted_at=vod.time.now())
    story = Followed(vod.api, watch, vod.time)
    for at in (1, 60, 200, 600):
        observation = story.look(watch.accepted_at + at)
        assert {observed.answer for observed in observation.items} == {Answer.NOT_SEEN}
        assert observation.api_calls <= 6
    assert set(story.outcomes.values()) == {None}


def test_tasks_of_more_than_three_days_ago_are_not_listed(vod: Polled) -> None:
    watch = vod.watch(*[str(999999990000 + number) for number in range(5)])
    watch = replace(watch, accepted_at=vod.time.now() - 4 * 86400)
    observation = Followed(vod.api, watch, vod.time).look()
    assert not any(asked.code for asked in vod.stand_in.calls)
    assert {observed.answer for observed in observation.items} == {Answer.NOT_SEEN}


def test_a_failure_among_running_objects_is_seen_in_a_listing(vod: Polled) -> None:
    plans = [ObjectPlan(f"http://{DOMAIN}/bad.txt", "Failed"), RUNNING]
    story = following(vod, *plans)
    observation = story.look()
    assert [counts(observed) for observed in observation.items] == [(0, 1, 1)] * MANY
    assert observation.items[-1].failures[0].object_path == f"http://{DOMAIN}/bad.txt"
