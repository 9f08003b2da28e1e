"""A deployment on the embedded engine, and the client connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from refresh_watch.client import Watches, connect
from tests.cli.gate import Gate
from tests.workflow.house import House, house


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("deployed")) as running:
        yield running


@pytest.fixture(scope="module")
def environment(deployed: House) -> dict[str, str]:
    return {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testSK",
        "REFRESH_WATCH_FC_ENDPOINT": deployed.engine_url,
    }


@pytest.fixture(scope="module")
def watches(environment: dict[str, str]) -> Watches:
    return connect(environment)


@pytest.fixture
def gate(deployed: House) -> Iterator[Gate]:
    with Gate(deployed.engine_url) as standing:
        yield standing
