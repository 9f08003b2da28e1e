"""What PagerDuty's answers mean (developer.pagerduty.com, Events API v2: response codes; bodies as others logged)."""

from __future__ import annotations

import re
from typing import Any

from refresh_watch.channels.delivery.outcome import (
    Delivered,
    DeliveryOutcome,
    Permanent,
    Response,
    Retry,
    TooLarge,
    vendor_text,
)
from refresh_watch.channels.responses.body import json_object
from refresh_watch.channels.responses.by_status import by_status, limited
from refresh_watch.channels.responses.retry_after import retry_after

_KEY_WORDS = re.compile(r"routing.?key|integration.?key|service.?key|invalid key", re.IGNORECASE)
_TOO_LARGE_WORDS = re.compile(r"too (large|long|big)|512|exceeds? .*(size|limit)", re.IGNORECASE)
_TOO_FAST_WORDS = re.compile(r"throttle|rate limit|request limit|too (many|quickly)", re.IGNORECASE)
_KEY_HINT = "put the 32 characters of the service's Events API v2 integration key into the channel's `secret`"


def classify(response: Response) -> DeliveryOutcome:
    """Delivered only for a 202 whose status is success."""
    answer = json_object(response)
    status = vendor_text(answer.get("status", "")) if answer is not None else ""
    if answer is None or not status:
        return by_status(response, "status of PagerDuty")
    words = _words(answer)
    said: dict[str, Any] = {"http_status": response.status, "vendor_code": status, "vendor_message": words}
    if status == "success":
        return Delivered(**said) if response.status == 202 else by_status(response, "202 of PagerDuty")
    if response.status == 429 or _TOO_FAST_WORDS.search(f"{status} {words}"):
        return limited(retry_after(response), **said)
    if response.status == 413 or _TOO_LARGE_WORDS.search(words):
        return TooLarge(**said)
    if response.status == 400 or 200 <= response.status < 300:
        return _refused(status, words, said)
    return by_status(response, "answer of PagerDuty")


def _refused(status: str, words: str, said: dict[str, Any]) -> DeliveryOutcome:
    if _KEY_WORDS.search(f"{status} {words}"):
        return Permanent(reason="routing key not accepted", hint=_KEY_HINT, **said)
    if said["http_status"] == 400:
        hint = "refresh-watch sent what PagerDuty does not take: please report it"
        return Permanent(reason="invalid event", hint=hint, **said)
    return Retry(reason="a status that is not known", after=60.0, **said)


def _words(answer: dict[str, Any]) -> str:
    """The message and the errors in one line."""
    errors = answer.get("errors", [])
    each = errors if isinstance(errors, list) else [errors]
    return vendor_text(": ".join(str(part) for part in (answer.get("message", ""), ", ".join(map(str, each))) if part))
