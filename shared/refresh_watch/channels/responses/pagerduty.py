"""What PagerDuty's answers mean (developer.pagerduty.com, Events API v2: response codes; bodies as others logged)."""

from __future__ import annotations

import re
from typing import Any

from refresh_watch.channels.contract import (
    ChannelResponse,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses.body import answer_fields, json_object, vendor_text
from refresh_watch.channels.responses.by_status import by_status, limited
from refresh_watch.channels.responses.retry_after import retry_after

_KEY_WORDS = re.compile(r"routing.?key|integration.?key|service.?key|invalid key", re.IGNORECASE)
_TOO_LARGE_WORDS = re.compile(r"too (large|long|big)|512|exceeds? .*(size|limit)", re.IGNORECASE)
_TOO_FAST_WORDS = re.compile(r"throttle|rate limit|request limit|too (many|quickly)", re.IGNORECASE)
_KEY_HINT = "put the 32 characters of the service's Events API v2 integration key into the channel's `secret`"


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for a 202 whose status is success."""
    answer = json_object(response)
    status = vendor_text(answer.get("status", "")) if answer is not None else ""
    if answer is None or not status:
        return by_status(response, "status of PagerDuty")
    words = _words(answer)
    fields = answer_fields(response, status, words)
    if status == "success":
        return Delivered(**fields) if response.status == 202 else by_status(response, "202 of PagerDuty")
    if response.status == 429 or _TOO_FAST_WORDS.search(f"{status} {words}"):
        return limited(retry_after(response), **fields)
    if response.status == 413 or _TOO_LARGE_WORDS.search(words):
        return TooLarge(**fields)
    if response.status == 400 or 200 <= response.status < 300:
        return _refused(status, words, fields)
    return by_status(response, "answer of PagerDuty")


def _refused(status: str, words: str, fields: dict[str, Any]) -> DeliveryOutcome:
    if _KEY_WORDS.search(f"{status} {words}"):
        return Permanent("routing key not accepted", hint=_KEY_HINT, **fields)
    if fields["http_status"] == 400:
        hint = "refresh-watch sent what PagerDuty does not take: please report it"
        return Permanent("invalid event", hint=hint, **fields)
    return Temporary("a status that is not known", after=60.0, **fields)


def _words(answer: dict[str, Any]) -> str:
    """The message and the errors in one line."""
    errors = answer.get("errors", [])
    each = errors if isinstance(errors, list) else [errors]
    return vendor_text(": ".join(str(part) for part in (answer.get("message", ""), ", ".join(map(str, each))) if part))
