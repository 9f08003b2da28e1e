"""The command as people run it, in this process or in one of its own."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refresh_watch_cli.main import main
from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.products.server import StandIn
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

    def refuses(self, *words: str, code: int = 2) -> bool:
        """It ended with one line on standard error, which holds these words, and printed nothing else."""
        assert (self.code, self.out, self.err.count("\n")) == (code, "", 1), self
        assert [word for word in words if word not in self.err] == [], self.err
        return True


@dataclass(frozen=True)
class CommandLine:
    """Runs `refresh-watch` with nothing of this machine's own set-up."""

    environment: dict[str, str]

    def run(self, *arguments: str, stdin: str | None = "", on_terminal: bool = False, **variables: str) -> Ran:
        """In this process, which has imported everything: the same code without its start."""
        out, err = io.StringIO(), io.StringIO()
        out.isatty = lambda: on_terminal  # type: ignore[method-assign]
        with _as_own_process({**self.environment, **variables}, stdin), redirect_stdout(out), redirect_stderr(err):
            code = main(list(arguments))
        assert "Traceback" not in err.getvalue()
        return Ran(code, out.getvalue(), err.getvalue())

    def run_alone(self, *arguments: str, stdin: str = "", **variables: str) -> Ran:
        """In a process of its own, as people do."""
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


@contextmanager
def _as_own_process(environment: dict[str, str], stdin: str | None) -> Iterator[None]:
    """What a command may change of its process is as it was before, afterwards."""
    variables, standard_input, log = dict(os.environ), sys.stdin, logging.getLogger("refresh_watch")
    handlers, propagates = list(log.handlers), log.propagate
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    sys.stdin = None if stdin is None else io.StringIO(stdin)  # type: ignore[assignment]
    try:
        _set_environment(environment)
        yield
    finally:
        _set_environment(variables)
        sys.stdin = standard_input
        log.handlers, log.propagate = handlers, propagates
        for number, handler in signals.items():
            signal.signal(number, handler)


def _set_environment(environment: dict[str, str]) -> None:
    for name in [name for name in os.environ if name not in environment]:
        del os.environ[name]
    os.environ.update(environment)


def clean_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("REFRESH_WATCH_", "ALIBABA_CLOUD_")) and not name.lower().endswith("_proxy")
    }


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
