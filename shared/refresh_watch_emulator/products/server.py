"""The stand-in products on a socket: what the official SDKs talk to, unchanged, on 127.0.0.1.

``Config(endpoint="127.0.0.1:PORT", protocol="http")``, with no HTTP_PROXY set: the SDK ignores NO_PROXY.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Mapping
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

from refresh_watch.clock import Clock, SystemClock
from refresh_watch_emulator.products.call import Call
from refresh_watch_emulator.products.faults import HTML, Faults, Wire
from refresh_watch_emulator.products.gateway import Asked, Gateway, Reply
from refresh_watch_emulator.products.query_signature import COMMON_PARAMETERS, verify_query
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import World
from refresh_watch_emulator.signature import Nonces, SignatureRefused, verify

DEFAULT_CREDENTIALS: Mapping[str, str] = {"testAK": "testSK"}
LONGEST_BODY = 10 * 1024 * 1024


class StandIn:
    """CDN, DCDN, VOD, STS and RAM on one port; version and action of a call tell which is meant."""

    def __init__(
        self,
        world: World,
        switches: Switches | None = None,
        *,
        credentials: Mapping[str, str] = DEFAULT_CREDENTIALS,
        tokens: Mapping[str, str] | None = None,
        port: int = 0,
        clock: Clock | None = None,
        world_clock: Clock | None = None,
        faults: Faults | None = None,
    ) -> None:
        """Bind the port. `credentials` are secrets by access key id, `tokens` security tokens by access key id.

        Without `tokens` no token is compared. `clock` tells signatures' time, `world_clock` (default: the same) the
        world's: tests move the latter by hand.
        """
        self.gateway = Gateway(world, switches, faults)
        self.clock = clock or SystemClock()
        self.world_clock = world_clock or self.clock
        self.credentials = dict(credentials)
        self.tokens = None if tokens is None else dict(tokens)
        self.nonces = Nonces()
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), self)
        self._thread: threading.Thread | None = None

    @property
    def world(self) -> World:
        """What the products know."""
        return self.gateway.world

    @property
    def faults(self) -> Faults:
        """Where faults are added, at any time."""
        return self.gateway.faults

    @property
    def switches(self) -> Switches:
        """How the unknown facts stand; can be replaced at any time."""
        return self.gateway.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self.gateway.switches = switches

    @property
    def calls(self) -> list[Asked]:
        """All calls so far, oldest first: a copy."""
        return self.gateway.calls

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``, for the SDK's Config."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def endpoint(self) -> str:
        """``http://127.0.0.1:PORT``, for REFRESH_WATCH_*_ENDPOINT."""
        return f"http://{self.host}"

    @property
    def open_connections(self) -> int:
        """How many clients are connected."""
        return self._server.open_connections

    def start(self) -> StandIn:
        """Serve, in threads of its own."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="stand-in", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection."""
        self.stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()
        self._server.close_connections()

    def __enter__(self) -> StandIn:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._connections_lock:
            self._connections.discard(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news; an error of the stand-in's own is shown on standard error."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)

    @property
    def open_connections(self) -> int:
        with self._connections_lock:
            return len(self._connections)

    def close_connections(self) -> None:
        with self._connections_lock:
            for connection in self._connections:
                _hang_up(connection)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: `calls` is the record."""

    def _serve(self) -> None:
        stand_in = self.server.stand_in
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._send(Reply(413, b"", ()))
            return
        body = self.rfile.read(int(length))
        path, _, query = self.path.partition("?")
        if path != "/":
            self._send(Reply(200 if path == "/maintenance" else 404, HTML, (("Content-Type", "text/html"),)))
            return
        params = self._params(query, body)
        call = self._call(params)
        now = stand_in.world_clock.now()
        try:
            self._verify(path, query, body, params)
        except SignatureRefused as refusal:
            self._send(stand_in.gateway.refuse(call, refusal, now))
            return
        self._send(stand_in.gateway.handle(call, now))

    def _verify(self, path: str, query: str, body: bytes, params: Mapping[str, str]) -> None:
        stand_in = self.server.stand_in
        secret_of = stand_in.credentials.get
        token_of = None if stand_in.tokens is None else stand_in.tokens.get
        now, nonces = stand_in.clock.now(), stand_in.nonces
        if "Signature" in params and "Authorization" not in self.headers:
            verify_query(self.command, params, secret_of=secret_of, now=now, nonces=nonces, token_of=token_of)
            return
        headers = self.headers.items()
        verify(self.command, path, query, headers, body, secret_of=secret_of, now=now, nonces=nonces, token_of=token_of)

    def _params(self, query: str, body: bytes) -> dict[str, str]:
        params = dict(parse_qsl(query, keep_blank_values=True))
        if self.headers.get_content_type() == "application/x-www-form-urlencoded":
            params.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        return params

    def _call(self, params: Mapping[str, str]) -> Call:
        action = self.headers.get("x-acs-action") or params.get("Action", "")
        version = self.headers.get("x-acs-version") or params.get("Version", "")
        own = {key: value for key, value in params.items() if key not in ("Action", "Version", *COMMON_PARAMETERS)}
        return Call(action, version, own)

    def _send(self, reply: Reply) -> None:
        if reply.wire in (Wire.HANGING, Wire.CLOSED, Wire.RESET):
            self._send_nothing(reply)
            return
        self.send_response_only(reply.status)
        date = formatdate(self.server.stand_in.clock.now(), usegmt=True)
        for name, value in (*reply.headers, ("Date", date), ("Content-Length", str(len(reply.body)))):
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        body = reply.body[: len(reply.body) // 2] if reply.wire is Wire.TRUNCATED else reply.body
        if reply.wire is Wire.DRIPPING:
            self.end_headers()
            self._drip(body, reply.seconds)
            return
        # one write: head and body apart would wait for each other's acknowledgement
        self._headers_buffer.append(b"\r\n" + body)  # type: ignore[attr-defined]
        self.flush_headers()
        if reply.wire in (Wire.TRUNCATED, Wire.CLOSED_AFTER):
            self.close_connection = True

    def _send_nothing(self, reply: Reply) -> None:
        self.close_connection = True
        if reply.wire is Wire.HANGING:
            self.server.stand_in.stopping.wait(reply.seconds)
        if reply.wire is Wire.RESET:
            # closing with unsent data pending for 0 seconds sends RST in place of FIN
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _drip(self, body: bytes, seconds: float) -> None:
        for i in range(len(body)):
            if self.server.stand_in.stopping.wait(seconds):
                self.close_connection = True
                return
            self.wfile.write(body[i : i + 1])


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is gone already
        return
