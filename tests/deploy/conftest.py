"""A newcomer's account, checkout and programs, new for each test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.deploy.newcomer import Newcomer


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    with StandIn(World(time.time(), foreign_tasks=0)) as stand_in:
        yield Newcomer(stand_in, tmp_path, monkeypatch)
