"""What runs inside a worker process: Function Compute's Python runtime, as far as a handler can see it.

Started as a script, by path, so that nothing of this project is on the handler's path unless the engine puts it there:
it imports the standard library, and what the engine names. The script is a fork server: it forks a process for each
instance, so that an instance does not wait for the interpreter and for imports. Its arguments are the number of the
socket to the engine, and the modules to import before it forks.
Requests and answers travel as frames over one socket an instance; when the socket closes, because the engine has ended
or was killed, the process ends at once. After Function Compute's pages "error handling" and "context".
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import queue
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

FRAME = struct.Struct(">II")
"""Before each frame: the bytes of its JSON head, the bytes of its body."""
END_OF_OUTPUT = "\x1e"
"""Written to the output after each request, so that the engine knows that it has read all of it."""


@dataclass(frozen=True)
class ContextFunction:
    """What both runtimes' contexts say of the function."""

    name: str
    handler: str
    memory: int
    timeout: int


@dataclass(frozen=True)
class VersionedFunction(ContextFunction):
    """What python3.12's says too."""

    version_id: str
    qualifier: str


@dataclass(frozen=True)
class ContextCredentials:
    """Of the function's role."""

    access_key_id: str
    access_key_secret: str
    security_token: str

    def __repr__(self) -> str:
        return "Credentials(…)"


@dataclass(frozen=True)
class ContextService:
    """Where 3.10 keeps what 3.12 has elsewhere."""

    log_project: str
    log_store: str
    qualifier: str
    version_id: str


class Context:
    """What the contexts of both runtimes have."""

    def __init__(self, head: dict[str, Any]) -> None:
        self.request_id: str = head["request_id"]
        self.region: str = head["region"]
        self.account_id: str = head["account_id"]


class Context312(Context):
    """python3.12's: no credentials, no service; ``logger`` is None until ``getLogger`` was called."""

    def __init__(self, head: dict[str, Any]) -> None:
        super().__init__(head)
        self.function = VersionedFunction(**head["function"], version_id="LATEST", qualifier="LATEST")
        self.log_project = ""
        self.log_store = ""
        self.logger: logging.Logger | None = None

    def getLogger(self) -> logging.Logger:
        """Give the logger, and keep it as ``logger``."""
        self.logger = logging.getLogger()
        return self.logger


class Context310(Context):
    """python3.10's: credentials and service, no logger."""

    def __init__(self, head: dict[str, Any]) -> None:
        super().__init__(head)
        self.function = ContextFunction(**head["function"])
        self.credentials = ContextCredentials(*head["credentials"])
        self.service = ContextService("", "", "LATEST", "LATEST")
        self.tracing: object = None


def context_of(head: dict[str, Any]) -> Context:
    """Make the context that the request's runtime has."""
    return Context310(head) if head["runtime"] == "python3.10" else Context312(head)


def error_body(error: Exception) -> bytes:
    """Write an exception as Function Compute does: errorMessage, errorType, stackTrace."""
    frames = []
    trace = error.__traceback__.tb_next if error.__traceback__ else None  # without this file's own frame
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append([f'File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}'])
        trace = trace.tb_next
    body = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": frames}
    return json.dumps(body).encode()


def result_body(result: Any) -> bytes:
    """Write what a handler returned: bytes and text as they are, all else as JSON."""
    if isinstance(result, bytes):
        return result
    if isinstance(result, str):
        return result.encode()
    return json.dumps(result).encode()


def run(handler: Callable[[bytes, Context], Any] | None, head: dict[str, Any], event: bytes) -> tuple[Any, bool, bytes]:
    """Call the handler, imported at the first request; gives it, whether it failed, and the answer's body.

    What is no Exception, such as SystemExit, ends the process: to the engine that is a crash.
    """
    try:
        if handler is None:
            module, _, name = head["function"]["handler"].partition(".")
            handler = getattr(importlib.import_module(module), name)
        return handler, False, result_body(handler(event, context_of(head)))
    except Exception as error:
        return handler, True, error_body(error)


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes] | None:
    """Read one frame; None when the other side has closed."""
    prefix = receive_exactly(connection, FRAME.size)
    if prefix is None:
        return None
    head_size, body_size = FRAME.unpack(prefix)
    head, body = receive_exactly(connection, head_size), receive_exactly(connection, body_size)
    return None if head is None or body is None else (json.loads(head), body)


