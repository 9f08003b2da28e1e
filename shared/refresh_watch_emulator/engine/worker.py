"""One handler process: one request at a time, killed at its time-out."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from refresh_watch.instants import Seconds
from refresh_watch.model import Word
from refresh_watch_emulator.engine import instance as runtime
from refresh_watch_emulator.engine.fork_server import ForkServer
from refresh_watch_emulator.engine.manifest import Function

START_UP: Seconds = 30
"""A process that is not ready by then counts as crashed."""
_OUTPUT_PATIENCE: Seconds = 2


class RunOutcome(Word):
    """How a run of a handler ended."""

    OK = "ok"
    FAILED = "failed"  # the handler raised
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    STOPPED = "stopped"  # killed on purpose: its task was stopped or the engine ends


@dataclass(frozen=True)
class RunResult:
    """What a run gave: the handler's answer, or the error body that Function Compute makes of an exception."""

    outcome: RunOutcome
    body: bytes
    duration: Seconds

    @property
    def ok(self) -> bool:
        """The handler returned."""
        return self.outcome is RunOutcome.OK

    @property
    def error(self) -> str:
        """The errorMessage, empty when there was no error."""
        return "" if self.ok else str(json.loads(self.body).get("errorMessage", ""))


def failed(error_type: str, text: str, outcome: RunOutcome = RunOutcome.CRASHED, duration: Seconds = 0) -> RunResult:
    """Make the result of a run that its handler did not end by itself."""
    body = {"errorMessage": text, "errorType": error_type, "stackTrace": []}
    return RunResult(outcome, json.dumps(body).encode(), duration)


@dataclass(frozen=True)
class LogLine:
    """One line that a handler wrote to stdout or stderr."""

    function: str
    request_id: str
    text: str

    def __str__(self) -> str:
        return f"{self.request_id} {self.function}: {self.text}"


@dataclass(frozen=True)
class Code:
    """Where a function's source is: its folder, and what else is to be on its path."""

    folder: Path
    paths: tuple[Path, ...] = ()


class Gate(Protocol):
    """An entrance to the engine's API for one instance alone, so that its calls can be told from others'."""

    url: str

    def begin(self, task_id: str, crash: Callable[[], None]) -> None:
        """A run of that task starts; ``crash`` kills its process."""

    def close(self) -> None:
        """The instance has gone."""


class Instance:
    """One process. Used by one thread at a time; `stop` and `crash` may come from any."""

    def __init__(
        self,
        function: Function,
        code: Code,
        environment: Mapping[str, str],
        log: Callable[[LogLine], None],
        *,
        fork_server: ForkServer,
        gate: Gate | None = None,
    ) -> None:
        """Start it. ``environment`` is all that it sees, but for what each request brings."""
        self.id = f"c-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:12]}"
        self.function = function
        self.gate = gate
        self.idle_since = time.monotonic()
        self._log = log
        self._request_id = ""
        self._ready = False
        self._stopped = False
        self._output_read = threading.Event()
        self._connection, theirs = socket.socketpair()
        output, written = os.pipe()
        paths = [str(path.resolve()) for path in (code.folder, *code.paths)]
        own = {"FC_INSTANCE_ID": self.id, "FC_FUNC_CODE_PATH": paths[0]}
        try:
            self._process = fork_server.fork(paths, {**environment, **own}, theirs, written)
        except BaseException:
            os.close(output)
            self._connection.close()
            raise
        finally:
            theirs.close()
            os.close(written)
        self._reader = threading.Thread(target=self._read_output, args=(output,), daemon=True)
        self._reader.start()

    def run(self, head: dict[str, Any], event: bytes, timeout: Seconds) -> RunResult:
        """Give one event to the handler. After TIMED_OUT, CRASHED and STOPPED the instance is dead."""
        self._request_id = head["request_id"]
        self._output_read.clear()
        started = time.monotonic()
        try:
            if not self._ready:  # the interpreter's start is not the handler's time
                self._connection.settimeout(START_UP)
                self._ready = runtime.receive(self._connection) is not None
                started = time.monotonic()
            self._connection.settimeout(timeout)
            runtime.send(self._connection, head, event)
            answer = runtime.receive(self._connection)
        except TimeoutError:
            self.crash()
            text = f"Function time out after {timeout:g} seconds"
            return self._dead(RunOutcome.TIMED_OUT, "FunctionTimeout", text, started)
        except OSError:
            answer = None
        if answer is None:
            self.crash()
            code = self._process.wait()
            text = f"Process exited unexpectedly before completing request (exit code {code})"
            return self._dead(RunOutcome.CRASHED, "ProcessExited", text, started)
        self._output_read.wait(_OUTPUT_PATIENCE)
        self.idle_since = time.monotonic()
        reply, body = answer
        return RunResult(RunOutcome.FAILED if reply["failed"] else RunOutcome.OK, body, self.idle_since - started)

    def stop(self) -> None:
        """Kill the process on purpose: the run that it is in ends as STOPPED."""
        self._stopped = True
        self.crash()

    def crash(self) -> None:
        """Kill the process, and all that it started, as if it had died by itself."""
        self._process.kill()

    @property
    def alive(self) -> bool:
        """Whether it can take another request."""
        return not self._stopped and self._process.alive

    def close(self) -> None:
        """Kill it and wait until it has gone."""
        self.stop()
        self._process.wait()
        self._connection.close()
        self._reader.join(_OUTPUT_PATIENCE)
        if self.gate is not None:
            self.gate.close()

    def _dead(self, outcome: RunOutcome, error_type: str, text: str, started: float) -> RunResult:
        self._process.wait()
        self._reader.join(_OUTPUT_PATIENCE)
        if self._stopped:
            outcome, error_type, text = RunOutcome.STOPPED, "Stopped", "the run was stopped"
        self._log(LogLine(self.function.name, self._request_id, text))
        return failed(error_type, text, outcome, time.monotonic() - started)

    def _read_output(self, output: int) -> None:
        with open(output, "rb") as lines:
            for line in lines:
                text, end, _ = line.decode(errors="replace").rstrip("\n").partition(runtime.END_OF_OUTPUT)
                if text:
                    self._log(LogLine(self.function.name, self._request_id, text))
                if end:
                    self._output_read.set()
