"""The products in process answer as they do on a socket, to the same questions; a refusal becomes the same error."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refresh_watch.credentials import Credentials
from refresh_watch.errors import Retryable
from refresh_watch.model import ListQuery, Page, Product
from refresh_watch.products.api import ProductApi
from refresh_watch.products.connect import connect
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.settings import Secret, Settings
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.all_products import SERVICES, everywhere
from tests.hand_clock import HandClock
from tests.performance.cases import NOON
from tests.performance.products import Door, InProcessApi

QUESTIONS: tuple[Callable[[ProductApi], Page], ...] = (
    lambda api: api.list_page(ListQuery(task_id="7001", page_size=2)),
    lambda api: api.list_page(ListQuery(task_id="7001", page_size=2, page_number=2)),
    lambda api: api.list_page(ListQuery(task_id="7001", object_type="file", status="Complete", page_size=1)),
    lambda api: api.list_page(ListQuery(start_time=NOON - 60, end_time=NOON + 60, page_size=50)),
    lambda api: api.list_page(ListQuery(object_path="http://a.com/2")),
    lambda api: api.by_ids(["7001", "7002"]) if api.spec.ids_per_call else api.list_page(ListQuery(task_id="7002")),
    lambda api: api.list_page(ListQuery(task_id="99")),
)


def world(quota: dict[str, float] | None = None) -> World:
    made = World(NOON, foreign_tasks=3, quota=quota or {})
    for product in SERVICES:
        plans = [ObjectPlan(f"http://a.com/{i}", "Failed" if i == 2 else "Complete", 100.0 * i) for i in range(4)]
        made.add_task(product, task_id="7001", objects=plans, created_at=NOON)
        made.add_task(product, task_id="7002", created_at=NOON)
    return made


def in_process(
    product: Product, switches: Switches | None = None, quota: dict[str, float] | None = None
) -> InProcessApi:
    return InProcessApi(Door(product, world(quota), switches or Switches()), HandClock(NOON + 150))


@pytest.mark.parametrize("product", SERVICES, ids=str)
def test_the_same_pages_as_on_a_socket(product: Product) -> None:
    here = in_process(product)
    with StandIn(world(), world_clock=HandClock(NOON + 150)) as stand_in:
        settings = Settings(product_endpoints=everywhere(stand_in.endpoint))
        there = connect(product, settings, Credentials("testAK", Secret("testSK")))
        for ask in QUESTIONS:
            expected, page = ask(there), ask(here)
            assert (page.rows, page.total, page.page_number) == (expected.rows, expected.total, expected.page_number)
        assert here.door.calls == len(stand_in.calls)
    assert here.spec == there.spec


@pytest.mark.parametrize("as_code", ["400", "429", "503"])
def test_a_throttled_answer_is_asked_again_and_known_for_what_it_is(as_code: str) -> None:
    switches = Switches(throttled_as=as_code, tell_retry_after=True)  # type: ignore[arg-type]
    api = in_process(Product.VOD, switches, quota={"vod.list": 1.0})
    door = api.door
    door.list_page(ListQuery(task_id="7001"), NOON)
    with pytest.raises(Retryable) as caught:
        door.list_page(ListQuery(task_id="7001"), NOON)
    assert caught.value.throttled
    assert caught.value.after == pytest.approx(1.0)
    assert (door.calls, door.throttled) == (2, 1)


def test_a_refusal_for_good_stays_one() -> None:
    api = in_process(Product.CDN, Switches(unknown_id="malformed"))
    with pytest.raises(RefusedForGood) as caught:
        api.by_ids(["123456"])
    assert caught.value.refusal.code == "InvalidTaskId.Malformed"


def test_a_call_takes_its_time() -> None:
    clock = HandClock(NOON)
    InProcessApi(Door(Product.CDN, world(), Switches()), clock, latency=0.25).by_ids(["7001"])
    assert clock.now() == NOON + 0.25
