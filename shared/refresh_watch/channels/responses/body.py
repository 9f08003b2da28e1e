"""The body of an answer, read with care: it comes from outside."""

from __future__ import annotations

import json
from typing import Any

from refresh_watch.channels.contract import ChannelResponse

VENDOR_MESSAGE = 256
"""Characters of a vendor's message that are kept."""


def vendor_text(text: object) -> str:
    """What a vendor wrote, fit for a log line: printable, one line, at most VENDOR_MESSAGE characters."""
    printable = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(printable.split())[:VENDOR_MESSAGE]


def answer_fields(response: ChannelResponse, code: object, message: object) -> dict[str, Any]:
    """What an outcome carries of the answer: the fields of `DeliveryOutcome`."""
    return {
        "http_status": response.status,
        "vendor_code": vendor_text(code),
        "vendor_message": vendor_text(message),
    }


def json_object(response: ChannelResponse) -> dict[str, Any] | None:
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
