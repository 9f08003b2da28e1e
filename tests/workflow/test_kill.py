"""kill -9 of the engine and of its workers at every named point: nothing is lost, and nothing is reported twice."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from refresh_watch.errors import EngineError
from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.engine.crash import VARIABLE, KillWorker
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.workflow.house import KEYS, QUICK, ROOT, House, client_of, environment_of, house, wait_for
from tests.workflow.scenario import URL, add

POINTS = ("stored", "dequeued", "finished")


class Immortal:
    """The engine in a process of its own, started again whenever it was killed."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.deaths = 0
        self._command = [
            *(sys.executable, "-m", "refresh_watch_emulator.engine", "--manifest", str(ROOT / "s.yaml")),
            *("--file", str(folder / "queue.sqlite"), "--port", str(self.port), "--switch", "retry_interval=0.1"),
        ]
        clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": KEYS[0], "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEYS[1]}
        self._environment = {**clean, **keys, **environment}
        self._ending = threading.Event()
        self._process = self._spawn()
        self._thread = threading.Thread(target=self._revive, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop it for good."""
        self._ending.set()
        self._process.terminate()
        self._thread.join(20)

    def _spawn(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        assert "url" in json.loads(process.stdout.readline())
        return process

    def _revive(self) -> None:
        while True:
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            if self._ending.is_set():
                return
            self.deaths += 1
            self._process = self._spawn()


@contextlib.contextmanager
def mortal_house(folder: Path, crash: str) -> Iterator[tuple[House, Immortal]]:
    with StandIn(World(time.time())) as stand_in, ChatWall(rate_limits=False) as wall:
        engine = Immortal(folder, {**environment_of(stand_in, wall), VARIABLE: crash})
        try:
            yield House(stand_in, wall, engine.url, client_of(engine.url)), engine
        finally:
            engine.end()


def hand_in(home: House) -> str:
    """Start a watch with a failure that is reported at once; the event comes as an asynchronous call, over and over."""
    task = add(home, "cdn", ObjectPlan(f"{URL}/bad", "Failed", 0), ObjectPlan(f"{URL}/slow", "never"))
    event = {"product": "cdn", "task_ids": task, "schedule": QUICK, "deadline": "5m", "label": "kill"}

    def accepted() -> bool:
        try:
            home.fc.start_later("intake", json.dumps(event).encode(), 0, "e-1")
        except EngineError:
            return False
        return True

    wait_for(accepted, "the event is accepted")
    return task


def check_reported(home: House, task: str, *, twice: bool = False) -> None:
    def reported(kind: str) -> list[str]:
        return [m.id for m in home.wall.messages if m.body.get("type") == f"refresh_watch.{kind}"]

    # in both chats: an interim report is not sent after the final one
    wait_for(lambda: reported("interim") and home.chats(), "an interim report")
    home.products.world.settle(task, "Complete", path=f"{URL}/slow")
    wait_for(lambda: reported("final"), "a final report")
    wait_for(lambda: len(home.chats()) >= 2, "interim and final in the chat")
    time.sleep(2)
    for kind in ("interim", "final"):
        assert len(set(reported(kind))) == 1
        assert len(reported(kind)) == 1 or twice
    assert len(home.chats()) == 2 or twice
    final = next(m for m in home.wall.messages if m.body.get("type") == "refresh_watch.final")
    assert final.body["data"]["counts"] == {"complete": 1, "failed": 1, "overdue": 0, "unverifiable": 0}


@pytest.mark.parametrize("tasks", ["e-*", "w-*", "f-*", "n-*-final-audit-*"])
def test_the_engine_killed_at_every_point_loses_nothing(tmp_path: Path, tasks: str) -> None:
    crash = ",".join(f"{point}:1:{tasks}" for point in POINTS)
    with mortal_house(tmp_path, crash) as (home, engine):
        task = hand_in(home)
        # between the chat's answer and the acknowledgement a message may be posted twice, with an equal id
        check_reported(home, task, twice=tasks.startswith("n-"))
        wait_for(lambda: engine.deaths >= len(POINTS), f"{len(POINTS)} deaths")


@pytest.mark.parametrize(
    "kills",
    [
        [("e-*", 1), ("e-*", 2)],
        [("w-*-h0000", 1), ("w-*-h0000", 2)],
        [("w-*", 1), ("f-*", 1), ("f-*", 2)],
        [("i-*", 1), ("i-*", 2)],
    ],
    ids=str,
)
def test_a_worker_killed_after_each_effect_loses_nothing(tmp_path: Path, kills: list[tuple[str, int]]) -> None:
    switches = EngineSwitches(retry_interval=0.1)
    with house(tmp_path, kills=[KillWorker(*kill) for kill in kills], engine=switches) as home:
        check_reported(home, hand_in(home))
