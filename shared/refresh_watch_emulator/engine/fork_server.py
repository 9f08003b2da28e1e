"""The process that instances are forked from: an interpreter that has started, with what the functions import."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from refresh_watch_emulator.engine import instance as runtime
from refresh_watch_emulator.engine.environment import inherited


class Process:
    """A process that was forked, and leads a process group of its own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code = 0
        """What it exited with; negative: the signal that ended it."""
        self._ended = threading.Event()

    @property
    def alive(self) -> bool:
        """It has not ended."""
        return not self._ended.is_set()

    def wait(self) -> int:
        """Wait for its end; gives its exit code."""
        self._ended.wait()
        return self.code

    def kill(self) -> None:
        """Kill it, and all that it started."""
        if self.alive:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def ended(self, code: int) -> None:
        """Take note of its end."""
        self.code = code
        self._ended.set()


class ForkServer:
    """Forks instances. It starts at the first one, or by `start`; engines of one process may share it.

    `modules` are imported before it forks: an instance has them at once. So they have to be the very modules that the
    functions' own path would give, and may not read the environment when they are imported.
    """

    _server: subprocess.Popen[bytes]
    _reader: threading.Thread

    def __init__(self, modules: Sequence[str] = ()) -> None:
        self._modules = tuple(modules)
        self._lock = threading.Lock()
        self._engine: socket.socket | None = None

    def start(self) -> None:
        """Start the interpreter, and do not wait for its imports."""
        with self._lock:
            self._connection()

    def fork(
        self, paths: Sequence[str], environment: Mapping[str, str], connection: socket.socket, output: int
    ) -> Process:
        """Fork an instance: `paths` (the function's folder first), its socket, and where it writes. Raises OSError."""
        with self._lock:
            engine = self._connection()
            order = runtime.frame({"paths": list(paths), "environment": dict(environment)}, b"")
            size = runtime.FRAME.size
            socket.send_fds(engine, [order[:size]], [connection.fileno(), output])
            engine.sendall(order[size:])
            process = self._forked.get()
        if isinstance(process, OSError):
            raise process
        return process

    def close(self) -> None:
        """End it; instances end with their own sockets."""
        with self._lock:
            if self._engine is not None:
                self._end(self._engine)

    def __enter__(self) -> ForkServer:
        """Give it as it is."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _end(self, engine: socket.socket) -> None:
        with suppress(OSError):  # the other side may have gone
            engine.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        engine.close()
        self._server.wait()
        self._engine = None

    def _connection(self) -> socket.socket:
        if self._engine is not None and not self._reader.is_alive():
            self._end(self._engine)  # it was killed: another one takes its place
        if self._engine is None:
            self._engine, theirs = socket.socketpair()
            with theirs:
                self._server = subprocess.Popen(  # noqa: S603 - our own interpreter and script
                    [sys.executable, "-u", str(Path(runtime.__file__).resolve()), str(theirs.fileno()), *self._modules],
                    env=inherited(),
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # a Ctrl-C is the engine's
                )
            self._forked: queue.SimpleQueue[Process | OSError] = queue.SimpleQueue()
            self._reader = threading.Thread(target=_read, args=(self._engine, self._forked), daemon=True)
            self._reader.start()
        return self._engine


def _read(engine: socket.socket, forked: queue.SimpleQueue[Process | OSError]) -> None:
    processes: dict[int, Process] = {}
    with suppress(OSError):
        while received := runtime.receive(engine):
            said, _ = received
            if "pid" in said:
                processes[said["pid"]] = Process(said["pid"])
                forked.put(processes[said["pid"]])
            elif "refused" in said:
                forked.put(OSError(said["refused"]))
            else:
                processes.pop(said["ended"]).ended(said["code"])
    for process in processes.values():
        process.kill()
        process.ended(-signal.SIGKILL)
    forked.put(OSError("the process that instances are forked from has ended"))
