"""A look: which questions, in which order, within which bounds."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from refresh_watch.model import Kind, Outcome, Product, Reason, WatchRequest
from refresh_watch.observation import Answer, Hints
from refresh_watch.products.polling.hints import UNUSABLE
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.quota import Quota
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.products.polling import DOMAIN, Polled, actions, counts, look_at

PATH = "http://example.com/a.txt"
ONE_BY_ONE = Hints(window_rows=UNUSABLE)
"""No listing of a time is tried."""


def test_a_hundred_ids_cost_ten_calls(by_id: Polled) -> None:
    ids = by_id.add_many(100)
    observation = look_at(by_id.api, replace(by_id.watch(*ids), hints=ONE_BY_ONE), by_id.time)
    assert observation.api_calls == len(by_id.calls) == 10
    assert {counts(observed) for observed in observation.items} == {(1, 0, 0)}


@pytest.mark.parametrize(
    "request_",
    [{"domain_name": DOMAIN, "object_type": "file"}, {"object_type": "file"}, {"resource_group_id": "rg-1"}],
    ids=",".join,
)
def test_a_watch_with_a_filter_asks_the_list(request_: dict[str, str], cdn: Polled) -> None:
    (task_id,) = cdn.add_many(1)
    (observed,) = cdn.look(task_id, **request_).items
    assert counts(observed) == (1, 0, 0)
    assert actions(cdn.stand_in) == ["DescribeRefreshTasks"]
    sent = {"domain_name": "DomainName", "object_type": "ObjectType", "resource_group_id": "ResourceGroupId"}
    assert {sent[name]: value for name, value in request_.items()}.items() <= dict(cdn.calls[0].params).items()


def test_settled_items_are_not_asked_about_again(polled: Polled) -> None:
    ids = polled.add_many(3)
    watch = polled.watch(*ids)
    watch = replace(watch, items=(replace(watch.items[0], outcome=Outcome.COMPLETE), *watch.items[1:]))
    observation = look_at(polled.api, watch, polled.time)
    assert [observed.item for observed in observation.items] == ids[1:]
    assert not any(ids[0] in asked.params["TaskId"].split(",") for asked in polled.calls)


def test_what_time_did_not_allow_is_carried_over_in_turn(vod: Polled) -> None:
    ids = vod.add_many(10)
    watch = replace(vod.watch(*ids), hints=ONE_BY_ONE)
    quota = Quota({"vod.list": 1.0})
    observation = look_at(vod.api, watch, vod.time, seconds=4.0, quota=quota)
    answers = {observed.item: observed.answer for observed in observation.items}
    assert [answers[item] for item in ids] == [Answer.SEEN] * 4 + [Answer.NOT_REACHED] * 6
    later = look_at(vod.api, replace(watch, next_item=8), vod.time, seconds=4.0, quota=Quota({"vod.list": 1.0}))
    reached = {observed.item for observed in later.items if observed.answer is Answer.SEEN}
    assert reached == {ids[8], ids[9], ids[0], ids[1]}


def test_a_product_that_does_not_answer_is_left_alone_until_the_next_look(vod: Polled) -> None:
    ids = vod.add_many(50)
    vod.fault(faults.internal_error())
    observation = vod.look(*ids, seconds=600.0)
    assert {observed.answer for observed in observation.items} == {Answer.NO_ANSWER}
    assert len(vod.calls) == 12


def test_a_few_ids_without_an_answer_do_not_stand_in_the_others_way(vod: Polled) -> None:
    ids = vod.add_many(20)
    for task_id in ids[:4]:
        vod.fault(faults.internal_error(), task_id=task_id)
    observation = vod.look(*ids, seconds=600.0)
    answers = [observed.answer for observed in observation.items]
    assert answers == [Answer.NO_ANSWER] * 4 + [Answer.SEEN] * 16


def test_failures_between_good_answers_do_not_end_a_look(vod: Polled) -> None:
    ids = vod.add_many(12)
    for task_id in ids[0:8:2]:
        vod.fault(faults.internal_error(), task_id=task_id)
    observation = vod.look(*ids, seconds=600.0)
    seen = [observed.item for observed in observation.items if observed.answer is Answer.SEEN]
    assert seen == [item for item in ids if item not in ids[0:8:2]]


@pytest.mark.parametrize("bad", ["", "abc", "1,2", "-1"])
def test_an_id_that_is_not_digits_is_refused_without_a_call(bad: str, polled: Polled) -> None:
    (good,) = polled.add_many(1)
    observation = polled.look(good, bad)
    by_item = {observed.item: observed for observed in observation.items}
    assert counts(by_item[good]) == (1, 0, 0)
    refusal = by_item[bad].refusal
    assert refusal is not None
    assert refusal.reason is Reason.MALFORMED_ID
    assert [asked.params["TaskId"] for asked in polled.calls] == [good]


def test_a_query_that_the_document_forbids_is_a_refusal_and_no_crash(vod: Polled) -> None:
    watch = vod.watch("1", domain_name=DOMAIN)
    (observed,) = look_at(vod.api, watch, vod.time).items
    assert observed.refusal is not None
    assert observed.refusal.reason is Reason.REFUSED
    assert "object_type" in observed.refusal.message
    assert not vod.calls


def test_what_has_settled_in_this_look_stays_though_the_rest_is_refused(vod: Polled) -> None:
    ids = vod.add_many(3)
    vod.fault(faults.suspended(), task_id=ids[1])
    first, *others = vod.look(*ids).items
    assert counts(first) == (1, 0, 0)
    assert {observed.answer for observed in others} == {Answer.REFUSED}


def by_path(product: Product, submitted_at: float, *, bound: tuple[str, ...] = (), kind: Kind = Kind.UNKNOWN) -> Watch:
    filters = {"domain_name": DOMAIN, "object_type": "file"} if product is Product.VOD_LEGACY else {}
    request = WatchRequest(product, object_paths=(PATH,), submitted_at=submitted_at, kind=kind, **filters)
    return Watch("w1", request, submitted_at, items=(WatchedItem(PATH, task_ids=bound),))


def test_a_watch_by_path_finds_the_task_of_its_submission(polled: Polled) -> None:
    submitted = float(int(polled.time.now()))
    old = [ObjectPlan(PATH, "Failed")]
    polled.stand_in.world.add_task(polled.product.value, objects=old, created_at=submitted - 3600)
    plans = [ObjectPlan(PATH, NEVER), ObjectPlan("http://example.com/b.txt")]
    task_id = polled.stand_in.world.add_task(polled.product.value, objects=plans, created_at=submitted)
    (observed,) = look_at(polled.api, by_path(polled.product, submitted), polled.time).items
    assert (observed.task_ids, counts(observed), observed.whole) == ((task_id,), (0, 0, 1), True)
    assert polled.calls[0].params["ObjectPath"] == PATH
    assert "TaskId" not in polled.calls[0].params


def test_a_bound_path_stays_with_its_task(polled: Polled) -> None:
    submitted = float(int(polled.time.now()))
    ours, newer = [
        polled.stand_in.world.add_task(polled.product.value, objects=[ObjectPlan(PATH, ends)], created_at=submitted)
        for ends in (NEVER, "Complete")
    ]
    (observed,) = look_at(polled.api, by_path(polled.product, submitted, bound=(ours,)), polled.time).items
    assert (observed.task_ids, counts(observed)) == ((ours,), (0, 0, 1))
    assert polled.calls[0].params["TaskId"] == ours
    (observed,) = look_at(polled.api, by_path(polled.product, submitted, bound=(ours, newer)), polled.time).items
    assert (observed.task_ids, counts(observed)) == (tuple(sorted((ours, newer))), (1, 0, 1))


def test_a_path_that_was_never_submitted_is_not_seen(polled: Polled) -> None:
    (observed,) = look_at(polled.api, by_path(polled.product, polled.time.now()), polled.time).items
    assert observed.answer is Answer.NOT_SEEN


def test_a_path_that_the_api_finds_malformed_is_refused_alone(cdn: Polled) -> None:
    bad = "http://example.com/" + "x" * 1100
    cdn.stand_in.world.add_task(cdn.product.value, objects=[ObjectPlan(PATH)], created_at=float(int(cdn.time.now())))
    request = WatchRequest(cdn.product, object_paths=(PATH, bad), submitted_at=cdn.time.now())
    watch = Watch("w1", request, cdn.time.now(), items=tuple(WatchedItem(item) for item in request.items))
    by_item = {observed.item: observed for observed in look_at(cdn.api, watch, cdn.time).items}
    assert counts(by_item[PATH]) == (1, 0, 0)
    assert by_item[bad].answer is Answer.REFUSED


def test_a_look_is_logged_without_headers_and_keys(caplog: pytest.LogCaptureFixture, cdn: Polled) -> None:
    (task_id,) = cdn.add_many(1)
    cdn.fault(faults.throttling(), times=1)
    with caplog.at_level(logging.INFO, logger="refresh_watch.products"):
        cdn.look(task_id)
    assert [record.getMessage() for record in caplog.records] == ["plan", "no answer", "looked"]
    shown = "".join(str(vars(record)) for record in caplog.records)
    assert "Throttling" in shown
    assert "Authorization" not in shown
    assert "testSK" not in shown
