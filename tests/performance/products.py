"""The stand-in products in process and in virtual time: the rules of the stand-in, and our own reading of its answers.

No socket and no SDK. What the SDK would raise for a refusal goes through the project's own table of errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from refresh_watch.clock import Clock
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ListQuery, Page, Product
from refresh_watch.product_specs.registry import services, spec_of
from refresh_watch.products import calling
from refresh_watch.products.client import ProductClient
from refresh_watch.products.refusals import classify
from refresh_watch_emulator.products.actions import answer
from refresh_watch_emulator.products.call import ApiError, Call
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import World
from tests.performance.cases import LATENCY

PAGE_SIZE = {spec.product: spec.list.page_size for spec in services()}
IDS_PER_CALL = {spec.product: spec.by_id.ids_per_call if spec.by_id else 0 for spec in services()}


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
        return self._at(now).list_page(query)

    def by_ids(self, task_ids: Sequence[str], now: Instant) -> Page:
        """All that the by-id operation shows. Raises what a `ProductApi` raises."""
        return self._at(now).by_ids(task_ids)

    def _at(self, now: Instant) -> ProductClient:
        spec = spec_of(self.product)

        def call(permission: str, parameters: Mapping[str, str]) -> object:
            self.calls += 1
            asked = Call(permission.partition(":")[2], spec.version, parameters)
            try:
                return answer(self._world, self._switches, asked, now)
            except ApiError as error:
                self.throttled += "Throttling" in error.code or error.status == 429
                raise classify(_Refused(error), permission) from None

        return ProductClient(spec, call)


class InProcessApi:
    """A door as a `refresh_watch.products.api.ProductApi`: it answers as things are when it is asked, `latency` later."""

    def __init__(self, door: Door, clock: Clock, latency: Seconds = LATENCY) -> None:
        """Sleep `latency` on the clock for each call."""
        self.door = door
        self.spec = spec_of(door.product)
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


T = TypeVar("T")


@contextmanager
def virtual_deadlines() -> Iterator[None]:
    """Without the bound on a real call, which is a thread and the machine's clock: here every call takes `latency`."""
    real = calling.within  # type: ignore[attr-defined]
    calling.within = _at_once  # type: ignore[attr-defined]
    try:
        yield
    finally:
        calling.within = real  # type: ignore[attr-defined]


def _at_once(seconds: Seconds, ask: Callable[[], T]) -> T:
    return ask()
