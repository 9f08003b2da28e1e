"""Each product through its official SDK: what is sent, what is read."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, Retryable
from refresh_watch.instants import format_instant
from refresh_watch.model import ListQuery, Product, Reason, Status
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.connect import connect
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.reports.texts import note_text
from refresh_watch.settings import Secret, Settings
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.world import ObjectPlan
from tests.products.polling import CREDENTIALS, DOMAIN, EVERY_PRODUCT, Polled, PolledAs, actions, connected


def query_of(product: Product, **given: object) -> ListQuery:
    if product is Product.VOD_LEGACY:
        given = {"domain_name": DOMAIN, "object_type": "file", **given}
    return ListQuery(**given)  # type: ignore[arg-type]


def test_every_field_of_an_answer_is_read(polled: Polled) -> None:
    plans = [ObjectPlan("http://example.com/a.txt"), ObjectPlan("http://example.com/b.txt", "Failed")]
    created = float(int(polled.time.now()) - 5)
    task_id = polled.stand_in.world.add_task(polled.product.value, objects=plans, created_at=created)
    page = polled.api.list_page(query_of(polled.product, task_id=task_id, page_size=50, page_number=1))
    assert [(row.object_path, row.status) for row in page.rows] == [
        ("http://example.com/a.txt", Status.COMPLETE),
        ("http://example.com/b.txt", Status.FAILED),
    ]
    failed = page.rows[1]
    assert (failed.task_id, failed.object_type, failed.description) == (task_id, "file", "Origin Timeout")
    assert (failed.process, failed.created_at) == ("0%", created)
    assert (page.total, page.page_number, page.page_size, page.note) == (2, 1, 50, "")
    assert len(page.request_id) == 36


def test_every_documented_parameter_is_sent(polled: Polled) -> None:
    group = {"resource_group_id": "rg-1"} if polled.product is Product.CDN else {}
    start, end = polled.time.now() - 3600, polled.time.now()
    query = ListQuery(
        task_id="1",
        object_path="http://example.com/a b,c?d=ü",
        object_type="file",
        domain_name=DOMAIN,
        status="Complete",
        start_time=start,
        end_time=end,
        page_number=2,
        page_size=polled.api.spec.list.page_size,
        **group,
    )
    polled.api.list_page(query)
    (asked,) = polled.calls
    assert asked.action == spec_of(polled.product).list.action
    assert {name: value for name, value in asked.params.items() if name != "ResourceGroupId"} == {
        "TaskId": "1",
        "ObjectPath": "http://example.com/a b,c?d=ü",
        "ObjectType": "file",
        "DomainName": DOMAIN,
        "Status": "Complete",
        "StartTime": format_instant(start),
        "EndTime": format_instant(end),
        "PageNumber": "2",
        "PageSize": str(polled.api.spec.list.page_size),
    }
    assert asked.params.get("ResourceGroupId") == group.get("resource_group_id")


def test_ten_ids_go_into_one_call(by_id: Polled) -> None:
    ids = by_id.add_many(10)
    page = by_id.api.by_ids(ids)
    assert [row.task_id for row in page.rows] == ids
    assert page.total == 10
    assert len(by_id.calls) == 1
    assert by_id.calls[0].params == {"TaskId": ",".join(ids)}


def test_what_one_product_does_not_have_is_said_before_asking(polled_as: PolledAs) -> None:
    for product in EVERY_PRODUCT[1:]:
        with pytest.raises(BadInput, match="resource_group_id"):
            polled_as(product).api.list_page(query_of(product, resource_group_id="rg-1"))
    legacy = polled_as(Product.VOD_LEGACY)
    with pytest.raises(BadInput, match="vod-legacy requires"):
        legacy.api.list_page(ListQuery(task_id="1"))
    assert not legacy.calls


def test_a_directory_is_asked_for_in_each_documents_word(polled: Polled) -> None:
    polled.api.list_page(query_of(polled.product, object_type="path"))
    word = "path" if polled.product is Product.VOD_LEGACY else "directory"
    assert [asked.params["ObjectType"] for asked in polled.calls] == [word]


def test_the_older_vod_action_falls_back_once_and_says_so(polled_as: PolledAs) -> None:
    legacy = polled_as(Product.VOD_LEGACY)
    legacy.switch(legacy_action="gone")
    task_id = legacy.add()
    for _ in range(2):
        page = legacy.api.list_page(query_of(Product.VOD_LEGACY, task_id=task_id))
        assert [row.task_id for row in page.rows] == [task_id]
        assert "DescribeVodRefreshTasks" in note_text(page.note, "en")
    assert actions(legacy.stand_in) == ["DescribeRefreshTasks", "DescribeVodRefreshTasks", "DescribeVodRefreshTasks"]


def test_a_temporary_key_is_sent_with_its_token(polled: Polled) -> None:
    polled.stand_in.tokens = {"testAK": "fake-token"}
    with_token = Credentials("testAK", Secret("testSK"), Secret("fake-token"))
    assert (
        connected(polled.stand_in, polled.product, with_token).list_page(query_of(polled.product, task_id="1")).total
        == 0
    )
    with pytest.raises(RefusedForGood) as raised:
        connected(polled.stand_in, polled.product).list_page(query_of(polled.product, task_id="1"))
    assert raised.value.refusal.reason is Reason.BAD_KEY


@pytest.mark.parametrize("credentials", [Credentials("unknown", Secret("x")), Credentials("testAK", Secret("wrong"))])
def test_a_bad_key_is_refused_for_good_without_showing_it(credentials: Credentials, cdn: Polled) -> None:
    with pytest.raises(RefusedForGood) as raised:
        connected(cdn.stand_in, cdn.product, credentials).list_page(ListQuery(task_id="1"))
    assert raised.value.refusal.reason is Reason.BAD_KEY
    shown = "".join(traceback.format_exception(raised.value))
    assert "ClientException" not in shown  # the SDK's exception holds the request with its Authorization
    assert "Signature=" not in shown


@pytest.mark.parametrize(
    ("product", "host"),
    [
        (Product.CDN, "cdn.aliyuncs.com"),
        (Product.DCDN, "dcdn.aliyuncs.com"),
        (Product.VOD, "vod.cn-shanghai.aliyuncs.com"),
        (Product.VOD_LEGACY, "vod.cn-shanghai.aliyuncs.com"),
    ],
)
def test_without_a_setting_the_products_own_endpoint_is_asked(
    product: Product, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[str, str]] = []

    def call_api(client: Any, _operation: object, _request: object, _options: object) -> dict[str, Any]:
        called.append((client._endpoint, client._protocol))
        return {"body": {"Tasks": {spec_of(product).rows_in: []}, "TotalCount": 0}}

    monkeypatch.setattr("alibabacloud_tea_openapi.client.Client.call_api", call_api)
    connect(product, Settings(region="us-west-2"), CREDENTIALS).list_page(query_of(product))
    assert called == [(host, "HTTPS")]


def test_the_sdk_itself_asks_once(polled: Polled) -> None:
    polled.fault(faults.throttling())
    with pytest.raises(Retryable):
        polled.api.list_page(query_of(polled.product, task_id="1"))
    assert len(polled.calls) == 1
