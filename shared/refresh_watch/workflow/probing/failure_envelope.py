"""The onFailure envelope of a probe that failed on request: its form is kept, and no value of the event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from refresh_watch.function_compute.tasks import Engine
from refresh_watch.workflow.probing.probe import ENVELOPE, keep, name_of, read_probe

_MOST_KEYS = 32


def keep_envelope(event: bytes, given: Mapping[str, Any], engine: Engine) -> bool:
    """Keep the form of an envelope whose failed event is a probe; False, and nothing is kept, for any other event."""
    probe = read_probe(event)
    if probe is None:
        return False
    keep(probe, ENVELOPE, _form_of(given), engine)
    return True


def _form_of(given: Mapping[str, Any]) -> dict[str, Any]:
    context, response = _dict(given.get("requestContext")), _dict(given.get("responseContext"))
    return {
        "keys": _keys(given),
        "requestContext": _keys(context),
        "responseContext": _keys(response),
        "function": _form_of_arn(context.get("functionArn")),
        "condition": name_of(context.get("condition", "")),
        "invocations": _number(context.get("approximateInvokeCount")),
        "statusCode": _number(response.get("statusCode")),
        "functionError": name_of(response.get("functionError", "")),
        "requestPayload": _kind_of(given.get("requestPayload")),
        "timestamp": _number(given.get("timestamp")),
    }


def _keys(value: Mapping[Any, Any]) -> list[str]:
    return sorted(name_of(key) for key in list(value)[:_MOST_KEYS])


def _form_of_arn(arn: object) -> str:
    """Where account and region would stand, and the function's name: it says whose failure it was."""
    text = re.sub(r"^acs:fc:[a-z0-9-]*:\d*:", "acs:fc:<region>:<account>:", str(arn)[:200])
    return re.sub(r"[^A-Za-z0-9_.:/<>-]|\d{6,}", "?", text)


def _kind_of(value: object) -> str:
    names = {str: "text", dict: "object", list: "list", int: "number", float: "number", type(None): "nothing"}
    return names.get(type(value), "something else")


def _number(value: object) -> int | float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e16 else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
