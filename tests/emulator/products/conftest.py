"""A stand-in on a socket, whose world runs on a clock that tests move by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.emulator.products.account import HandClock


@pytest.fixture
def world_clock() -> HandClock:
    """The world's time; signatures keep the system's."""
    return HandClock()


@pytest.fixture
def stand_in(world_clock: HandClock) -> Iterator[StandIn]:
    """A stand-in without a quota, with other people's tasks."""
    with StandIn(World(world_clock.now(), quota={}), world_clock=world_clock) as running:
        yield running
