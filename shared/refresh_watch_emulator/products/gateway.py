"""One call → one answer, with faults, and a record of both. Pure of sockets: virtual time asks here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from refresh_watch.instants import Instant
from refresh_watch_emulator.products.actions import HOSTS, answer
from refresh_watch_emulator.products.call import ApiError, Call
from refresh_watch_emulator.products.faults import Fault, Faults
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import World
from refresh_watch_emulator.signature import SignatureRefused
from refresh_watch_emulator.web.messages import HttpResponse

JSON_TYPE = ("Content-Type", "application/json;charset=utf-8")


@dataclass(frozen=True)
class ProductResponse(HttpResponse):
    """What goes over the wire, and the code of an error."""

    code: str = ""

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class RecordedCall:
    """A call and how it was answered. `at` is in the world's time."""

    action: str
    version: str
    params: Mapping[str, str]
    status: int
    code: str
    at: Instant
    fault: str = ""


class Gateway:
    """The products behind one door. Thread-safe."""

    def __init__(self, world: World, switches: Switches | None = None, faults: Faults | None = None) -> None:
        """Serve `world` as `switches` say; `faults` may be given new rules at any time."""
        self.world = world
        self.switches = switches or Switches()
        self.faults = faults or Faults()
        self._calls: list[RecordedCall] = []

    @property
    def calls(self) -> list[RecordedCall]:
        """All calls so far, oldest first: a copy."""
        with self.world.lock:
            return list(self._calls)

    def handle(self, call: Call, now: Instant) -> ProductResponse:
        """Answer a call whose signature is good."""
        with self.world.lock:
            fault = self.faults.pick(call)
            response = self._true(call, now) if fault is None else self._wrong(fault, call, now)
            self._note(call, response, now, fault.name if fault else "")
            return response

    def refuse(self, call: Call, refusal: SignatureRefused, now: Instant) -> ProductResponse:
        """Answer a call that is not let in."""
        with self.world.lock:
            response = self._error(ApiError(refusal.status, refusal.code, refusal.message), call)
            self._note(call, response, now, "")
            return response

    def _true(self, call: Call, now: Instant) -> ProductResponse:
        try:
            body = answer(self.world, self.switches, call, now)
        except ApiError as refusal:
            return self._error(refusal, call)
        return self._json(200, body)

    def _wrong(self, fault: Fault, call: Call, now: Instant) -> ProductResponse:
        if fault.error is not None:
            return self._error(fault.error, call)
        if fault.raw is not None:
            return ProductResponse(fault.status, fault.headers or (JSON_TYPE,), fault.raw)
        true = self._true(call, now)
        if fault.mangle is not None and true.status == 200:
            true = self._json(200, fault.mangle(true.json()))
        return replace(true, wire=fault.wire, seconds=fault.seconds)

    def _error(self, refusal: ApiError, call: Call) -> ProductResponse:
        request_id = self.world.request_id()
        body = refusal.body(request_id, HOSTS.get(call.version, "cdn.aliyuncs.com"))
        headers: tuple[tuple[str, str], ...] = (JSON_TYPE, ("x-acs-request-id", request_id))
        if refusal.retry_after_ms is not None:
            headers = (*headers, ("x-acs-retry-after", str(refusal.retry_after_ms)))
        return ProductResponse(refusal.status, headers, _written(body), code=refusal.code)

    def _json(self, status: int, body: Any) -> ProductResponse:
        request_id = body.get("RequestId", "") if isinstance(body, dict) else ""
        headers = (JSON_TYPE, ("x-acs-request-id", request_id)) if request_id else (JSON_TYPE,)
        return ProductResponse(status, headers, _written(body))

    def _note(self, call: Call, response: ProductResponse, now: Instant, fault: str) -> None:
        self._calls.append(
            RecordedCall(call.action, call.version, dict(call.params), response.status, response.code, now, fault)
        )


def _written(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
