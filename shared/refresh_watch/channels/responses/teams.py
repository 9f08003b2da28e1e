"""What a Workflows webhook of Teams answers: 202 before the card is posted, so nothing is ever proven.

Codes: learn.microsoft.com (Logic Apps, Request trigger) and answers that others have logged. An Office 365 connector,
and whatever stands in front of a workflow, may put an error's text into a 200.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from refresh_watch.channels.contract import (
    Accepted,
    ChannelResponse,
    ContentRejected,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses.body import answer_fields, json_object, vendor_text
from refresh_watch.channels.responses.by_status import by_status, limited
from refresh_watch.channels.responses.retry_after import retry_after

_OFF = Permanent(
    "the workflow is turned off or deleted",
    hint="turn the workflow on in the Workflows app of Teams, or put the URL of a new one into the channel's `url`",
)
_NOT_ALLOWED = Permanent(
    "the workflow does not accept us",
    hint="let anyone trigger the workflow, then copy its URL, which has sig= in it, into the channel's `url` again",
)
_BY_CODE: dict[str, DeliveryOutcome] = {
    "WorkflowTriggerIsNotEnabled": _OFF,
    "WorkflowTriggerNotFound": _OFF,
    "WorkflowNotFound": _OFF,
    "WorkflowDisabled": _OFF,
    "DirectApiAuthorizationRequired": _NOT_ALLOWED,
    "DirectApiInvalidAuthorizationScheme": _NOT_ALLOWED,
    "AuthorizationFailed": _NOT_ALLOWED,
    "TriggerInputSchemaMismatch": ContentRejected(),
    "RequestEntityTooLarge": TooLarge(),
}
_BY_STATUS: dict[int, DeliveryOutcome] = {
    400: Permanent("bad request", hint="look at the run history of the workflow that the channel's `url` names"),
    401: _NOT_ALLOWED,
    403: _NOT_ALLOWED,
    404: _OFF,
    410: _OFF,
    413: TooLarge(),
}
_TOO_FAST_WORDS = re.compile(r"\b429\b|too many|throttl|rate.?limit", re.IGNORECASE)
_TOO_LARGE_WORDS = re.compile(r"\b413\b|too (large|long)|size .*(exceed|limit)|exceed.* size", re.IGNORECASE)
_BAD_CARD_WORDS = re.compile(r"\berror 400\b|bad payload|summary or text|schema|\bcard\b", re.IGNORECASE)
_ERROR_WORDS = re.compile(
    r"error|fail|invalid|denied|unauthori[sz]ed|forbidden|not (found|enabled|allowed)|is required|exceed|bad payload"
    r"|bad request|bad gateway",
    re.IGNORECASE,
)


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Accepted for a 2xx that says nothing of an error; never Delivered."""
    answer = json_object(response)
    code, message = _error(response, answer)
    fields = answer_fields(response, code, message)
    fine = 200 <= response.status < 300
    if response.status == 429 or ((code or fine) and _TOO_FAST_WORDS.search(f"{code} {message}")):
        return limited(retry_after(response), **fields)
    if code in _BY_CODE:
        return replace(_BY_CODE[code], **fields)
    if fine and _is_page(response):
        return by_status(response, "answer of a workflow")
    if fine:
        is_error = bool(code) or _ERROR_WORDS.search(message) or _TOO_LARGE_WORDS.search(message)
        return _error_in_2xx(message, fields) if is_error else Accepted(**fields)
    known = _BY_STATUS.get(response.status)
    return replace(known, **fields) if known else by_status(response, "answer")


def _error_in_2xx(message: str, fields: dict[str, Any]) -> DeliveryOutcome:
    if _TOO_LARGE_WORDS.search(message):
        return TooLarge(**fields)
    if _BAD_CARD_WORDS.search(message):
        return ContentRejected(**fields)
    return Temporary(f"an error in a {fields['http_status']}", after=60.0, **fields)


def _error(response: ChannelResponse, answer: dict[str, Any] | None) -> tuple[str, str]:
    """Code and words of ``{"error": {"code", "message"}}``; else no code, and what the body says."""
    if answer is None:
        return "", vendor_text(response.text)
    error = answer.get("error")
    if isinstance(error, dict) and error:
        return vendor_text(error.get("code", "")) or "error", vendor_text(error.get("message", ""))
    if error:
        return "error", vendor_text(error)
    words = (answer.get(key) for key in ("status", "code", "message"))
    return "", vendor_text(" ".join(str(word) for word in words if isinstance(word, str)))


def _is_page(response: ChannelResponse) -> bool:
    """A page of whatever stands between us and the workflow."""
    return response.body.lstrip().startswith(b"<") or response.header("content-type").startswith("text/html")
