"""An HTTP server for a function from request to response: waitress, our limits, and faults that WSGI does not know."""

from __future__ import annotations

import http.client
import logging
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask, hop_by_hop

from refresh_watch.instants import Seconds
from refresh_watch_emulator.web.messages import HttpRequest, HttpResponse, Wire, problem

MOST_CONNECTIONS = 512
MOST_HEADER_BYTES = 64 * 1024
IDLE_CONNECTION: Seconds = 120
STOPPING: Seconds = 5
"""How long `stop` waits for requests under way. Their connections are closed before."""

_CHANNEL = "refresh_watch.channel"


def print_error(error: Exception) -> None:
    """Write a mistake of our own to standard error."""
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)


class HttpServer:
    """Listens as soon as it is made and answers from `start` to `stop`. A context manager."""

    def __init__(
        self,
        answer: Callable[[HttpRequest], HttpResponse],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        most_body_bytes: int,
        name: str | None = None,
        failed: Callable[[Exception], None] = print_error,
    ) -> None:
        """Raises OSError when the port cannot be had; port 0 takes a free one.

        ``answer`` is called in a thread of its own for each request. ``failed`` gets what it raises; the client gets a
        500. ``name`` is the header Server.
        """
        self._answer = answer
        self._failed = failed
        self._stopping = threading.Event()
        self._one_stops = threading.Lock()
        self._threads = _ThreadPerRequest()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        every = host == "::" and socket.has_dualstack_ipv6()
        listening = socket.create_server((host, port), family=family, dualstack_ipv6=every)
        self._waitress: Any = _Waitress(
            self._application,
            _sock=listening,
            bind_socket=False,
            sockinfo=(family, listening.type, listening.proto, listening.getsockname()),
            dispatcher=self._threads,
            adj=Adjustments(
                ident=name,
                connection_limit=MOST_CONNECTIONS,
                max_request_header_size=MOST_HEADER_BYTES,
                max_request_body_size=most_body_bytes,
                channel_timeout=int(IDLE_CONNECTION),
                asyncore_use_poll=True,
                log_socket_errors=False,  # a client that goes away is no error of ours
                clear_untrusted_proxy_headers=False,  # functions see every header that was sent
            ),
        )
        self._loop = threading.Thread(target=self._waitress.run, name="http-server", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._waitress.effective_port)

    @property
    def url(self) -> str:
        """Such as ``http://127.0.0.1:43210``."""
        host = self._waitress.effective_host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def open_connections(self) -> int:
        """How many clients are connected."""
        return len(self._waitress.active_channels)

    def start(self) -> HttpServer:
        """Answer requests from now on."""
        self._loop.start()
        return self

    def stop(self) -> None:
        """Stop listening and close every connection. Requests under way are not answered."""
        with self._one_stops:
            if self._stopping.is_set():
                return
            self._stopping.set()
        if not self._loop.is_alive():
            self._waitress.close()
            return
        # sockets belong to the thread of the loop; the trigger is closed last, when no request can pull it any more
        self._in_loop(self._waitress.hang_up)
        self._threads.shutdown(timeout=STOPPING)
        self._in_loop(self._waitress.close)
        self._loop.join()

    def _in_loop(self, act: Callable[[], None]) -> None:
        """Have the loop's thread do it. Locked, since else the loop may do it and close the pipe before the wake-up."""
        trigger = self._waitress.trigger
        with trigger.lock:
            trigger.thunks.append(act)
            trigger._physical_pull()

    def __enter__(self) -> HttpServer:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _application(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            response = self._answer(_request(environ))
        except Exception as error:
            self._failed(error)
            response = problem(500, "Internal Server Error", "the request could not be carried out")
        headers = [pair for pair in response.headers if pair[0].lower() not in _NOT_THEIRS]
        headers.append(("Content-Length", str(len(response.body))))
        start_response(f"{response.status} {http.client.responses.get(response.status, 'Unknown')}", headers)
        if response.wire is not Wire.WHOLE:
            return self._badly(response, environ[_CHANNEL])
        silent = environ["REQUEST_METHOD"] == "HEAD" or response.status in (204, 304)
        return [b"" if silent else response.body]

    def _badly(self, response: HttpResponse, channel: Any) -> Iterator[bytes]:
        """Send what the fault leaves of the response; an OSError makes waitress close the connection."""
        wire, body = response.wire, response.body
        if wire is Wire.HANGING:
            self._stopping.wait(response.seconds)
        elif wire is Wire.RESET:
            # closing with unsent data pending for 0 seconds sends RST in place of FIN
            channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif wire is Wire.RAW:
            channel.write_soon(body)
        elif wire is Wire.DRIPPING:
            for i in range(len(body)):
                if self._stopping.wait(response.seconds):
                    raise ConnectionAbortedError
                yield body[i : i + 1]
            return
        elif wire is not Wire.CLOSED:
            yield body[: len(body) // 2] if wire is Wire.TRUNCATED else body
        raise ConnectionAbortedError


_NOT_THEIRS = (*hop_by_hop, "content-length")
"""Headers that belong to the server, and not to what answers."""


def _request(environ: dict[str, Any]) -> HttpRequest:
    path, _, query = environ["REQUEST_URI"].partition("?")
    headers = [
        (name.removeprefix("HTTP_").replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    ]
    body = environ["wsgi.input"].read()
    return HttpRequest(environ["REQUEST_METHOD"], path, query, tuple(headers), body, environ["REMOTE_ADDR"])


class _ThreadPerRequest(ThreadedTaskDispatcher):
    """No request waits for a thread: a function that runs for one request makes others meanwhile, of the same server.
    The bound on connections bounds the threads too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._running = 0

    def add_task(self, task: Any) -> None:
        with self.lock:
            self._running += 1
        threading.Thread(target=self._serve, args=(task,), name="http-request", daemon=True).start()

    def shutdown(self, cancel_pending: bool = True, timeout: float = STOPPING) -> bool:  # noqa: ARG002
        with self.lock:
            return self.thread_exit_cv.wait_for(lambda: not self._running, timeout)

    def _serve(self, task: Any) -> None:
        try:
            task.service()
        finally:
            with self.lock:
                self._running -= 1
                self.thread_exit_cv.notify_all()


class _Task(WSGITask):
    def get_environment(self) -> dict[str, Any]:
        return {**super().get_environment(), _CHANNEL: self.channel}


class _Refusal(ErrorTask):
    """The answer to what is no request that can be taken: too large, or not HTTP."""

    def execute(self) -> None:
        refused: Any = self.request
        error = refused.error
        response = problem(error.code, error.reason, str(error.body))
        self.status = f"{error.code} {error.reason}"
        self.response_headers = list(response.headers)
        self.set_close_on_finish()
        self.content_length = len(response.body)
        self.write(response.body)


class _Channel(HTTPChannel):
    task_class = _Task
    error_task_class = _Refusal


class _Waitress(TcpWSGIServer):
    channel_class = _Channel

    def hang_up(self) -> None:
        """Listen no more and close the connections."""
        self.accepting = False
        channels: Any = self.active_channels
        for channel in list(channels.values()):
            channel.handle_close()


logging.getLogger("waitress").setLevel(logging.ERROR)  # what becomes of each request is for its server to report
