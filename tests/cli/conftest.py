"""The command as people run it, against the stand-in products and the chat wall of this process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from refresh_watch_cli.main import main
from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.all_products import endpoint_variables

PROJECT = Path(__file__).resolve().parents[2]
DEADLINE = 60


@dataclass(frozen=True)
class Ran:
    """What became of a run of the command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out.splitlines()[-1])


@dataclass(frozen=True)
class CommandLine:
    """Runs `refresh-watch` in a process of its own, with nothing of this machine's own set-up."""

    environment: dict[str, str]

    def run(self, *arguments: str, stdin: str = "", **variables: str) -> Ran:
        done = subprocess.run(
            self.command(*arguments),
            env={**self.environment, **variables},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            cwd=PROJECT,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # a shell's background job ignores Ctrl-C, and so would the command that it starts
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return subprocess.Popen(
            self.command(*arguments),
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "refresh_watch_cli", *arguments]


def clean_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("REFRESH_WATCH_", "ALIBABA_CLOUD_")) and not name.lower().endswith("_proxy")
    }


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(World(time.time())) as running:
        yield running


@pytest.fixture
def wall() -> Iterator[ChatWall]:
    with ChatWall() as running:
        yield running


def account_environment(stand_in: StandIn, wall: ChatWall | None = None) -> dict[str, str]:
    environment = {
        **clean_environment(),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testSK",
        **endpoint_variables(stand_in.endpoint),
    }
    if wall is not None:
        channels = [wall.entry("dingtalk", "oncall"), wall.entry("webhook", "audit")]
        environment["REFRESH_WATCH_CHANNELS"] = json.dumps(channels)
        environment["REFRESH_WATCH_ALLOWED_HOSTS"] = "127.0.0.1"
    return environment


@pytest.fixture
def cli(stand_in: StandIn, wall: ChatWall) -> CommandLine:
    return CommandLine(account_environment(stand_in, wall))


@pytest.fixture
def call(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """The command in this process: quick, for what needs no process of its own."""

    def run(*arguments: str, **variables: str) -> Ran:
        environment = {**account_environment(stand_in), **variables}
        for name in [*os.environ]:
            if name not in environment:
                monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        code = main(list(arguments))
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run
