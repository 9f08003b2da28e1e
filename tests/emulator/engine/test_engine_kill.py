"""kill -9 of the engine at each named point, and of a worker after its calls: nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from Tea.exceptions import TeaException

from refresh_watch_emulator.engine.crash import CrashPoint, KillWorker
from refresh_watch_emulator.engine.switches import EngineSwitches
from tests.emulator.engine.engine_calls import MANIFEST, Calls, Start, lines, until

ROOT = MANIFEST.parents[3]
FINAL = ("Succeeded", "Failed")


class Processes:
    """Engines as processes of their own, one after another on one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.current: subprocess.Popen[str] | None = None

    def start(self, crash: str = "") -> Calls:
        options = ["--manifest", str(MANIFEST), "--file", str(self._folder / "queue.sqlite")]
        self.current = subprocess.Popen(
            [sys.executable, "-m", "refresh_watch_emulator.engine", *options, "--switch", "retry_interval=0.01"],
            cwd=ROOT,
            env={**os.environ, "REFRESH_WATCH_ENGINE_CRASH": crash},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.current.stdout is not None
        return Calls(json.loads(self.current.stdout.readline())["url"])

    def end(self, number: int) -> int:
        assert self.current is not None
        self.current.send_signal(number)
        return self.died()

    def died(self) -> int:
        assert self.current is not None
        with self.current:
            return self.current.wait(20)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    one = Processes(tmp_path)
    yield one
    if one.current is not None and one.current.poll() is None:
        one.end(signal.SIGKILL)


@pytest.mark.parametrize(
    ("point", "runs"),
    [(CrashPoint.STORED, 1), (CrashPoint.DEQUEUED, 1), (CrashPoint.FINISHED, 2)],
)
def test_a_task_survives_the_engine_being_killed(processes: Processes, tmp_path: Path, point: str, runs: int) -> None:
    calls = processes.start(crash=f"{point}:1:w-*")
    calls.start("test-act", {}, "other", "3000")  # does not match
    event = {"note": str(tmp_path / "note")}
    try:
        assert calls.start("test-act", event, "w-1").status_code == 202
    except TeaException:
        assert point is CrashPoint.STORED  # killed between storing and answering
    assert processes.died() == -signal.SIGKILL

    calls = processes.start(crash=f"{point}:1:w-*")  # it has crashed there once: it goes on
    task = until(lambda: (task := calls.get("test-act", "w-1")).status in FINAL and task)
    assert (task.status, task.already_retried_times, task.task_payload) == ("Succeeded", 0, json.dumps(event))
    assert len(lines(tmp_path / "note")) == runs
    with pytest.raises(TeaException):
        calls.start("test-act", event, "w-1")  # still known
    assert calls.get("test-act", "other").status == "Enqueued"
    assert processes.end(signal.SIGTERM) == 0


def test_waiting_tasks_survive_and_their_workers_do_not(processes: Processes, tmp_path: Path) -> None:
    calls = processes.start()
    gate = tmp_path / "gate"
    calls.start("test-act", {"do": "wait_for", "file": str(gate), "note": str(tmp_path / "note")}, "running")
    calls.start("test-act", {}, "waiting", "3000")
    pid = calls.run("test-old", {"do": "count"})["pid"]
    until(lambda: lines(tmp_path / "note"))
    assert processes.end(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes())
    calls = processes.start()
    until(lambda: len(lines(tmp_path / "note")) == 2)
    gate.touch()
    until(lambda: calls.get("test-act", "running").status == "Succeeded")
    assert calls.get("test-act", "waiting").status == "Enqueued"


def test_a_task_that_was_being_stopped_stays_stopped(processes: Processes, tmp_path: Path) -> None:
    calls = processes.start()
    calls.start("test-act", {}, "w-1", "3000")
    calls.stop("test-act", "w-1")
    processes.end(signal.SIGKILL)
    assert processes.start().get("test-act", "w-1").status == "Stopped"


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_worker_killed_after_each_of_its_calls_is_run_again(engine: Start, after: int) -> None:
    running = engine(kills=[KillWorker("w-*", after)], switches=EngineSwitches(retry_interval=0.01))
    calls = Calls(running.url)
    wanted = ["n-1", "n-2", "n-3"]
    calls.start("test-act", {"do": "call", "function": "test-catch", "tasks": wanted}, "w-1")
    assert running.wait_idle(60)
    task = calls.get("test-act", "w-1")
    assert (task.status, task.already_retried_times) == ("Succeeded", 1)
    assert json.loads(task.return_payload) == [409] * after + [202] * (3 - after)
    assert sorted(task.task_id for task in calls.list("test-catch").tasks) == wanted


def test_only_one_engine_at_a_time_uses_a_file(processes: Processes, tmp_path: Path) -> None:
    processes.start()
    options = ["--manifest", str(MANIFEST), "--file", str(tmp_path / "queue.sqlite")]
    second = subprocess.run(
        [sys.executable, "-m", "refresh_watch_emulator.engine", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 2
    assert second.stderr.startswith("file: ")
    assert second.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--switch", "speed=9", "switch"),
        ("--switch", "duplicate=410", "switch duplicate"),
        ("--manifest", "no.yaml", "manifest"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(tmp_path: Path, option: str, value: str, named: str) -> None:
    options = ["--manifest", str(MANIFEST), "--file", str(tmp_path / "queue.sqlite"), option, value]
    ended = subprocess.run(
        [sys.executable, "-m", "refresh_watch_emulator.engine", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"{named}: ")
    assert ended.stderr.count("\n") == 1
