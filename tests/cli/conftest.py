"""The command against the stand-in products and the chat wall of this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.cli.command_line import CommandLine, Ran, account_environment
from tests.cli.served import Deployment, Served


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(World(time.time())) as running:
        yield running


@pytest.fixture
def wall() -> Iterator[ChatWall]:
    with ChatWall() as running:
        yield running


@pytest.fixture
def cli(stand_in: StandIn, wall: ChatWall) -> CommandLine:
    return CommandLine(account_environment(stand_in, wall))


@pytest.fixture
def serve(cli: CommandLine, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts `serve`; what a test has left running ends with it."""
    running: list[Served] = []

    def start(*more: str, **variables: str) -> Served:
        running.append(Served(cli, tmp_path / "queue.sqlite", tmp_path / "log", *more, **variables))
        return running[-1]

    yield start
    for served in running:
        served.close()


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("serve")
    with StandIn(World(time.time())) as stand_in, ChatWall() as wall:
        environment = account_environment(stand_in, wall)
        served = Served(CommandLine(environment), folder / "queue.sqlite", folder / "log")
        cli = CommandLine({**environment, "REFRESH_WATCH_FC_ENDPOINT": served.url})
        yield Deployment(served, stand_in, wall, cli)
        served.close()


@pytest.fixture
def call(stand_in: StandIn) -> Callable[..., Ran]:
    """The command without a channel."""
    return CommandLine(account_environment(stand_in)).run
