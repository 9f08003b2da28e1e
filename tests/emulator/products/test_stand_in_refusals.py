"""What the documents refuse, with the codes that they list; and what they do not refuse."""

from __future__ import annotations

import pytest

from refresh_watch.instants import format_instant
from refresh_watch_emulator.products.catalog import SERVICES, service_of
from refresh_watch_emulator.products.world import ObjectPlan
from tests.emulator.products.account import NOON, Account, account

PRODUCTS = tuple(name for service in SERVICES for name in service.names)
AN_HOUR_AGO = format_instant(NOON - 3600)
NOW = format_instant(NOON)


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"TaskId": "abc"}, "InvalidTaskId.Malformed"),
        ({"TaskId": "-1"}, "InvalidTaskId.Malformed"),
        ({"TaskId": "1;2"}, "InvalidTaskId.Malformed"),
        ({"TaskId": "１２"}, "InvalidTaskId.Malformed"),
        ({"PageNumber": "0"}, "InvalidPageNumber.Malformed"),
        ({"PageNumber": "100001"}, "InvalidPageNumber.Malformed"),
        ({"PageNumber": "one"}, "InvalidPageNumber.Malformed"),
        ({"PageSize": "0"}, "InvalidPageSize.Malformed"),
        ({"ObjectType": "film"}, "InvalidObjectType.ValueNotSupported"),
        ({"Status": "Pending", "ObjectType": "file"}, "InvalidStatus.ValueNotSupported"),
        ({"Status": "Complete"}, "MissingParameter.ObjectType"),
        ({"DomainName": "a.com"}, "MissingParameter.ObjectType"),
        ({"DomainName": ",".join(["a.com"] * 501), "ObjectType": "file"}, "DomainNameOverLimit"),
        ({"StartTime": AN_HOUR_AGO}, "MissingTimeParameter"),
        ({"EndTime": NOW}, "MissingTimeParameter"),
        ({"StartTime": NOW, "EndTime": AN_HOUR_AGO}, "InvalidEndTime.Mismatch"),
        ({"StartTime": "yesterday", "EndTime": NOW}, "InvalidStartTime.Malformed"),
        ({"StartTime": AN_HOUR_AGO, "EndTime": "2026-02-31T00:00:00Z"}, "InvalidEndTime.Malformed"),
        ({"StartTime": "2026-11-22T00:00:00+08:00", "EndTime": NOW}, "InvalidStartTime.Malformed"),
        ({"StartTime": format_instant(NOON + 60), "EndTime": format_instant(NOON + 90)},
         "InvalidStartTime.ValueNotSupported"),
        ({"StartTime": format_instant(NOON - 3 * 86400 - 1), "EndTime": NOW}, "InvalidTime"),
    ],
)  # fmt: skip
def test_a_list_operation_refuses(product: str, params: dict[str, str], code: str) -> None:
    reply = account().list(product, **params)
    assert (reply.status, reply.code) == (400, code)
    body = reply.json()
    assert body.pop("Message")
    assert dict(reply.headers)["x-acs-request-id"] == body.pop("RequestId")
    assert body == {
        "HostId": service_of(product).host,
        "Code": code,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={code}",
    }


@pytest.mark.parametrize(("product", "most"), [("cdn", 100), ("dcdn", 50), ("vod", 50), ("vod-legacy", 50)])
def test_a_page_has_20_rows_and_at_most_what_the_product_allows(product: str, most: int) -> None:
    here = account(foreign_tasks=120)
    assert here.list(product).json()["PageSize"] == len(here.rows(product)) == 20
    assert len(here.rows(product, PageSize=most)) == most
    assert here.list(product, PageSize=most + 1).code == "InvalidPageSize.Malformed"
    assert here.rows(product, PageNumber=100_000) == []


def test_only_cdn_refuses_an_overlong_path() -> None:
    path = "http://a.com/" + "a" * 1024
    assert account().list("cdn", ObjectPath=path).code == "InvalidObjectPath.Malformed"
    assert account().list("dcdn", ObjectPath=path).status == 200


def test_the_object_types_of_the_products_differ() -> None:
    def known(object_type: str) -> list[str]:
        return [product for product in PRODUCTS if account().list(product, ObjectType=object_type).status == 200]

    assert known("directory") == known("Preload") == list(PRODUCTS)
    assert known("path") == ["vod-legacy"]
    assert known("regex") == ["cdn", "dcdn"]
    assert known("block") == ["cdn"]


