"""Each fault, as the official SDK client meets it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from alibabacloud_cdn20180510 import models as cdn
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException
from darabonba.exceptions import UnretryableException

from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.faults import Fault, Faults
from refresh_watch_emulator.products.server import StandIn
from tests.emulator.products.account import account, client


def ask(stand_in: StandIn, **options: Any) -> Any:
    request = cdn.DescribeRefreshTasksRequest(task_id=stand_in.world.foreign_ids[0])
    return client("cdn", stand_in.host, **options).describe_refresh_tasks(request)


def ask_by_id(stand_in: StandIn) -> Any:
    request = cdn.DescribeRefreshTaskByIdRequest(task_id=stand_in.world.foreign_ids[0])
    return client("cdn", stand_in.host).describe_refresh_task_by_id(request)


@pytest.mark.parametrize(
    ("fault", "kind", "status", "code"),
    [
        (faults.throttling_user(), ClientException, 400, "Throttling.User"),
        (faults.throttling_user(700), ThrottlingException, 400, "Throttling.User"),
        (faults.too_many_requests(), ClientException, 429, "TooManyRequests"),
        (faults.too_many_requests(700), ThrottlingException, 429, "TooManyRequests"),
        (faults.throttling(), ServerException, 503, "Throttling"),
        (faults.throttling(700), ThrottlingException, 503, "Throttling"),
        (faults.internal_error(), ServerException, 500, "InternalError"),
        (faults.service_unavailable(), ServerException, 503, "ServiceUnavailable"),
        (faults.not_opened(), ClientException, 403, "OperationDenied"),
        (faults.suspended(), ClientException, 403, "OperationDenied.Suspended"),
        (faults.error(418, "Odd.Code"), ClientException, 418, "Odd.Code"),
        (faults.xml_error(503, "Throttling"), ServerException, 503, "Throttling"),
        (faults.error_without_code(), ServerException, 500, "None"),
    ],
)
def test_an_error_answer_reaches_the_client_with_status_and_code(
    fault: Fault, kind: type[Any], status: int, code: str, stand_in: StandIn
) -> None:
    stand_in.faults.add(fault, times=1)
    with pytest.raises(kind) as caught:
        ask(stand_in)
    assert (type(caught.value), caught.value.status_code, caught.value.code) == (kind, status, code)
    if kind is ThrottlingException:
        assert caught.value.retry_after == 700
    assert ask(stand_in).body.total_count == 1


def test_a_ram_denial_names_the_missing_action(stand_in: StandIn) -> None:
    stand_in.faults.add(faults.no_permission("cdn:DescribeRefreshTasks"))
    with pytest.raises(ClientException) as caught:
        ask(stand_in)
    assert (caught.value.status_code, caught.value.code) == (403, "Forbidden.RAM")
    assert caught.value.access_denied_detail["AuthAction"] == "cdn:DescribeRefreshTasks"


@pytest.mark.parametrize(
    "fault",
    [
        faults.html(),
        faults.html(200),
        faults.empty_body(),
        faults.empty_body(502),
        faults.not_utf8(),
        faults.json_list_error(),
        faults.redirect(),
        faults.reset(),
        faults.closed(),
        faults.truncated(),
        faults.hanging(0.05),
    ],
    ids=lambda fault: f"{fault.name} {fault.status}",
)
def test_an_answer_that_is_none_makes_the_client_give_up_without_a_status(fault: Fault, stand_in: StandIn) -> None:
    stand_in.faults.add(fault, times=1)
    with pytest.raises(UnretryableException):
        ask(stand_in)
    assert stand_in.calls[0].fault == fault.name
    assert ask(stand_in).body.total_count == 1


@pytest.mark.parametrize(
    "fault",
    [faults.tasks_as_list(), faults.single_object(), faults.top_level_list(), faults.top_level_null()],
    ids=lambda fault: fault.name,
)
@pytest.mark.parametrize("question", [ask, ask_by_id])
def test_a_200_of_the_wrong_shape_reads_as_no_body_and_raises_nothing(
    fault: Fault, question: Any, stand_in: StandIn
) -> None:
    stand_in.faults.add(fault, times=1)
    assert question(stand_in).body is None
    assert question(stand_in).body.total_count == 1


@pytest.mark.parametrize("fault", [faults.no_tasks(), faults.tasks_null()], ids=lambda fault: fault.name)
def test_a_200_without_tasks_reads_as_none(fault: Fault, stand_in: StandIn) -> None:
    stand_in.faults.add(fault, times=1)
    assert ask(stand_in).body.tasks is None


def test_a_hanging_answer_outlasts_the_read_timeout_and_stopping_ends_it(stand_in: StandIn) -> None:
    stand_in.faults.add(faults.hanging(600))
    with pytest.raises(UnretryableException, match="timed out"):
        ask(stand_in, read_timeout=200)
    stand_in.stop()
    while stand_in.open_connections:
        time.sleep(0.001)


def test_a_dripping_answer_arrives_whole_in_the_end(stand_in: StandIn) -> None:
    stand_in.faults.add(faults.dripping(0.0005))
    assert ask(stand_in).body.total_count == 1


def test_a_connection_closed_between_two_polls_costs_the_client_nothing(stand_in: StandIn) -> None:
    stand_in.faults.add(faults.closed_after())
    for _ in range(3):
        assert ask(stand_in).status_code == 200
        while stand_in.open_connections:
            time.sleep(0.001)
    assert len(stand_in.calls) == 3


def test_a_call_whose_answer_was_lost_has_been_obeyed(stand_in: StandIn) -> None:
    stand_in.faults.add(faults.reset(), times=1)
    with pytest.raises(UnretryableException):
        client("cdn", stand_in.host).refresh_object_caches(
            cdn.RefreshObjectCachesRequest(object_path="http://lost.example.com/a", object_type="File")
        )
    request = cdn.DescribeRefreshTasksRequest(object_path="http://lost.example.com/a")
    assert client("cdn", stand_in.host).describe_refresh_tasks(request).body.total_count == 1


def hits(times: int = 12, **rule: Any) -> list[int]:
    """Which of so many calls a rule strikes; even ones ask for task 7, odd ones for 8."""
    here = account()
    here.gateway.faults.add(faults.internal_error(), **rule)
    statuses = [here.by_id(TaskId=f"5,{7 + i % 2}").status for i in range(times)]
    return [i for i, status in enumerate(statuses) if status == 500]


def test_a_rule_says_which_calls_are_hit() -> None:
    assert hits(times=3) == [0, 1, 2]
    assert hits(every=4) == [3, 7, 11]
    assert hits(task_id="8") == [1, 3, 5, 7, 9, 11]
    assert hits(action="DescribeRefreshTaskById") == list(range(12))
    assert hits(action="DescribeRefreshTasks") == []
    assert hits(version="2018-05-10") == list(range(12))
    assert hits(version="2017-03-21") == []
    here = account()
    here.gateway.faults.add(faults.internal_error(), times=2)
    assert [here.list(TaskId=1).status for _ in range(4)] == [500, 500, 200, 200]
    here.gateway.faults.add(faults.internal_error())
    here.gateway.faults.clear()
    assert here.list(TaskId=1).status == 200


def test_chance_is_decided_by_the_seed() -> None:
    def run(seed: int) -> list[int]:
        here = account()
        here.gateway.faults = Faults(seed)
        here.gateway.faults.add(faults.internal_error(), chance=0.3)
        return [here.list(TaskId=1).status for _ in range(100)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 10 < run(1).count(500) < 60
