"""The front door: plain HTTP requests to functions with an HTTP trigger.

`/http/<resource key>/…` reaches any of them, as its fcapp.run address would; routes give some of them shorter paths.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from refresh_watch.instants import Instant
from refresh_watch.limits import MAX_SYNC_BYTES
from refresh_watch_emulator.engine.api import Api, ApiRefused
from refresh_watch_emulator.engine.dispatcher import AtLimit, Dispatcher
from refresh_watch_emulator.engine.http_event import event_of, response_of
from refresh_watch_emulator.engine.manifest import Function, Manifest
from refresh_watch_emulator.engine.settling import FUNCTION_ERROR
from refresh_watch_emulator.engine.task import new_request_id
from refresh_watch_emulator.web.messages import HttpRequest, HttpResponse, problem

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Front:
    """Answers every request that is not for the API."""

    def __init__(
        self,
        manifest: Manifest,
        dispatcher: Dispatcher,
        api: Api,
        *,
        routes: Mapping[str, str],
        bearer: str | None,
        clock: Callable[[], Instant],
    ) -> None:
        """``routes`` maps a path to a resource key. ``bearer`` is what every request has to show; without one, only
        programs of this machine are let in, and no web page that a browser shows.
        """
        self._manifest = manifest
        self._dispatcher = dispatcher
        self._api = api
        self._routes = sorted(routes.items(), key=lambda route: -len(route[0]))
        self._bearer = bearer
        self._clock = clock

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Run the function that the path means and give its answer."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        found = self._find(request.path)
        if found is None or found[0].http is None:
            return problem(404, "Not Found", f"nothing answers at {request.path}")
        function, path = found
        methods = () if function.http is None else function.http.methods
        if request.method not in methods:
            allowed = ", ".join(methods)
            refused = problem(405, "Method Not Allowed", f"{request.method} is not allowed; allowed: {allowed}")
            return refused.with_headers(("Allow", allowed))
        request_id = new_request_id(self._clock())
        event = event_of(_without_bearer(request), path, request.header("Host"), request_id, self._clock())
        try:
            return self._run(function, request, event, request_id)
        except ApiRefused as refused:
            return problem(refused.status, refused.code, refused.message)
        except AtLimit:
            return problem(429, "Too Many Requests", "the function runs as often as it may; try again")

    def _run(self, function: Function, request: HttpRequest, event: bytes, request_id: str) -> HttpResponse:
        if request.header("X-Fc-Invocation-Type") == "Async":
            return self._api.start(function, request, event, request_id)
        if len(request.body) > MAX_SYNC_BYTES:
            raise ApiRefused(400, "InvalidArgument", f"the body is larger than {MAX_SYNC_BYTES} bytes")
        result = self._dispatcher.invoke(function, request_id, event)
        if result.ok:
            response = response_of(result.body)
        else:  # what went wrong is in the log: no traceback is shown
            response = problem(500, "Internal Server Error", f"the function failed; request id {request_id}")
            response = response.with_headers(("X-Fc-Error-Type", FUNCTION_ERROR))
        return response.with_headers(("X-Fc-Request-Id", request_id))

    def _find(self, path: str) -> tuple[Function, str] | None:
        key = next((key for route, key in self._routes if path == route or path.startswith(f"{route}/")), None)
        if key is None and path.startswith("/http/"):
            key, _, rest = path.removeprefix("/http/").partition("/")
            key, path = unquote(key), f"/{rest}"
        function = self._manifest.keyed(key) if key else None
        return None if function is None else (function, path)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if self._bearer is not None:
            shown = _bearer_of(request.header("Authorization"))
            if shown is not None and hmac.compare_digest(shown.encode(), self._bearer.encode()):
                return None
            refused = problem(401, "Unauthorized", "the header `Authorization: Bearer <token>` is missing or wrong")
            return refused.with_headers(("WWW-Authenticate", "Bearer"))
        host = request.header("Host")
        origin = request.header("Origin")
        if urlsplit(f"//{host}").hostname not in _LOOPBACK or (origin and urlsplit(origin).netloc != host):
            return problem(403, "Forbidden", "without a token, only programs of this machine are let in")
        return None


def _bearer_of(value: str) -> str | None:
    """The token of an Authorization header; None for another scheme. A scheme's case says nothing (RFC 9110, 11.1)."""
    scheme, _, token = value.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _without_bearer(request: HttpRequest) -> HttpRequest:
    headers = tuple(
        (name, value)
        for name, value in request.headers
        if not (name.lower() == "authorization" and _bearer_of(value) is not None)
    )
    return replace(request, headers=headers)
