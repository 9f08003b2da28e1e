"""The body of an answer, read with care: it comes from outside."""

from __future__ import annotations

import json
from typing import Any

from refresh_watch.channels.delivery.outcome import Response


def json_object(response: Response) -> dict[str, Any] | None:
    """The body, where it is a JSON object; else None."""
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def whole(value: object) -> int | None:
    """A whole number, also one written as a string; else None."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None
