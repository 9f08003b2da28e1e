"""A chat wall, and a clock that it shares with the deliveries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from refresh_watch_emulator.chat_wall import ChatWall
from tests.channels.delivering import clock_at_rest
from tests.hand_clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    return clock_at_rest()


@pytest.fixture
def wall(clock: HandClock) -> Iterator[ChatWall]:
    with ChatWall(clock=clock) as wall:
        yield wall
