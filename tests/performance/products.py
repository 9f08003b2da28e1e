"""The stand-in products in process and in virtual time: the rules of the stand-in, and our own reading of its answers.

No socket and no SDK. What the SDK would raise for a refusal goes through the project's own table of errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ListQuery, Page, Product
from refresh_watch.products.queries import check_ids, check_query, parameters
from refresh_watch.products.refusals import classify
from refresh_watch.products.rows import read_by_id, read_list
from refresh_watch_emulator.products.actions import OPERATIONS, Describe, answer
from refresh_watch_emulator.products.call import ApiError, Call
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import World
from tests.performance.cases import LATENCY

PAGE_SIZE = {Product.CDN: 100, Product.DCDN: 50, Product.VOD: 50}
IDS_PER_CALL = {Product.CDN: 10, Product.DCDN: 10, Product.VOD: 0}

_ACTIONS: Mapping[tuple[str, str], tuple[str, str]] = {
    (operation.product, operation.by): (version, action)
    for (version, action), operation in OPERATIONS.items()
    if isinstance(operation, Describe)
}


class _Refused(Exception):
    """A refusal as the SDK's exceptions have it (`refusals.classify` reads their attributes)."""

    def __init__(self, error: ApiError) -> None:
        self.status_code = error.status
        self.code = error.code
        self.data = {"Message": error.message}
        self.retry_after = error.retry_after_ms
        super().__init__(error.message)


class Door:
    """One product of a world, asked at any instant. Counts what it is asked, and what it throttles."""

    def __init__(self, product: Product, world: World, switches: Switches) -> None:
        """Answer about this world's tasks as the switches say."""
        self.product = product
        self.calls = 0
        self.throttled = 0
        self._world = world
        self._switches = switches

    def list_page(self, query: ListQuery, now: Instant) -> Page:
        """One page of the list operation. Raises what a `ProductApi` raises."""
        check_query(query, page_size=PAGE_SIZE[self.product], resource_group=self.product is Product.CDN)
        named = {"".join(map(str.title, name.split("_"))): str(value) for name, value in parameters(query).items()}
        container = "CDNTask" if self.product is Product.CDN else "Task"
        return read_list(self._ask("list", named, now), container, query.page_number or 1)

    def by_ids(self, task_ids: Sequence[str], now: Instant) -> Page:
        """All that the by-id operation shows. Raises what a `ProductApi` raises."""
        check_ids(task_ids, IDS_PER_CALL[self.product])
        container = "CDNTask" if self.product is Product.CDN else "Task"
        return read_by_id(self._ask("by_id", {"TaskId": ",".join(task_ids)}, now), container)

    def _ask(self, by: str, params: Mapping[str, str], now: Instant) -> dict[str, Any]:
        version, action = _ACTIONS[self.product.value, by]
        self.calls += 1
        try:
            return answer(self._world, self._switches, Call(action, version, params), now)
        except ApiError as error:
            self.throttled += "Throttling" in error.code or error.status == 429
            raise classify(_Refused(error), f"{self.product}:{action}") from None


class InProcessApi:
    """A door as a `refresh_watch.products.api.ProductApi`: it answers as things are when it is asked, `latency` later."""

    needs_domain_and_type = False

    def __init__(self, door: Door, clock: Clock, latency: Seconds = LATENCY) -> None:
        """Sleep `latency` on the clock for each call."""
        self.door = door
        self.product = door.product
        self.page_size = PAGE_SIZE[door.product]
        self.ids_per_call = IDS_PER_CALL[door.product]
        self.list_operation = f"{door.product}.list"
        self.by_id_operation = f"{door.product}.by_id" if self.ids_per_call else ""
        self._clock = clock
        self._latency = latency

    def list_page(self, query: ListQuery) -> Page:
        """One page of the list operation."""
        try:
            return self.door.list_page(query, self._clock.now())
        finally:
            self._clock.sleep(self._latency)

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        """All that the by-id operation shows of up to ten ids."""
        try:
            return self.door.by_ids(task_ids, self._clock.now())
        finally:
            self._clock.sleep(self._latency)
