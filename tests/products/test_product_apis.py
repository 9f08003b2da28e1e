"""Each product through its official SDK: what is sent, what is read."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.errors import BadInput, Retryable
from refresh_watch.instants import format_instant
from refresh_watch.model import ListQuery, Product, Reason, Status
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.api import ProductApi
from refresh_watch.products.calling import ApiCaller
from refresh_watch.products.connect import connect
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.reports.texts import note_text
from refresh_watch.settings import Secret, Settings
from refresh_watch.watching.quota import Quota
from refresh_watch_emulator.products import faults
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan
from tests.all_products import WITH_BY_ID
from tests.hand_clock import HandClock
from tests.products.polling import CREDENTIALS, DOMAIN, EVERY_PRODUCT, actions, connected

ApiOf = Callable[[Product], ProductApi]


def query_of(product: Product, **given: object) -> ListQuery:
    if product is Product.VOD_LEGACY:
        given = {"domain_name": DOMAIN, "object_type": "file", **given}
    return ListQuery(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_every_field_of_an_answer_is_read(product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    plans = [ObjectPlan("http://example.com/a.txt"), ObjectPlan("http://example.com/b.txt", "Failed")]
    created = float(int(time.now()) - 5)
    task_id = stand_in.world.add_task(product.value, objects=plans, created_at=created)
    page = api_of(product).list_page(query_of(product, task_id=task_id, page_size=50, page_number=1))
    assert [(row.object_path, row.status) for row in page.rows] == [
        ("http://example.com/a.txt", Status.COMPLETE),
        ("http://example.com/b.txt", Status.FAILED),
    ]
    failed = page.rows[1]
    assert (failed.task_id, failed.object_type, failed.description) == (task_id, "file", "Origin Timeout")
    assert (failed.process, failed.created_at) == ("0%", created)
    assert (page.total, page.page_number, page.page_size, page.note) == (2, 1, 50, "")
    assert len(page.request_id) == 36


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_every_documented_parameter_is_sent(
    product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock
) -> None:
    group = {"resource_group_id": "rg-1"} if product is Product.CDN else {}
    api = api_of(product)
    start, end = time.now() - 3600, time.now()
    query = ListQuery(
        task_id="1",
        object_path="http://example.com/a b,c?d=ü",
        object_type="file",
        domain_name=DOMAIN,
        status="Complete",
        start_time=start,
        end_time=end,
        page_number=2,
        page_size=api.spec.list.page_size,
        **group,
    )
    api.list_page(query)
    (asked,) = stand_in.calls
    assert asked.action == spec_of(product).list.action
    assert {name: value for name, value in asked.params.items() if name != "ResourceGroupId"} == {
        "TaskId": "1",
        "ObjectPath": "http://example.com/a b,c?d=ü",
        "ObjectType": "file",
        "DomainName": DOMAIN,
        "Status": "Complete",
        "StartTime": format_instant(start),
        "EndTime": format_instant(end),
        "PageNumber": "2",
        "PageSize": str(api.spec.list.page_size),
    }
    assert asked.params.get("ResourceGroupId") == group.get("resource_group_id")


@pytest.mark.parametrize("product", WITH_BY_ID)
def test_ten_ids_go_into_one_call(product: Product, api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    ids = [stand_in.world.add_task(product.value, created_at=time.now()) for _ in range(10)]
    page = api_of(product).by_ids(ids)
    assert [row.task_id for row in page.rows] == ids
    assert page.total == 10
    assert len(stand_in.calls) == 1
    assert stand_in.calls[0].params == {"TaskId": ",".join(ids)}


@pytest.mark.parametrize("product", EVERY_PRODUCT)
@pytest.mark.parametrize("task_id", ["12a", "1,2", " "])
def test_an_id_that_is_not_digits_never_leaves_our_side(
    product: Product, task_id: str, api_of: ApiOf, stand_in: StandIn
) -> None:
    with pytest.raises(BadInput, match="task_id"):
        api_of(product).list_page(query_of(product, task_id=task_id))
    assert not stand_in.calls


def test_what_one_product_does_not_have_is_said_before_asking(api_of: ApiOf, stand_in: StandIn) -> None:
    for product in EVERY_PRODUCT[1:]:
        with pytest.raises(BadInput, match="resource_group_id"):
            api_of(product).list_page(query_of(product, resource_group_id="rg-1"))
    with pytest.raises(BadInput, match="vod-legacy requires"):
        api_of(Product.VOD_LEGACY).list_page(ListQuery(task_id="1"))
    assert not stand_in.calls


def test_a_directory_is_asked_for_in_each_documents_word(api_of: ApiOf, stand_in: StandIn) -> None:
    for product in EVERY_PRODUCT:
        api_of(product).list_page(query_of(product, object_type="path"))
    assert [asked.params["ObjectType"] for asked in stand_in.calls] == ["directory", "directory", "directory", "path"]


def test_the_older_vod_action_falls_back_once_and_says_so(api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    stand_in.switches = Switches(legacy_action="gone")
    task_id = stand_in.world.add_task("vod", created_at=time.now())
    api = api_of(Product.VOD_LEGACY)
    for _ in range(2):
        page = api.list_page(query_of(Product.VOD_LEGACY, task_id=task_id))
        assert [row.task_id for row in page.rows] == [task_id]
        assert "DescribeVodRefreshTasks" in note_text(page.note, "en")
    assert actions(stand_in) == ["DescribeRefreshTasks", "DescribeVodRefreshTasks", "DescribeVodRefreshTasks"]


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_a_temporary_key_is_sent_with_its_token(product: Product, stand_in: StandIn) -> None:
    stand_in.tokens = {"testAK": "fake-token"}
    with_token = Credentials("testAK", Secret("testSK"), Secret("fake-token"))
    assert connected(stand_in, product, with_token).list_page(query_of(product, task_id="1")).total == 0
    with pytest.raises(RefusedForGood) as raised:
        connected(stand_in, product).list_page(query_of(product, task_id="1"))
    assert raised.value.refusal.reason is Reason.BAD_KEY


@pytest.mark.parametrize("credentials", [Credentials("unknown", Secret("x")), Credentials("testAK", Secret("wrong"))])
def test_a_bad_key_is_refused_for_good_without_showing_it(credentials: Credentials, stand_in: StandIn) -> None:
    with pytest.raises(RefusedForGood) as raised:
        connected(stand_in, Product.CDN, credentials).list_page(ListQuery(task_id="1"))
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


@pytest.mark.parametrize("product", EVERY_PRODUCT)
def test_the_sdk_itself_asks_once(product: Product, api_of: ApiOf, stand_in: StandIn) -> None:
    stand_in.faults.add(faults.throttling())
    with pytest.raises(Retryable):
        api_of(product).list_page(query_of(product, task_id="1"))
    assert len(stand_in.calls) == 1


def test_the_list_command_gets_its_page_through_throttling(api_of: ApiOf, stand_in: StandIn, time: HandClock) -> None:
    task_id = stand_in.world.add_task("cdn", created_at=time.now())
    stand_in.faults.add(faults.throttling_user(retry_after_ms=300), times=2)
    until = time.now() + 60
    quota = Quota({"cdn.list": 5.0})
    query = ListQuery(task_id=task_id)
    assert ApiCaller(api_of(Product.CDN), quota, time, until).list_page(query).total == 1
    assert len(stand_in.calls) == 3


def test_the_list_command_says_when_its_time_is_over(api_of: ApiOf, time: HandClock) -> None:
    with pytest.raises(Retryable, match="before the time was over"):
        ApiCaller(api_of(Product.CDN), Quota({"cdn.list": 5.0}), time, time.now()).list_page(ListQuery())
