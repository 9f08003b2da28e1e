"""A request as it stood on the wire, and the response to it."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, replace
from typing import Any

from refresh_watch.instants import Seconds

JSON_TYPE = ("Content-Type", "application/json")


@dataclass(frozen=True)
class HttpRequest:
    """``path`` and ``query`` are not decoded: signatures are made over them."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    client: str = "127.0.0.1"

    def header(self, name: str) -> str:
        """The header of that name, in any case; empty without one."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Wire(enum.Enum):
    """What becomes of a response on the connection."""

    WHOLE = enum.auto()
    CLOSED_AFTER = enum.auto()  # whole; then the connection is closed without notice
    TRUNCATED = enum.auto()  # half of the body, then closed
    DRIPPING = enum.auto()  # byte by byte, `seconds` apart
    HANGING = enum.auto()  # nothing for `seconds`, then closed
    CLOSED = enum.auto()  # closed without a response
    RESET = enum.auto()  # RST
    RAW = enum.auto()  # the body is all that is sent, status line and headers included, however wrong; then closed


@dataclass(frozen=True)
class HttpResponse:
    """A response, and how it is sent. The server adds Content-Length."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wire: Wire = Wire.WHOLE
    seconds: Seconds = 0

    def with_headers(self, *headers: tuple[str, str]) -> HttpResponse:
        """The same response with these headers too."""
        return replace(self, headers=(*self.headers, *headers))


def json_response(status: int, body: Any, *headers: tuple[str, str]) -> HttpResponse:
    """A response whose body is JSON."""
    return HttpResponse(status, (JSON_TYPE, *headers), json.dumps(body, ensure_ascii=False).encode())


def problem(status: int, title: str, detail: str) -> HttpResponse:
    """An error as `application/problem+json`."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}, ensure_ascii=False)
    return HttpResponse(status, (("Content-Type", "application/problem+json"),), body.encode())
