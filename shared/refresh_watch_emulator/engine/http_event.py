"""Plain HTTP to and from a handler with an HTTP trigger: the v1 event and its answer."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote

from refresh_watch.instants import Instant, format_instant
from refresh_watch_emulator.engine.manifest import ACCOUNT_ID
from refresh_watch_emulator.web.messages import JSON_TYPE, HttpRequest, HttpResponse, json_response


def event_of(request: HttpRequest, path: str, domain: str, request_id: str, now: Instant) -> bytes:
    """Write the event of a request that reached the trigger under ``path`` (as on the wire)."""
    body, is_base64 = _text(request.body)
    event = {
        "version": "v1",
        "rawPath": path,
        "body": body,
        "isBase64Encoded": is_base64,
        "headers": _joined((_canonical(name), value) for name, value in request.headers),
        "queryParameters": _joined(parse_qsl(request.query, keep_blank_values=True)),
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": request.method,
                "path": unquote(path),
                "protocol": "HTTP/1.1",
                "sourceIp": request.client,
                "userAgent": request.header("User-Agent"),
            },
            "requestId": request_id,
            "time": format_instant(now),
            "timeEpoch": str(round(now * 1000)),
        },
    }
    return json.dumps(event, ensure_ascii=False).encode()


def response_of(result: bytes) -> HttpResponse:
    """Read what a handler returned: a mapping with statusCode, else the body of a plain 200."""
    try:
        value = json.loads(result)
    except ValueError:
        value = None
    if not isinstance(value, dict) or "statusCode" not in value:
        return HttpResponse(200, (JSON_TYPE,), result)
    try:
        return _response(value)
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return json_response(502, {"Code": "BadResponse", "Message": "what the function returned is no HTTP response"})


def _response(value: dict[str, Any]) -> HttpResponse:
    status = int(value["statusCode"])
    if not 200 <= status <= 599:
        raise ValueError(status)
    headers = tuple((str(name), str(text)) for name, text in (value.get("headers") or {}).items())
    if any("\n" in text or "\r" in text for pair in headers for text in pair):
        raise ValueError(headers)
    "".join(name + text for name, text in headers).encode("latin-1")
    body = value.get("body") or ""
    if not isinstance(body, str):
        raise TypeError(body)
    data = base64.b64decode(body, validate=True) if value.get("isBase64Encoded") else body.encode()
    return HttpResponse(status, headers, data)


def _text(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _canonical(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))
