"""What the tests of this folder share: a clock, a connection, a watch and a look at it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from refresh_watch.credentials import Credentials
from refresh_watch.model import Outcome, Product, WatchRequest
from refresh_watch.observation import ItemObservation, Observation
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.api import ProductApi
from refresh_watch.products.connect import connect
from refresh_watch.products.polling.look import look
from refresh_watch.settings import DEFAULT_QUOTA, Secret, Settings
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.advance import advance
from refresh_watch.watching.quota import Quota
from refresh_watch_emulator.products.call import Call
from refresh_watch_emulator.products.faults import Fault
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan
from tests.all_products import everywhere
from tests.hand_clock import HandClock

CREDENTIALS = Credentials("testAK", Secret("testSK"))
EVERY_PRODUCT = tuple(Product)
DOMAIN = "example.com"
PATH = f"http://{DOMAIN}/a.txt"
RATES = dict(DEFAULT_QUOTA)
"""The account's quota."""


def connected(stand_in: StandIn, product: Product, credentials: Credentials = CREDENTIALS) -> ProductApi:
    settings = Settings(product_endpoints=everywhere(stand_in.endpoint))
    return connect(product, settings, credentials)


def watch_of(product: Product, *task_ids: str, **request: Any) -> Watch:
    if spec_of(product).needs_domain_and_type:
        request = {"domain_name": DOMAIN, "object_type": "file", **request}
    asked = WatchRequest(product, task_ids=task_ids, **request)
    return Watch("w1", asked, time.time(), items=tuple(WatchedItem(item) for item in asked.items))


def look_at(
    api: ProductApi, watch: Watch, clock: HandClock, *, seconds: float = 60.0, quota: Quota | None = None
) -> Observation:
    rates = dict.fromkeys(RATES, 1000.0)
    return look(api, watch, quota=quota or Quota(rates), clock=clock, until=clock.now() + seconds)


@dataclass
class Polled:
    """A product at the stand-in, in virtual time."""

    product: Product
    api: ProductApi
    stand_in: StandIn
    time: HandClock

    @property
    def calls(self) -> list[Call]:
        """What was asked, oldest first."""
        return self.stand_in.calls

    def add(self, *objects: ObjectPlan) -> str:
        """Create a task of these objects now; of one that is complete, if none is given."""
        plans = objects or (ObjectPlan(PATH),)
        return self.stand_in.world.add_task(self.product.value, objects=plans, created_at=self.time.now())

    def add_many(self, many: int, *objects: ObjectPlan) -> list[str]:
        """So many tasks alike."""
        return [self.add(*objects) for _ in range(many)]

    def switch(self, **positions: Any) -> None:
        """Set the stand-in's switches; those that are not named are as they usually are."""
        self.stand_in.switches = Switches(**positions)

    def fault(self, fault: Fault, **when: Any) -> None:
        """Answer wrongly, as `Faults.add` says."""
        self.stand_in.faults.add(fault, **when)

    def watch(self, *task_ids: str, **request: Any) -> Watch:
        return watch_of(self.product, *task_ids, **request)

    def look(self, *task_ids: str, seconds: float = 60.0, **request: Any) -> Observation:
        return look_at(self.api, self.watch(*task_ids, **request), self.time, seconds=seconds)

    def sight(self, task_id: str, **request: Any) -> ItemObservation:
        """What one look shows of one task."""
        (observed,) = self.look(task_id, **request).items
        return observed


PolledAs = Callable[[Product], Polled]


def actions(stand_in: StandIn) -> list[str]:
    """What was asked, oldest first."""
    return [asked.action for asked in stand_in.calls]


def counts(observed: ItemObservation) -> tuple[int, int, int]:
    """Complete, failed, running."""
    return (observed.complete, observed.failed, observed.running)


def paths(how_many: int) -> Sequence[str]:
    return [f"http://{DOMAIN}/{number}.txt" for number in range(how_many)]


@dataclass
class Followed:
    """A watch that is followed look by look, within the account's quota."""

    api: ProductApi
    watch: Watch
    time: HandClock

    def look(self, at: float | None = None, *, seconds: float = 600.0) -> Observation:
        """Look, at the earliest at that instant, and take it into account."""
        self.time.at = max(self.time.at, at or 0.0)
        observation = look_at(self.api, self.watch, self.time, seconds=seconds, quota=Quota(RATES))
        self.watch = advance(self.watch, observation, self.time.now()).watch
        return observation

    @property
    def outcomes(self) -> dict[str, Outcome | None]:
        """Of each id; None: still open."""
        return {item.item: item.outcome for item in self.watch.items}


def lists_a_time(call: Call) -> bool:
    """The call names no id, but a time."""
    return "StartTime" in call.params