def test_the_whole_of_three_days_may_be_asked_for() -> None:
    here = account(foreign_tasks=3)
    assert len(here.rows(StartTime=format_instant(NOON - 3 * 86400), EndTime=NOW)) == 3
    assert here.rows(StartTime=AN_HOUR_AGO, EndTime=NOW)[0]["CreationTime"] == AN_HOUR_AGO


def test_task_id_and_object_path_must_both_match_exactly() -> None:
    here = account()
    plans = [ObjectPlan("http://a.com/1"), ObjectPlan("http://a.com/10")]
    first = here.world.add_task("cdn", objects=plans, created_at=NOON)
    here.world.add_task("cdn", objects=plans, created_at=NOON)
    assert len(here.rows(ObjectPath="http://a.com/1")) == 2
    assert [row["TaskId"] for row in here.rows(ObjectPath="http://a.com/1", TaskId=first)] == [first]
    assert here.rows(ObjectPath="a.com/1") == []


def test_domain_and_type_choose_rows() -> None:
    here = account()
    plans = [ObjectPlan("http://a.com/x/"), ObjectPlan("b.com/y/")]
    here.world.add_task("vod", objects=plans, object_type="directory", created_at=NOON)
    here.world.add_task("vod", objects=plans, created_at=NOON)
    for word in ("path", "directory"):
        rows = here.rows("vod-legacy", DomainName="b.com", ObjectType=word)
        assert [(row["ObjectPath"], row["ObjectType"]) for row in rows] == [("b.com/y/", "directory")]


@pytest.mark.parametrize("product", ["cdn", "dcdn"])
@pytest.mark.parametrize(
    ("task_id", "code"),
    [
        ("", "MissingTaskId"),
        ("abc", "InvalidTaskId.Malformed"),
        ("1,", "InvalidTaskId.Malformed"),
        (",".join(map(str, range(11))), "InvalidTaskId.Malformed"),
    ],
)
def test_a_by_id_operation_refuses(product: str, task_id: str, code: str) -> None:
    reply = account().by_id(product, TaskId=task_id)
    assert (reply.status, reply.code) == (400, code)


def test_the_same_id_twice_in_a_by_id_call_shows_its_rows_once() -> None:
    here = account()
    task_id = here.world.add_task("cdn", created_at=NOON)
    assert here.by_id(TaskId=f"{task_id},{task_id}").json()["TotalCount"] == 1


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        ("RefreshObjectCaches", {}, "MissingObjectPath"),
        ("RefreshObjectCaches", {"ObjectPath": "http://a.com/1", "ObjectType": "Film"}, "InvalidObjectType.Malformed"),
        ("RefreshObjectCaches", {"ObjectPath": "/no/host"}, "InvalidObjectPath.Malformed"),
        ("RefreshObjectCaches", {"ObjectPath": "http://a.com/" + "a" * 1024}, "InvalidObjectPath.Malformed"),
        ("RefreshObjectCaches", {"ObjectPath": "http://a.com/x", "ObjectType": "Directory"},
         "InvalidObjectPath.Malformed"),
        ("RefreshObjectCaches", {"ObjectPath": "\n".join(f"http://a.com/{i}" for i in range(1001))},
         "InvalidObjectPath.ExceedsLimit"),
        ("RefreshObjectCaches", {"ObjectPath": "\n".join(f"http://{i}.com/" for i in range(11))},
         "InvalidObjectPath.ExceedsLimit"),
        ("PushObjectCache", {"ObjectPath": "\n".join(f"http://a.com/{i}" for i in range(101))},
         "InvalidObjectPath.ExceedsLimit"),
    ],
)  # fmt: skip
def test_a_submit_operation_refuses_and_starts_nothing(action: str, params: dict[str, str], code: str) -> None:
    here = account()
    reply = here.call("cdn", action, **params)
    assert (reply.status, reply.code) == (400, code)
    assert here.rows() == []


def test_an_action_or_version_that_no_product_has_is_not_found() -> None:
    here: Account = account()
    assert (here.call("cdn", "Nonsense").status, here.call("cdn", "Nonsense").code) == (404, "InvalidAction.NotFound")
    assert here.call("dcdn", "DescribeRefreshTasks").code == "InvalidAction.NotFound"
    assert here.call("vod", "DescribeRefreshTaskById").code == "InvalidAction.NotFound"
