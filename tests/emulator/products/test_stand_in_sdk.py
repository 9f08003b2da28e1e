"""Every operation through the official SDK clients over a socket."""

from __future__ import annotations

import http.client
import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from alibabacloud_cdn20180510 import models as cdn
from alibabacloud_dcdn20180115 import models as dcdn
from alibabacloud_vod20170321 import models as vod

from refresh_watch.clock import SystemClock
from refresh_watch.instants import format_instant
from refresh_watch_emulator.products.query_signature import sign_query, string_to_sign
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import ObjectPlan
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


def test_a_stopped_stand_in_is_gone_even_for_a_connection_that_was_kept_alive(stand_in: StandIn) -> None:
    from Tea.exceptions import TeaException

    ask("cdn", stand_in, task_id="1")
    stand_in.stop()
    with pytest.raises(TeaException):
        ask("cdn", stand_in, task_id="1")
