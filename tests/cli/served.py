"""A running `refresh-watch serve`, and what its robots show."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refresh_watch_emulator.chat_wall import ChatWall, WallMessage
from refresh_watch_emulator.products.server import StandIn
from tests.cli.command_line import CommandLine

QUICK = ("--schedule", "0,1;1")
LAST_LINE = f"            {sys.executable} -m refresh_watch_cli replay ...\n"


class Served:
    """A running `refresh-watch serve`."""

    def __init__(self, cli: CommandLine, file: Path, log: Path, *more: str, **variables: str) -> None:
        with log.open("a", encoding="utf-8") as sink:
            self.process = subprocess.Popen(
                cli.command("serve", "--port", "0", "--file", str(file), *more),
                env={**cli.environment, **variables},
                stdout=subprocess.PIPE,
                stderr=sink,
                text=True,
            )
        assert self.process.stdout is not None
        self.introduction = ""
        while line := self.process.stdout.readline():
            self.introduction += line
            if line == LAST_LINE:
                break
        self.file = file
        self.url = re.findall(r"serves at (http://127\.0\.0\.1:\d+)", self.introduction)[0]

    def post(self, body: Any, **headers: str) -> tuple[int, str, Any]:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        connection.request("POST", "/watches", json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        read = json.loads(answer.read())
        connection.close()
        return answer.status, answer.getheader("Content-Type", ""), read

    def close(self) -> None:
        if self.process.poll() is None:
            self.end()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@dataclass(frozen=True)
class Deployment:
    """A `serve` for all tests of a file. `cli` is the command beside it, which knows where it is."""

    served: Served
    stand_in: StandIn
    wall: ChatWall
    cli: CommandLine


def shown(wall: ChatWall, kind: str, text: str, count: int = 1) -> list[WallMessage]:
    """The messages of that robot that hold a text, once there are so many."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        found = [message for message in wall.messages if message.kind == kind and text in json.dumps(message.body)]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError([message.body for message in wall.messages])
