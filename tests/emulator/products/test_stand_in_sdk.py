"""Every operation through the official SDK clients over a socket."""

from __future__ import annotations

import asyncio
import http.client
import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from alibabacloud_cdn20180510 import models as cdn
from alibabacloud_dcdn20180115 import models as dcdn
from alibabacloud_tea_openapi.exceptions import ClientException, ThrottlingException
from alibabacloud_tea_openapi.models import OpenApiRequest, Params
from alibabacloud_vod20170321 import models as vod
from darabonba.runtime import RuntimeOptions

from refresh_watch.clock import SystemClock
from refresh_watch.instants import format_instant
from refresh_watch_emulator.products.query_signature import sign_query, string_to_sign
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.emulator.products.account import HandClock, client

TWO = [ObjectPlan("http://a.com/1.txt"), ObjectPlan("http://a.com/2.txt", "Failed", description="Internal Error")]


def ask(product: str, stand_in: StandIn, **fields: Any) -> Any:
    """One list call; answers the SDK's body."""
    api = client(product, stand_in.host)
    if product == "cdn":
        return api.describe_refresh_tasks(cdn.DescribeRefreshTasksRequest(**fields)).body
    if product == "dcdn":
        return api.describe_dcdn_refresh_tasks(dcdn.DescribeDcdnRefreshTasksRequest(**fields)).body
    return api.describe_vod_refresh_tasks(vod.DescribeVodRefreshTasksRequest(**fields)).body


def rows(product: str, body: Any) -> list[Any]:
    return body.tasks.cdntask if product == "cdn" else body.tasks.task


