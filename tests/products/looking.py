"""What the tests of this folder share: a clock, a connection, a watch and a look at it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from shared.credentials import Credentials
from shared.local.stand_in.server import StandIn
from shared.model import Observation, Product, Sighting, Watch, WatchedItem, WatchRequest
from shared.products.api import ProductApi
from shared.products.connect import connect
from shared.products.look import look
from shared.settings import Secret, Settings
from shared.watching.quota import Quota
from tests.hand_clock import HandClock

CREDENTIALS = Credentials("testAK", Secret("testSK"))
EVERY_PRODUCT = (Product.CDN, Product.DCDN, Product.VOD, Product.VOD_LEGACY)
WITH_BY_ID = (Product.CDN, Product.DCDN)
DOMAIN = "example.com"


def connected(stand_in: StandIn, product: Product, credentials: Credentials = CREDENTIALS) -> ProductApi:
    settings = Settings(cdn_endpoint=stand_in.endpoint, dcdn_endpoint=stand_in.endpoint, vod_endpoint=stand_in.endpoint)
    return connect(product, settings, credentials)


def watch_of(product: Product, *task_ids: str, **request: Any) -> Watch:
    if product is Product.VOD_LEGACY:  # its document requires both
        request = {"domain_name": DOMAIN, "object_type": "file", **request}
    asked = WatchRequest(product, task_ids=task_ids, **request)
    return Watch("w1", asked, time.time(), items=tuple(WatchedItem(item) for item in asked.items))


def look_at(
    api: ProductApi, watch: Watch, clock: HandClock, *, seconds: float = 60.0, quota: Quota | None = None
) -> Observation:
    rates = dict.fromkeys(("cdn.list", "cdn.by_id", "dcdn.list", "dcdn.by_id", "vod.list"), 1000.0)
    return look(api, watch, quota=quota or Quota(rates), clock=clock, until=clock.now() + seconds)


def sight(api: ProductApi, clock: HandClock, task_id: str, **request: Any) -> Sighting:
    """One look at one task."""
    (sighting,) = look_at(api, watch_of(api.product, task_id, **request), clock).sightings
    return sighting


def actions(stand_in: StandIn) -> list[str]:
    """What was asked, oldest first."""
    return [asked.action for asked in stand_in.calls]


def counts(sighting: Sighting) -> tuple[int, int, int]:
    """Complete, failed, running."""
    return (sighting.complete, sighting.failed, sighting.running)


def paths(how_many: int) -> Sequence[str]:
    return [f"http://{DOMAIN}/{number}.txt" for number in range(how_many)]
