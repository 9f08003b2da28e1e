"""A chat wall, and a clock that it shares with whoever posts to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.local.chat_wall import ChatWall
from tests.channels.delivering import Time


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def wall(clock: Time) -> Iterator[ChatWall]:
    with ChatWall(clock=clock) as wall:
        yield wall