def legacy(stand_in: StandIn, query: dict[str, str]) -> dict[str, Any]:
    params = Params(
        action="DescribeRefreshTasks",
        version="2017-03-21",
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    answer = client("vod", stand_in.host).call_api(params, OpenApiRequest(query=query), RuntimeOptions())
    return answer["body"]


@pytest.mark.parametrize("product", ["cdn", "dcdn", "vod"])
def test_the_list_operation_fills_every_field_of_the_typed_answer(product: str, stand_in: StandIn) -> None:
    created = stand_in.world_clock.now() - 10
    task_id = stand_in.world.add_task(product, objects=TWO, created_at=created)
    body = ask(product, stand_in, task_id=task_id)
    fine, failed = rows(product, body)
    assert (body.page_number, body.page_size, body.total_count) == (1, 20, 2)
    assert len(body.request_id) == 36
    assert (fine.task_id, fine.object_path, fine.object_type) == (task_id, "http://a.com/1.txt", "file")
    assert (fine.status, fine.process, fine.description) == ("Complete", "100%", None)
    assert fine.creation_time == format_instant(created)
    assert (failed.status, failed.description) == ("Failed", "Internal Error")


def test_the_by_id_operations_answer_ten_ids_with_a_bare_list(stand_in: StandIn) -> None:
    for product in ("cdn", "dcdn"):
        ids = [stand_in.world.add_task(product, objects=TWO, created_at=stand_in.world_clock.now()) for _ in range(10)]
        api = client(product, stand_in.host)
        joined = ",".join(ids)
        if product == "cdn":
            body = api.describe_refresh_task_by_id(cdn.DescribeRefreshTaskByIdRequest(task_id=joined)).body
        else:
            body = api.describe_dcdn_refresh_task_by_id(dcdn.DescribeDcdnRefreshTaskByIdRequest(task_id=joined)).body
        assert body.total_count == 20
        assert [row.task_id for row in body.tasks] == [task_id for task_id in ids for _ in range(2)]


def test_vods_older_action_answers_with_the_newer_ones_body(stand_in: StandIn) -> None:
    task_id = stand_in.world.add_task("vod-legacy", objects=TWO, created_at=stand_in.world_clock.now())
    body = legacy(stand_in, {"TaskId": task_id})
    assert [row["Status"] for row in body["Tasks"]["Task"]] == ["Complete", "Failed"]
    assert len(rows("vod", ask("vod", stand_in, task_id=task_id))) == 2


def test_vods_older_action_can_be_gone(stand_in: StandIn) -> None:
    stand_in.switches = Switches(legacy_action="gone")
    with pytest.raises(ClientException) as caught:
        legacy(stand_in, {"TaskId": "1"})
    assert (caught.value.code, caught.value.status_code) == ("InvalidAction.NotFound", 404)
    assert ask("vod", stand_in, task_id="1").total_count == 0


@pytest.mark.parametrize(("product", "per_page"), [("cdn", 100), ("dcdn", 50), ("vod", 50)])
def test_a_task_of_2000_rows_is_read_page_by_page(product: str, per_page: int, stand_in: StandIn) -> None:
    objects = [ObjectPlan(f"http://a.com/{i}") for i in range(2000)]
    task_id = stand_in.world.add_task(product, objects=objects, created_at=stand_in.world_clock.now())
    paths = []
    for page in range(1, 2000 // per_page + 1):
        body = ask(product, stand_in, task_id=task_id, page_size=per_page, page_number=page)
        assert body.total_count == 2000
        paths += [row.object_path for row in rows(product, body)]
    assert paths == [plan.path for plan in objects]
    beyond = ask(product, stand_in, task_id=task_id, page_size=per_page, page_number=2000 // per_page + 1)
    assert rows(product, beyond) == []


@pytest.mark.parametrize("product", ["cdn", "dcdn", "vod"])
def test_an_empty_task_id_shows_other_peoples_last_20_rows_and_is_on_record(product: str, stand_in: StandIn) -> None:
    body = ask(product, stand_in, task_id="")
    assert len(rows(product, body)) == 20
    assert body.total_count == 25
    assert {row.task_id for row in rows(product, body)} < set(stand_in.world.foreign_ids)
    assert stand_in.calls[-1].params == {"TaskId": ""}


@pytest.mark.parametrize(
    ("product", "method", "request_made", "key"),
    [
        ("cdn", "refresh_object_caches", cdn.RefreshObjectCachesRequest(object_type="File", force=True), "refresh"),
        ("cdn", "push_object_cache", cdn.PushObjectCacheRequest(area="domestic"), "push"),
        ("dcdn", "refresh_dcdn_object_caches", dcdn.RefreshDcdnObjectCachesRequest(object_type="File"), "refresh"),
        ("dcdn", "preload_dcdn_object_caches", dcdn.PreloadDcdnObjectCachesRequest(area="domestic"), "preload"),
        ("vod", "refresh_vod_object_caches", vod.RefreshVodObjectCachesRequest(object_type="File"), "refresh"),
        ("vod", "preload_vod_object_caches", vod.PreloadVodObjectCachesRequest(), "preload"),
    ],
)
def test_what_was_submitted_is_found_under_the_comma_joined_ids(
    product: str, method: str, request_made: Any, key: str, stand_in: StandIn, world_clock: HandClock
) -> None:
    stand_in.world.plan_for = lambda url: ObjectPlan(url, "Failed" if "bad" in url else "Complete", after=5)
    request_made.object_path = "http://a.com/1 ä.txt\nhttp://b.com/bad.txt\nhttp://a.com/3.txt"
    answer = getattr(client(product, stand_in.host), method)(request_made).body
    ids = getattr(answer, f"{key}_task_id").split(",")
    assert len(ids) == 2
    world_clock.sleep(5)
    shown = [row for task_id in ids for row in rows(product, ask(product, stand_in, task_id=task_id))]
    assert {(row.object_path, row.status) for row in shown} == {
        ("http://a.com/1 ä.txt", "Complete"),
        ("http://a.com/3.txt", "Complete"),
        ("http://b.com/bad.txt", "Failed"),
    }
    assert {row.object_type for row in shown} == {"file" if key == "refresh" else "preload"}


def test_every_filter_travels_through_the_sdk(stand_in: StandIn, world_clock: HandClock) -> None:
    now = world_clock.now()
    wanted = stand_in.world.add_task("cdn", objects=TWO, created_at=now - 100)
    stand_in.world.add_task("cdn", objects=TWO, created_at=now - 3000)
    body = ask(
        "cdn",
        stand_in,
        object_path="http://a.com/2.txt",
        object_type="file",
        domain_name="a.com",
        status="Failed",
        start_time=format_instant(now - 200),
        end_time=format_instant(now),
        resource_group_id="rg-1",
        page_size=100,
        page_number=1,
    )
    assert [(row.task_id, row.status) for row in rows("cdn", body)] == [(wanted, "Failed")]


def test_the_quota_is_per_operation_and_account_and_refills(stand_in: StandIn, world_clock: HandClock) -> None:
    world = World(world_clock.now())
    with StandIn(world, Switches(tell_retry_after=True), world_clock=world_clock) as limited:
        for _ in range(5):
            ask("cdn", limited, task_id="1")
        with pytest.raises(ThrottlingException) as caught:
            ask("cdn", limited, task_id="1")
        assert (caught.value.code, caught.value.status_code, caught.value.retry_after) == ("Throttling.User", 400, 200)
        ask("dcdn", limited, task_id="1")
        world_clock.sleep(0.2)
        ask("cdn", limited, task_id="1")
        assert [(call.status, call.code) for call in limited.calls[4:]] == [
            (200, ""),
            (400, "Throttling.User"),
            (200, ""),
            (200, ""),
        ]


def refused(stand_in: StandIn, **credentials: Any) -> str:
    api = client("cdn", stand_in.host, **credentials)
    with pytest.raises(ClientException) as caught:
        api.describe_refresh_tasks(cdn.DescribeRefreshTasksRequest(task_id="1"))
    assert caught.value.status_code == 400
    assert stand_in.calls[-1].code == caught.value.code
    return caught.value.code


def test_a_wrong_secret_and_an_unknown_key_are_refused(stand_in: StandIn) -> None:
    assert refused(stand_in, secret="another") == "SignatureDoesNotMatch"
    assert refused(stand_in, key="unknown") == "InvalidAccessKeyId.NotFound"


def older_form(params: dict[str, str], secret: str = "testSK") -> str:
    """A query signed with HMAC-SHA1."""
    common = {
        "AccessKeyId": "testAK",
        "Format": "JSON",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": uuid.uuid4().hex,
        "SignatureVersion": "1.0",
        "Timestamp": format_instant(SystemClock().now()),
        "Version": "2018-05-10",
    }
    signed = {**common, **params}
    signed["Signature"] = sign_query(secret, string_to_sign("GET", signed))
    return f"/?{urlencode(signed)}"


def test_the_older_signature_is_let_in_by_get(stand_in: StandIn) -> None:
    def get(url: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(stand_in.host, timeout=10)
        connection.request("GET", url)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body

    ours = {"Action": "DescribeRefreshTasks", "TaskId": stand_in.world.foreign_ids[0]}
    url = older_form(ours)
    status, body = get(url)
    assert (status, body["TotalCount"]) == (200, 1)
    assert stand_in.calls[-1].params == {"TaskId": ours["TaskId"]}
    assert get(url)[1]["Code"] == "SignatureNonceUsed"
    assert get(older_form(ours, secret="another"))[1]["Code"] == "SignatureDoesNotMatch"
    assert get(older_form({**ours, "AccessKeyId": "unknown"}))[1]["Code"] == "InvalidAccessKeyId.NotFound"
    assert get(older_form({**ours, "SignatureMethod": "HMAC-MD5"}))[1]["Code"] == "IncompleteSignature"
    assert get("/?Action=DescribeRefreshTasks&Version=2018-05-10")[1]["Code"] == "IncompleteSignature"


def test_the_sdks_older_signature_is_let_in_with_a_form_body_too(stand_in: StandIn) -> None:
    api = client("cdn", stand_in.host, signature_algorithm="v2")
    request = cdn.RefreshObjectCachesRequest(object_path="http://a.com/ä b", object_type="File", force=True)
    task_id = api.refresh_object_caches(request).body.refresh_task_id
    body = api.describe_refresh_tasks(cdn.DescribeRefreshTasksRequest(task_id=task_id)).body
    assert [row.object_path for row in body.tasks.cdntask] == ["http://a.com/ä b"]


def test_the_asynchronous_client_is_let_in(stand_in: StandIn) -> None:
    task_id = stand_in.world.add_task(
        "cdn", objects=[ObjectPlan("http://a.com/1,2 (x)")], created_at=stand_in.world_clock.now()
    )
    request = cdn.DescribeRefreshTasksRequest(task_id=task_id, object_path="http://a.com/1,2 (x)")
    body = asyncio.run(client("cdn", stand_in.host).describe_refresh_tasks_async(request)).body
    assert body.total_count == 1


def test_a_client_whose_clock_is_20_minutes_off_is_refused() -> None:
    now = SystemClock().now()
    with StandIn(World(now), clock=HandClock(now + 1200)) as ahead:
        assert refused(ahead) == "InvalidTimeStamp.Expired"


def test_temporary_keys_need_the_token_that_goes_with_them() -> None:
    world = World(SystemClock().now(), quota={})
    with StandIn(world, credentials={"STS.key": "secret"}, tokens={"STS.key": "token"}) as stand_in:
        key = {"key": "STS.key", "secret": "secret"}
        assert refused(stand_in, **key) == "MissingSecurityToken"
        assert refused(stand_in, **key, token="old") == "InvalidSecurityToken.MismatchWithAccessKey"
        api = client("cdn", stand_in.host, **key, token="token")
        assert api.describe_refresh_tasks(cdn.DescribeRefreshTasksRequest(task_id="1")).status_code == 200


def test_a_stopped_stand_in_is_gone_even_for_a_connection_that_was_kept_alive(stand_in: StandIn) -> None:
    from Tea.exceptions import TeaException

    ask("cdn", stand_in, task_id="1")
    stand_in.stop()
    with pytest.raises(TeaException):
        ask("cdn", stand_in, task_id="1")
