"""The stand-in products on a socket: what the official SDKs talk to, unchanged, on 127.0.0.1.

``Config(endpoint="127.0.0.1:PORT", protocol="http")``, with no HTTP_PROXY set: the SDK ignores NO_PROXY.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

from refresh_watch.clock import Clock, SystemClock
from refresh_watch_emulator.products.call import Call
from refresh_watch_emulator.products.faults import HTML, Faults
from refresh_watch_emulator.products.gateway import Gateway, RecordedCall
from refresh_watch_emulator.products.query_signature import COMMON_PARAMETERS, verify_query
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import World
from refresh_watch_emulator.signature import Nonces, SignatureRefused, verify
from refresh_watch_emulator.web.messages import HttpRequest, HttpResponse
from refresh_watch_emulator.web.server import HttpServer

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
        self._server = HttpServer(self._answer, port=port, most_body_bytes=LONGEST_BODY)

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
    def calls(self) -> list[RecordedCall]:
        """All calls so far, oldest first: a copy."""
        return self.gateway.calls

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``, for the SDK's Config."""
        return f"127.0.0.1:{self._server.port}"

    @property
    def endpoint(self) -> str:
        """``http://127.0.0.1:PORT``, for REFRESH_WATCH_*_ENDPOINT."""
        return self._server.url

    @property
    def open_connections(self) -> int:
        """How many clients are connected."""
        return self._server.open_connections

    def start(self) -> StandIn:
        """Serve, in threads of its own."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection."""
        self._server.stop()

    def __enter__(self) -> StandIn:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/":
            return HttpResponse(200 if request.path == "/maintenance" else 404, (("Content-Type", "text/html"),), HTML)
        params = _params(request)
        call = _call(request, params)
        now = self.world_clock.now()
        response: HttpResponse
        try:
            self._verify(request, params)
        except SignatureRefused as refusal:
            response = self.gateway.refuse(call, refusal, now)
        else:
            response = self.gateway.handle(call, now)
        return response.with_headers(("Date", formatdate(self.clock.now(), usegmt=True)))

    def _verify(self, request: HttpRequest, params: Mapping[str, str]) -> None:
        token_of = None if self.tokens is None else self.tokens.get
        checks: Any = {
            "secret_of": self.credentials.get,
            "now": self.clock.now(),
            "nonces": self.nonces,
            "token_of": token_of,
        }
        if "Signature" in params and not request.header("Authorization"):
            verify_query(request.method, params, **checks)
        else:
            verify(request.method, request.path, request.query, request.headers, request.body, **checks)


def _params(request: HttpRequest) -> dict[str, str]:
    params = dict(parse_qsl(request.query, keep_blank_values=True))
    if request.header("Content-Type").partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        params.update(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return params


def _call(request: HttpRequest, params: Mapping[str, str]) -> Call:
    action = request.header("x-acs-action") or params.get("Action", "")
    version = request.header("x-acs-version") or params.get("Version", "")
    own = {key: value for key, value in params.items() if key not in ("Action", "Version", *COMMON_PARAMETERS)}
    return Call(action, version, own)
