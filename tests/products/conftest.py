"""The official SDKs behind our API files, pointed at a stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from refresh_watch.model import Product
from refresh_watch_emulator.products.gateway import Gateway
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.all_products import WITH_BY_ID
from tests.hand_clock import HandClock
from tests.products.polling import EVERY_PRODUCT, Polled, PolledAs, connected


@pytest.fixture
def time() -> HandClock:
    """The world's time and the look's: moved by hand and by every pause."""
    return HandClock()


@pytest.fixture(scope="session")
def port() -> Iterator[StandIn]:
    """One server for all tests: the SDK builds a TLS context for each address that it meets."""
    with StandIn(World(0.0)) as running:
        yield running


@pytest.fixture
def stand_in(port: StandIn, time: HandClock) -> StandIn:
    """A stand-in without a quota, with other people's tasks; fresh for each test but for its port."""
    port.gateway = Gateway(World(time.now(), quota={}))
    port.world_clock = time
    port.tokens = None
    return port


@pytest.fixture
def polled_as(stand_in: StandIn, time: HandClock) -> PolledAs:
    return lambda product: Polled(product, connected(stand_in, product), stand_in, time)


@pytest.fixture(params=EVERY_PRODUCT)
def polled(request: pytest.FixtureRequest, polled_as: PolledAs) -> Polled:
    """Each product."""
    return polled_as(request.param)


@pytest.fixture(params=WITH_BY_ID)
def by_id(request: pytest.FixtureRequest, polled_as: PolledAs) -> Polled:
    """Each product that has a by-id operation."""
    return polled_as(request.param)


@pytest.fixture
def cdn(polled_as: PolledAs) -> Polled:
    return polled_as(Product.CDN)


@pytest.fixture
def vod(polled_as: PolledAs) -> Polled:
    return polled_as(Product.VOD)
