"""Answers that others take for the truth: none of them is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from refresh_watch.model import Product, Reason
from refresh_watch.observation import Answer
from refresh_watch.products.api import ProductApi
from refresh_watch.products.refusals import MAX_TRIES
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.faults import Fault
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.all_products import WITH_BY_ID
from tests.hand_clock import HandClock
from tests.products.polling import EVERY_PRODUCT, counts, look_at, paths, sight, watch_of

ApiOf = Callable[[Product], ProductApi]


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_an_empty_list_is_not_done(product: Product, api_of: ApiOf, time: HandClock) -> None:
    observed = sight(api_of(product), time, "999999999999")
    assert (observed.answer, counts(observed)) == (Answer.NOT_SEEN, (0, 0, 0))


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_page_one_is_not_the_whole_task(product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    plans = [ObjectPlan(path) for path in paths(129)] + [ObjectPlan("http://example.com/last.txt", "Failed")]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    observed = sight(api_of(product), time, task_id)
    assert (counts(observed), observed.whole) == ((129, 1, 0), True)
    assert observed.failures[0].object_path == "http://example.com/last.txt"


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("word", ["Failed", "Timeout", "Canceled"])
def test_failed_timeout_and_canceled_are_failures(
    product: Product, word: str, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task(
        product.value, objects=[ObjectPlan("http://example.com/a", word)], created_at=time.now()
    )
    observed = sight(api_of(product), time, task_id)
    assert (counts(observed), observed.whole, observed.status_word) == ((0, 1, 0), True, word)
    assert [failure.status for failure in observed.failures] == [word]


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("word", ["Waiting", "done"])
def test_a_status_that_no_document_has_is_still_running(
    product: Product, word: str, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task(
        product.value, objects=[ObjectPlan("http://example.com/a", word)], created_at=time.now()
    )
    assert counts(sight(api_of(product), time, task_id)) == (0, 0, 1)


def foreign_row(body: dict[str, Any], *, counted: bool, instead: bool = False) -> dict[str, Any]:
    """Another task's Complete row comes first, besides ours or instead of our first one."""
    row = {"TaskId": "42", "ObjectPath": "http://example.com/a.txt", "Status": "Complete", "ObjectType": "file"}

    def mixed(rows: list[Any]) -> list[Any]:
        return [row, *rows[1:]] if instead else [row, *rows]

    tasks = body["Tasks"]
    tasks = {key: mixed(rows) for key, rows in tasks.items()} if isinstance(tasks, dict) else mixed(tasks)
    return {**body, "Tasks": tasks, "TotalCount": body["TotalCount"] + counted}


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("counted", [True, False])
def test_another_tasks_row_is_not_ours(
    product: Product, counted: bool, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task(
        product.value, objects=[ObjectPlan("http://example.com/a.txt", NEVER)], created_at=time.now() - 30
    )
    stand_in.faults.add(Fault("foreign", mangle=lambda body: foreign_row(body, counted=counted)))
    observed = sight(api_of(product), time, task_id)
    assert (observed.answer, counts(observed)) == (Answer.SEEN, (0, 0, 1))


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_a_row_of_ours_that_another_tasks_row_displaced_is_missed(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    plans = [ObjectPlan("http://example.com/1.txt", NEVER), ObjectPlan("http://example.com/2.txt")]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    stand_in.faults.add(Fault("foreign", mangle=lambda body: foreign_row(body, counted=False, instead=True)))
    observed = sight(api_of(product), time, task_id)
    assert (observed.answer, observed.whole, observed.complete) == (Answer.SEEN, False, 1)


WRONG_SHAPES = [
    faults.tasks_null,
    faults.single_object,
    faults.no_tasks,
    faults.top_level_list,
    faults.top_level_null,
    faults.html,
    faults.empty_body,
    faults.not_utf8,
    faults.json_list_error,
    faults.error_without_code,
    faults.xml_error,
    faults.redirect,
    faults.truncated,
    faults.closed,
    faults.reset,
    faults.internal_error,
    faults.service_unavailable,
]


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("fault", WRONG_SHAPES)
def test_a_useless_answer_is_no_answer_and_the_next_one_is_the_truth(
    product: Product, fault: Callable[[], Fault], api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    api = api_of(product)
    stand_in.faults.add(fault(), times=MAX_TRIES)
    observed = sight(api, time, task_id)
    assert observed.answer is Answer.NO_ANSWER
    assert observed.problem
    assert "\n" not in observed.problem
    observed = sight(api, time, task_id)
    assert (counts(observed), observed.whole) == ((1, 0, 0), True)


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_a_list_without_its_wrapper_is_no_answer(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    stand_in.faults.add(faults.tasks_as_list())
    request = {"domain_name": "example.com", "object_type": "file"}  # asks the list
    assert sight(api_of(product), time, task_id, **request).answer is Answer.NO_ANSWER


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("fault", [faults.throttling, faults.throttling_user, faults.too_many_requests])
def test_throttling_then_truth_is_the_truth(
    product: Product, fault: Callable[..., Fault], api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    stand_in.faults.add(fault(), times=1)
    stand_in.faults.add(fault(retry_after_ms=700), times=1)
    started = time.now()
    observation = look_at(api_of(product), watch_of(product, task_id), time)
    assert (counts(observation.items[0]), observation.api_calls) == ((1, 0, 0), 3)
    assert time.now() - started >= 0.7


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_throttling_alone_says_nothing_of_the_task(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    stand_in.faults.add(faults.throttling())
    observed = sight(api_of(product), time, task_id)
    assert (observed.answer, observed.throttled) == (Answer.NO_ANSWER, True)


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("fault", [faults.dripping, faults.hanging])
def test_a_server_that_drips_or_hangs_does_not_hold_a_look(
    product: Product, fault: Callable[[], Fault], api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task(product.value, created_at=time.now())
    stand_in.faults.add(fault())
    (observed,) = look_at(api_of(product), watch_of(product, task_id), time, seconds=0.3).items
    assert observed.answer is Answer.NO_ANSWER
    assert "no complete answer within" in observed.problem


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.not_opened(), Reason.NOT_OPENED),
        (faults.suspended(), Reason.OVERDUE_PAYMENT),
        (faults.no_permission("cdn:DescribeRefreshTasks"), Reason.NO_PERMISSION),
        (faults.error(400, "InvalidAccessKeyId.NotFound"), Reason.BAD_KEY),
        (faults.error(400, "MissingParameter.ObjectType"), Reason.REFUSED),
    ],
    ids=lambda value: getattr(value, "name", None),
)
@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_a_refusal_of_whoever_asks_is_put_on_every_item_at_once(
    product: Product, fault: Fault, reason: Reason, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    ids = [stand_in.world.add_task(product.value, created_at=time.now()) for _ in range(25)]
    stand_in.faults.add(fault)
    observation = look_at(api_of(product), watch_of(product, *ids), time)
    assert {observed.answer for observed in observation.items} == {Answer.REFUSED}
    refusals = {observed.refusal for observed in observation.items}
    (refusal,) = refusals
    assert refusal is not None
    assert refusal.reason is reason
    assert (refusal.action == "cdn:DescribeRefreshTasks") is (reason is Reason.NO_PERMISSION)
    assert observation.api_calls <= 2  # a listing that is refused refuses no item: one of them is asked


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_one_bad_id_does_not_spoil_the_nine_others(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    ids = [stand_in.world.add_task(product.value, created_at=time.now()) for _ in range(10)]
    stand_in.faults.add(faults.error(400, "InvalidTaskId.Malformed"), task_id=ids[3])
    observation = look_at(api_of(product), watch_of(product, *ids), time)
    by_item = {observed.item: observed for observed in observation.items}
    bad = by_item.pop(ids[3])
    assert bad.refusal is not None
    assert bad.refusal.reason is Reason.MALFORMED_ID
    assert {counts(observed) for observed in by_item.values()} == {(1, 0, 0)}


def test_an_expired_token_ends_the_look_without_a_verdict(api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    ids = [stand_in.world.add_task("vod", created_at=time.now()) for _ in range(5)]
    stand_in.faults.add(faults.error(400, "InvalidSecurityToken.Expired"))
    observation = look_at(api_of(Product.VOD), watch_of(Product.VOD, *ids), time)
    assert {observed.answer for observed in observation.items} == {Answer.NO_ANSWER}
    assert observation.api_calls == 1


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_a_list_that_shows_less_than_the_by_id_answer_settles_nothing(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    plans = [ObjectPlan(path) for path in paths(30)]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    api = api_of(product)
    list_action = "DescribeRefreshTasks" if product is Product.CDN else "DescribeDcdnRefreshTasks"

    def without_rows(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "Tasks": {key: [] for key in body["Tasks"]}, "TotalCount": 0}

    stand_in.faults.add(Fault("no rows", mangle=without_rows), action=list_action)
    observed = sight(api, time, task_id)
    assert (observed.answer, observed.whole, observed.complete) == (Answer.SEEN, False, 30)


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_a_list_that_does_not_answer_leaves_a_big_task_open(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    plans = [ObjectPlan(path) for path in paths(30)]
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=time.now())
    list_action = "DescribeRefreshTasks" if product is Product.CDN else "DescribeDcdnRefreshTasks"
    stand_in.faults.add(faults.html(), action=list_action)
    observed = sight(api_of(product), time, task_id)
    assert (observed.answer, observed.whole, observed.complete) == (Answer.SEEN, False, 30)


def test_a_token_that_expires_between_two_questions_ends_the_look(
    api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    plans = [ObjectPlan(path) for path in paths(30)]
    ids = [stand_in.world.add_task("cdn", objects=plans, created_at=time.now()) for _ in range(20)]
    stand_in.faults.add(faults.error(400, "InvalidSecurityToken.Expired"), action="DescribeRefreshTasks")
    observation = look_at(api_of(Product.CDN), watch_of(Product.CDN, *ids), time)
    assert observation.api_calls == 2
    assert {observed.answer for observed in observation.items} == {Answer.NO_ANSWER}


def half_an_emoji(status: int, **body: Any) -> Fault:
    """As JSON carries it: escaped."""
    return Fault("half an emoji", raw=json.dumps({"RequestId": "R\ud800", **body}).encode(), status=status)


def huge_total(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "TotalCount": "9" * 5000}


def test_text_that_cannot_be_encoded_ends_no_look(api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    task_id = stand_in.world.add_task("cdn", created_at=time.now())
    row = {"TaskId": task_id, "ObjectPath": "http://\ud800", "Status": "Failed", "Description": "\udfff"}
    stand_in.faults.add(half_an_emoji(200, Tasks=[row], TotalCount=1))
    observation = look_at(api_of(Product.CDN), watch_of(Product.CDN, task_id), time)
    (failure,) = observation.items[0].failures
    assert (failure.object_path, failure.status, failure.description) == ("http://\ufffd", "Failed", "\ufffd")
    assert observation.request_id == "R\ufffd"


def test_a_total_of_thousands_of_digits_is_no_answer(api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    task_id = stand_in.world.add_task("cdn", created_at=time.now())
    stand_in.faults.add(Fault("huge total", mangle=huge_total))
    observed = sight(api_of(Product.CDN), time, task_id)
    assert (observed.answer, "TotalCount" in observed.problem) == (Answer.NO_ANSWER, True)


@pytest.mark.parametrize("status", [403, 503])
def test_an_error_code_that_cannot_be_encoded_ends_no_look(
    status: int, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    task_id = stand_in.world.add_task("cdn", created_at=time.now())
    stand_in.faults.add(half_an_emoji(status, Code="Odd\ud800" + "x" * 5000, Message="\udfff"))
    observed = sight(api_of(Product.CDN), time, task_id)
    told = observed.refusal.code if observed.refusal else observed.problem
    assert "Oddxx" in told
    assert len(told.encode()) < 200