def receive_exactly(connection: socket.socket, size: int) -> bytes | None:
    """Read that many bytes; None when the other side closes before."""
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(size - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return bytes(data)


def send(connection: socket.socket, head: dict[str, Any], body: bytes) -> None:
    """Write one frame."""
    connection.sendall(frame(head, body))


def frame(head: dict[str, Any], body: bytes) -> bytes:
    """Compose one frame."""
    text = json.dumps(head).encode()
    return FRAME.pack(len(text), len(body)) + text + body


def _read_requests(connection: socket.socket, requests: queue.SimpleQueue[tuple[dict[str, Any], bytes]]) -> None:
    try:
        while request := receive(connection):
            requests.put(request)
    finally:
        os._exit(0)  # the engine has gone: end at once, even in the middle of a handler


def serve(connection: socket.socket) -> NoReturn:
    """Serve requests, one at a time, until the engine closes the socket."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s [%(levelname)s] %(message)s")
    requests: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(connection, requests), daemon=True).start()
    send(connection, {"ready": True}, b"")
    handler = None
    while True:
        head, event = requests.get()
        os.environ.update(head["environment"])
        handler, failed, body = run(handler, head, event)
        sys.stderr.flush()
        sys.stdout.flush()
        os.write(1, f"{END_OF_OUTPUT}{head['request_id']}\n".encode())
        send(connection, {"failed": failed}, body)


def become_instance(order: dict[str, Any], connection: socket.socket, output: int) -> NoReturn:
    """Be the instance that the engine ordered: its folder, path, environment and output, and nothing else's."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.chdir(order["paths"][0])
    sys.path[:0] = order["paths"]
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    serve(connection)


def fork_instances(engine: socket.socket) -> None:
    """Fork an instance for each order, and report each that ends, until the engine closes the socket.

    An order is a frame with `paths` (the function's folder first) and `environment`; with it come the instance's socket
    and the pipe for its output. It is answered with `pid`, or with `refused` where no process can be started; an end is
    reported as `ended` (the pid) and `code`.
    """
    ended, wake_up = os.pipe()
    os.set_blocking(wake_up, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_up)
    while True:
        ready, _, _ = select.select([engine.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, select.PIPE_BUF)
            for pid, status in iter(_reap, None):
                send(engine, {"ended": pid, "code": os.waitstatus_to_exitcode(status)}, b"")
        if engine.fileno() in ready:
            prefix, files, _, _ = socket.recv_fds(engine, FRAME.size, 2)
            order = json.loads(receive_exactly(engine, FRAME.unpack(prefix)[0]) or b"{}") if prefix else {}
            if not order:
                return
            try:
                pid = os.fork()
            except OSError as error:
                pid = -1
                send(engine, {"refused": str(error)}, b"")
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for inherited in (engine.detach(), ended, wake_up):
                    os.close(inherited)
                become_instance(order, socket.socket(fileno=files[0]), files[1])
            for passed_on in files:
                os.close(passed_on)
            if pid > 0:
                with suppress(ProcessLookupError):
                    os.setpgid(pid, pid)  # what a handler starts dies with it
                send(engine, {"pid": pid}, b"")


def _reap() -> tuple[int, int] | None:
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, status) if pid else None


def main() -> None:
    """Import what the engine names, and fork."""
    del sys.path[0]  # this folder: a handler's `import store` must not find the engine's
    for module in sys.argv[2:]:
        with suppress(ImportError):  # the handler that needs it says so
            importlib.import_module(module)
    gc.freeze()
    fork_instances(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
