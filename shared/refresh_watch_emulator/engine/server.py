"""The engine's socket: HTTP/1.1 with keep-alive, one thread a connection; and the gates of single instances."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from refresh_watch_emulator.engine.api import MOST_SYNC_BYTES
from refresh_watch_emulator.engine.crash import WorkerKills
from refresh_watch_emulator.engine.http_event import Answer, Request

_MOST_BYTES = MOST_SYNC_BYTES + 1024 * 1024
"""More than that is not even read."""


class Server(ThreadingHTTPServer):
    """Listens at once; `serve` answers. `close` ends its connections too."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[Request], Answer],
        failed: Callable[[Exception], None],
        carried_out: Callable[[], None] = lambda: None,
    ) -> None:
        """``failed`` is told of errors of our own (the client gets a 500); ``carried_out`` is called before each answer
        is sent.
        """
        self.answer = answer
        self.failed = failed
        self.carried_out = carried_out
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def serve(self) -> None:
        """Answer requests in a thread of its own."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Stop listening and end every connection."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection and hand it to its thread."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the parent's
        """A client that goes away, or a connection that `close` ended, is nothing to tell; anything else is."""
        error = sys.exc_info()[1]
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.failed(error)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536  # head and body leave together

    def _handle(self) -> None:
        body = self._body()
        if body is None:
            return
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, tuple(self.headers.items()), body, self.client_address[0])
        try:
            answer = self.server.answer(request)
        except Exception as error:
            self.server.failed(error)
            answer = _INTERNAL_ERROR
        self.server.carried_out()
        self._send(answer)

    def do_GET(self) -> None:
        """Answer."""
        self._handle()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - the parent's names

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length") or "0"
        if self.headers.get("Transfer-Encoding") or not length.isdecimal():
            self.close_connection = True
            self._send(Answer(411, (("Content-Type", "application/json"),), b'{"Code":"MissingContentLength"}'))
            return None
        if int(length) > _MOST_BYTES:
            self.close_connection = True
            self._send(Answer(400, (("Content-Type", "application/json"),), b'{"Code":"EntityTooLarge"}'))
            return None
        return self.rfile.read(int(length))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and answer.status != 204:
            self.wfile.write(answer.body)
        self.wfile.flush()

    def version_string(self) -> str:
        """Name the server."""
        return "refresh-watch"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Nothing: what happens to a request is told by those who answer it."""


_INTERNAL_ERROR = Answer(
    500,
    (("Content-Type", "application/json"),),
    b'{"Code":"InternalServerError","Message":"the engine could not carry this out"}',
)


class InstanceGate:
    """An entrance for one instance. After each request that it makes there, its process may be due to be killed."""

    def __init__(
        self, answer: Callable[[Request], Answer], failed: Callable[[Exception], None], kills: WorkerKills
    ) -> None:
        """Listen on a port of its own."""
        self._kills = kills
        self._task_id = ""
        self._calls = 0
        self._crash: Callable[[], None] = lambda: None
        self._server = Server(("127.0.0.1", 0), answer, failed, self._carried_out)
        self.url = self._server.url
        self._server.serve()

    def begin(self, task_id: str, crash: Callable[[], None]) -> None:
        """A run of that task starts; ``crash`` kills its process."""
        self._task_id, self._calls, self._crash = task_id, 0, crash

    def close(self) -> None:
        """The instance has gone."""
        self._server.close()

    def _carried_out(self) -> None:
        self._calls += 1
        if self._kills.due(self._task_id, self._calls):
            self._crash()
