"""A look: which questions, in which order, within which bounds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from refresh_watch.model import Kind, Outcome, Product, Reason, WatchRequest
from refresh_watch.observation import Answer, Hints
from refresh_watch.products.api import ProductApi
from refresh_watch.products.polling.hints import UNUSABLE
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.quota import Quota
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.all_products import WITH_BY_ID
from tests.hand_clock import HandClock
from tests.products.polling import DOMAIN, EVERY_PRODUCT, actions, counts, look_at, watch_of

ApiOf = Callable[[Product], ProductApi]
PATH = "http://example.com/a.txt"
ONE_BY_ONE = Hints(window_rows=UNUSABLE)
"""No listing of a time is tried."""


def tasks(stand_in: StandIn, product: Product, time: HandClock, how_many: int) -> list[str]:
    return [stand_in.world.add_task(product.value, created_at=time.now()) for _ in range(how_many)]


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_a_hundred_ids_cost_ten_calls(product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    ids = tasks(stand_in, product, time, 100)
    observation = look_at(api_of(product), replace(watch_of(product, *ids), hints=ONE_BY_ONE), time)
    assert observation.api_calls == len(stand_in.calls) == 10
    assert {counts(observed) for observed in observation.items} == {(1, 0, 0)}


@pytest.mark.parametrize(
    "request_",
    [{"domain_name": DOMAIN, "object_type": "file"}, {"object_type": "file"}, {"resource_group_id": "rg-1"}],
    ids=",".join,
)
def test_a_watch_with_a_filter_asks_the_list(
    request_: dict[str, str], api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    (task_id,) = tasks(stand_in, Product.CDN, time, 1)
    (observed,) = look_at(api_of(Product.CDN), watch_of(Product.CDN, task_id, **request_), time).items
    assert counts(observed) == (1, 0, 0)
    assert actions(stand_in) == ["DescribeRefreshTasks"]
    sent = {"domain_name": "DomainName", "object_type": "ObjectType", "resource_group_id": "ResourceGroupId"}
    assert {sent[name]: value for name, value in request_.items()}.items() <= dict(stand_in.calls[0].params).items()


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_settled_items_are_not_asked_about_again(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    ids = tasks(stand_in, product, time, 3)
    watch = watch_of(product, *ids)
    watch = replace(watch, items=(replace(watch.items[0], outcome=Outcome.COMPLETE), *watch.items[1:]))
    observation = look_at(api_of(product), watch, time)
    assert [observed.item for observed in observation.items] == ids[1:]
    assert not any(ids[0] in asked.params["TaskId"].split(",") for asked in stand_in.calls)


def test_what_time_did_not_allow_is_carried_over_in_turn(api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    ids = tasks(stand_in, Product.VOD, time, 10)
    watch = replace(watch_of(Product.VOD, *ids), hints=ONE_BY_ONE)
    quota = Quota({"vod.list": 1.0})
    observation = look_at(api_of(Product.VOD), watch, time, seconds=4.0, quota=quota)
    answers = {observed.item: observed.answer for observed in observation.items}
    assert [answers[item] for item in ids] == [Answer.SEEN] * 4 + [Answer.NOT_REACHED] * 6
    later = look_at(api_of(Product.VOD), replace(watch, next_item=8), time, seconds=4.0, quota=Quota({"vod.list": 1.0}))
    reached = {observed.item for observed in later.items if observed.answer is Answer.SEEN}
    assert reached == {ids[8], ids[9], ids[0], ids[1]}


def test_a_product_that_does_not_answer_is_left_alone_until_the_next_look(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    ids = tasks(stand_in, Product.VOD, time, 50)
    stand_in.faults.add(faults.internal_error())
    observation = look_at(api_of(Product.VOD), watch_of(Product.VOD, *ids), time, seconds=600.0)
    assert {observed.answer for observed in observation.items} == {Answer.NO_ANSWER}
    assert len(stand_in.calls) == 12


def test_a_few_ids_without_an_answer_do_not_stand_in_the_others_way(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    ids = tasks(stand_in, Product.VOD, time, 20)
    for task_id in ids[:4]:
        stand_in.faults.add(faults.internal_error(), task_id=task_id)
    observation = look_at(api_of(Product.VOD), watch_of(Product.VOD, *ids), time, seconds=600.0)
    answers = [observed.answer for observed in observation.items]
    assert answers == [Answer.NO_ANSWER] * 4 + [Answer.SEEN] * 16


def test_failures_between_good_answers_do_not_end_a_look(api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    ids = tasks(stand_in, Product.VOD, time, 12)
    for task_id in ids[0:8:2]:
        stand_in.faults.add(faults.internal_error(), task_id=task_id)
    observation = look_at(api_of(Product.VOD), watch_of(Product.VOD, *ids), time, seconds=600.0)
    seen = [observed.item for observed in observation.items if observed.answer is Answer.SEEN]
    assert seen == [item for item in ids if item not in ids[0:8:2]]


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("bad", ["", "abc", "1,2", "-1"])
def test_an_id_that_is_not_digits_is_refused_without_a_call(
    product: Product, bad: str, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    (good,) = tasks(stand_in, product, time, 1)
    observation = look_at(api_of(product), watch_of(product, good, bad), time)
    by_item = {observed.item: observed for observed in observation.items}
    assert counts(by_item[good]) == (1, 0, 0)
    refusal = by_item[bad].refusal
    assert refusal is not None
    assert refusal.reason is Reason.MALFORMED_ID
    assert [asked.params["TaskId"] for asked in stand_in.calls] == [good]


def test_a_query_that_the_document_forbids_is_a_refusal_and_no_crash(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    watch = watch_of(Product.VOD, "1", domain_name=DOMAIN)
    (observed,) = look_at(api_of(Product.VOD), watch, time).items
    assert observed.refusal is not None
    assert observed.refusal.reason is Reason.REFUSED
    assert "object_type" in observed.refusal.message
    assert not stand_in.calls


def test_what_has_settled_in_this_look_stays_though_the_rest_is_refused(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    ids = tasks(stand_in, Product.VOD, time, 3)
    stand_in.faults.add(faults.suspended(), task_id=ids[1])
    first, *others = look_at(api_of(Product.VOD), watch_of(Product.VOD, *ids), time).items
    assert counts(first) == (1, 0, 0)
    assert {observed.answer for observed in others} == {Answer.REFUSED}


def by_path(product: Product, submitted_at: float, *, bound: tuple[str, ...] = (), kind: Kind = Kind.UNKNOWN) -> Watch:
    filters = {"domain_name": DOMAIN, "object_type": "file"} if product is Product.VOD_LEGACY else {}
    request = WatchRequest(product, object_paths=(PATH,), submitted_at=submitted_at, kind=kind, **filters)
    return Watch("w1", request, submitted_at, items=(WatchedItem(PATH, task_ids=bound),))


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_a_watch_by_path_finds_the_task_of_its_submission(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    submitted = float(int(time.now()))
    old = [ObjectPlan(PATH, "Failed")]
    stand_in.world.add_task(product.value, objects=old, created_at=submitted - 3600)
    plans = [ObjectPlan(PATH, NEVER), ObjectPlan("http://example.com/b.txt")]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=submitted)
    (observed,) = look_at(api_of(product), by_path(product, submitted), time).items
    assert (observed.task_ids, counts(observed), observed.whole) == ((task_id,), (0, 0, 1), True)
    assert stand_in.calls[0].params["ObjectPath"] == PATH
    assert "TaskId" not in stand_in.calls[0].params


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_a_bound_path_stays_with_its_task(product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    submitted = float(int(time.now()))
    ours, newer = [
        stand_in.world.add_task(product.value, objects=[ObjectPlan(PATH, ends)], created_at=submitted)
        for ends in (NEVER, "Complete")
    ]
    (observed,) = look_at(api_of(product), by_path(product, submitted, bound=(ours,)), time).items
    assert (observed.task_ids, counts(observed)) == ((ours,), (0, 0, 1))
    assert stand_in.calls[0].params["TaskId"] == ours
    (observed,) = look_at(api_of(product), by_path(product, submitted, bound=(ours, newer)), time).items
    assert (observed.task_ids, counts(observed)) == (tuple(sorted((ours, newer))), (1, 0, 1))


def test_a_path_that_was_never_submitted_is_not_seen(api_of: ApiOf, time: HandClock) -> None:
    for product in EVERY_PRODUCT:
        (observed,) = look_at(api_of(product), by_path(product, time.now()), time).items
        assert observed.answer is Answer.NOT_SEEN


def test_a_path_that_the_api_finds_malformed_is_refused_alone(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    bad = "http://example.com/" + "x" * 1100
    stand_in.world.add_task("cdn", objects=[ObjectPlan(PATH)], created_at=float(int(time.now())))
    request = WatchRequest(Product.CDN, object_paths=(PATH, bad), submitted_at=time.now())
    watch = Watch("w1", request, time.now(), items=tuple(WatchedItem(item) for item in request.items))
    by_item = {observed.item: observed for observed in look_at(api_of(Product.CDN), watch, time).items}
    assert counts(by_item[PATH]) == (1, 0, 0)
    assert by_item[bad].answer is Answer.REFUSED


def test_a_look_is_logged_without_headers_and_keys(
    api_of: ApiOf, stand_in: StandIn, time: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    (task_id,) = tasks(stand_in, Product.CDN, time, 1)
    stand_in.faults.add(faults.throttling(), times=1)
    with caplog.at_level(logging.INFO, logger="refresh_watch.products"):
        look_at(api_of(Product.CDN), watch_of(Product.CDN, task_id), time)
    assert [record.getMessage() for record in caplog.records] == ["plan", "no answer", "looked"]
    shown = "".join(str(vars(record)) for record in caplog.records)
    assert "Throttling" in shown
    assert "Authorization" not in shown
    assert "testSK" not in shown
