"""Answers that others take for the truth: none of them is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from refresh_watch.model import Reason
from refresh_watch.observation import Answer
from refresh_watch.products.refusals import MAX_TRIES
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.faults import Fault
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.products.polling import Polled, counts, paths


def test_page_one_is_not_the_whole_task(polled: Polled) -> None:
    plans = [ObjectPlan(path) for path in paths(129)] + [ObjectPlan("http://example.com/last.txt", "Failed")]
    task_id = polled.add(*plans)
    observed = polled.sight(task_id)
    assert (counts(observed), observed.whole) == ((129, 1, 0), True)
    assert observed.failures[0].object_path == "http://example.com/last.txt"


def foreign_row(body: dict[str, Any], *, counted: bool, instead: bool = False) -> dict[str, Any]:
    """Another task's Complete row comes first, besides ours or instead of our first one."""
    row = {"TaskId": "42", "ObjectPath": "http://example.com/a.txt", "Status": "Complete", "ObjectType": "file"}

    def mixed(rows: list[Any]) -> list[Any]:
        return [row, *rows[1:]] if instead else [row, *rows]

    tasks = body["Tasks"]
    tasks = {key: mixed(rows) for key, rows in tasks.items()} if isinstance(tasks, dict) else mixed(tasks)
    return {**body, "Tasks": tasks, "TotalCount": body["TotalCount"] + counted}


@pytest.mark.parametrize("counted", [True, False])
def test_another_tasks_row_is_not_ours(counted: bool, polled: Polled) -> None:
    task_id = polled.stand_in.world.add_task(
        polled.product.value, objects=[ObjectPlan("http://example.com/a.txt", NEVER)], created_at=polled.time.now() - 30
    )
    polled.fault(Fault("foreign", mangle=lambda body: foreign_row(body, counted=counted)))
    observed = polled.sight(task_id)
    assert (observed.answer, counts(observed)) == (Answer.SEEN, (0, 0, 1))


def test_a_row_of_ours_that_another_tasks_row_displaced_is_missed(polled: Polled) -> None:
    plans = [ObjectPlan("http://example.com/1.txt", NEVER), ObjectPlan("http://example.com/2.txt")]
    task_id = polled.add(*plans)
    polled.fault(Fault("foreign", mangle=lambda body: foreign_row(body, counted=False, instead=True)))
    observed = polled.sight(task_id)
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


@pytest.mark.parametrize("fault", WRONG_SHAPES)
def test_a_useless_answer_is_no_answer_and_the_next_one_is_the_truth(
    fault: Callable[[], Fault], polled: Polled
) -> None:
    task_id = polled.add()
    polled.fault(fault(), times=MAX_TRIES)
    observed = polled.sight(task_id)
    assert observed.answer is Answer.NO_ANSWER
    assert observed.problem
    assert "\n" not in observed.problem
    observed = polled.sight(task_id)
    assert (counts(observed), observed.whole) == ((1, 0, 0), True)


def test_a_list_without_its_wrapper_is_no_answer(polled: Polled) -> None:
    task_id = polled.add()
    polled.fault(faults.tasks_as_list())
    request = {"domain_name": "example.com", "object_type": "file"}  # asks the list
    assert polled.sight(task_id, **request).answer is Answer.NO_ANSWER


@pytest.mark.parametrize("fault", [faults.throttling, faults.throttling_user, faults.too_many_requests])
def test_throttling_then_truth_is_the_truth(fault: Callable[..., Fault], polled: Polled) -> None:
    task_id = polled.add()
    polled.fault(fault(), times=1)
    polled.fault(fault(retry_after_ms=700), times=1)
    started = polled.time.now()
    observation = polled.look(task_id)
    assert (counts(observation.items[0]), observation.api_calls) == ((1, 0, 0), 3)
    assert polled.time.now() - started >= 0.7


def test_throttling_alone_says_nothing_of_the_task(polled: Polled) -> None:
    task_id = polled.add()
    polled.fault(faults.throttling())
    observed = polled.sight(task_id)
    assert (observed.answer, observed.throttled) == (Answer.NO_ANSWER, True)


