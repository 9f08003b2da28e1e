"""An engine over sockets that ends with its test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from refresh_watch_emulator.engine.engine import EmbeddedEngine
from tests.emulator.engine.engine_calls import MANIFEST, Start


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Start]:
    """Start engines; they end with the test."""
    started: list[EmbeddedEngine] = []

    def start(file: str = "queue.sqlite", **options: Any) -> EmbeddedEngine:
        started.append(EmbeddedEngine(MANIFEST, tmp_path / file, **options).start())
        return started[-1]

    yield start
    for one in started:
        one.stop(0)
