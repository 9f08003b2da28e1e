"""A function called at once, its answer awaited: so `start` hands a request to intake. Importing it imports the SDK."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from alibabacloud_fc20230330 import models
from Tea.exceptions import TeaException

from refresh_watch.errors import EngineError
from refresh_watch.function_compute.transport import Calls, long_call


@dataclass(frozen=True)
class Answered:
    """What the function said: an HTTP status, and decoded JSON."""

    status: int
    body: Any


def invoke(calls: Calls, function: str, payload: bytes) -> Answered:
    """Call `function` with `payload`.

    A function with an HTTP trigger may be answered for as one: an HTTP error, a response as JSON, and plain JSON
    are all understood. Raises EngineError when the function failed or gave no JSON.
    """
    name = calls.name(function)

    def ask(client: Any) -> Any:
        request = models.InvokeFunctionRequest(body=payload)
        headers = models.InvokeFunctionHeaders(common_headers={}, x_fc_invocation_type="Sync")
        try:
            return client.invoke_function_with_options(name, request, headers, long_call())
        except TeaException as error:
            body = getattr(error, "data", None)
            if isinstance(body, dict) and isinstance(body.get("detail"), str):
                return Answered(int(getattr(error, "status_code", None) or 500), body)
            raise

    answer = calls.call(f"invoke {name}", ask)
    return answer if isinstance(answer, Answered) else _read(name, answer)


def _read(name: str, answer: Any) -> Answered:
    failed = {str(key).lower(): value for key, value in (answer.headers or {}).items()}.get("x-fc-error-type")
    if failed:
        # its own words stay out: they may hold anything
        raise EngineError(f"{name} failed: {str(failed)[:60]}; the function's log says why")
    raw = answer.body.read() if hasattr(answer.body, "read") else answer.body
    status, body = answer.status_code or 200, _json(name, raw)
    if isinstance(body, dict) and "statusCode" in body and "body" in body:
        status, body = int(body["statusCode"]), _json(name, body["body"])
    if isinstance(body, dict) and body.get("type") == "about:blank" and isinstance(body.get("status"), int):
        status = body["status"]  # problem details (RFC 9457) in a plain answer
    return Answered(status, body)


def _json(name: str, text: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        raise EngineError(f"{name} answered with something that is no JSON") from None