@pytest.mark.parametrize("fault", [faults.dripping, faults.hanging])
def test_a_server_that_drips_or_hangs_does_not_hold_a_look(fault: Callable[[], Fault], polled: Polled) -> None:
    task_id = polled.add()
    polled.fault(fault())
    (observed,) = polled.look(task_id, seconds=0.3).items
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
def test_a_refusal_of_the_account_is_put_on_every_item_at_once(fault: Fault, reason: Reason, polled: Polled) -> None:
    ids = polled.add_many(25)
    polled.fault(fault)
    observation = polled.look(*ids)
    assert {observed.answer for observed in observation.items} == {Answer.REFUSED}
    refusals = {observed.refusal for observed in observation.items}
    (refusal,) = refusals
    assert refusal is not None
    assert refusal.reason is reason
    assert (refusal.action == "cdn:DescribeRefreshTasks") is (reason is Reason.NO_PERMISSION)
    assert observation.api_calls <= 2  # a listing that is refused refuses no item: one of them is asked


def test_one_bad_id_does_not_spoil_the_nine_others(by_id: Polled) -> None:
    ids = by_id.add_many(10)
    by_id.fault(faults.error(400, "InvalidTaskId.Malformed"), task_id=ids[3])
    observation = by_id.look(*ids)
    by_item = {observed.item: observed for observed in observation.items}
    bad = by_item.pop(ids[3])
    assert bad.refusal is not None
    assert bad.refusal.reason is Reason.MALFORMED_ID
    assert {counts(observed) for observed in by_item.values()} == {(1, 0, 0)}


def test_an_expired_token_ends_the_look_without_a_verdict(vod: Polled) -> None:
    ids = vod.add_many(5)
    vod.fault(faults.error(400, "InvalidSecurityToken.Expired"))
    observation = vod.look(*ids)
    assert {observed.answer for observed in observation.items} == {Answer.NO_ANSWER}
    assert observation.api_calls == 1


def without_rows(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "Tasks": {key: [] for key in body["Tasks"]}, "TotalCount": 0}


@pytest.mark.parametrize("fault", [Fault("no rows", mangle=without_rows), faults.html()], ids=lambda fault: fault.name)
@pytest.mark.parametrize("ends", ["Complete", NEVER])
def test_a_list_that_shows_less_than_the_by_id_answer_settles_nothing_and_takes_nothing_back(
    fault: Fault, ends: str, by_id: Polled
) -> None:
    task_id = by_id.add(*[ObjectPlan(path, ends) for path in paths(30)])
    by_id.fault(fault, action=by_id.api.spec.list.action)
    observed = by_id.sight(task_id)
    shown = (30, 0, 0) if ends == "Complete" else (0, 0, 30)
    assert (observed.answer, counts(observed), observed.whole) == (Answer.SEEN, shown, False)


def test_a_token_that_expires_between_two_questions_ends_the_look(cdn: Polled) -> None:
    plans = [ObjectPlan(path) for path in paths(30)]
    ids = cdn.add_many(20, *plans)
    cdn.fault(faults.error(400, "InvalidSecurityToken.Expired"), action="DescribeRefreshTasks")
    observation = cdn.look(*ids)
    assert observation.api_calls == 2
    assert {observed.answer for observed in observation.items} == {Answer.NO_ANSWER}


def half_an_emoji(status: int, **body: Any) -> Fault:
    """As JSON carries it: escaped."""
    return Fault("half an emoji", raw=json.dumps({"RequestId": "R\ud800", **body}).encode(), status=status)


def test_text_that_cannot_be_encoded_ends_no_look(cdn: Polled) -> None:
    task_id = cdn.add()
    row = {"TaskId": task_id, "ObjectPath": "http://\ud800", "Status": "Failed", "Description": "\udfff"}
    cdn.fault(half_an_emoji(200, Tasks=[row], TotalCount=1))
    observation = cdn.look(task_id)
    (failure,) = observation.items[0].failures
    assert (failure.object_path, failure.status, failure.description) == ("http://\ufffd", "Failed", "\ufffd")
    assert observation.request_id == "R\ufffd"


@pytest.mark.parametrize("status", [403, 503])
def test_an_error_code_that_cannot_be_encoded_ends_no_look(status: int, cdn: Polled) -> None:
    task_id = cdn.add()
    cdn.fault(half_an_emoji(status, Code="Odd\ud800" + "x" * 5000, Message="\udfff"))
    observed = cdn.sight(task_id)
    told = observed.refusal.code if observed.refusal else observed.problem
    assert "Oddxx" in told
    assert len(told.encode()) < 200
