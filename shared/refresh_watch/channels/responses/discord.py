"""What a webhook of Discord answers (discord.com/developers, HTTP and JSON error codes)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from refresh_watch.channels.delivery.outcome import (
    Accepted,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Response,
    Retry,
    TooLarge,
    vendor_text,
)
from refresh_watch.channels.responses.body import json_object, whole
from refresh_watch.channels.responses.by_status import by_status, limited
from refresh_watch.channels.responses.retry_after import retry_after
from refresh_watch.instants import Seconds

BAN: Seconds = 600.0
"""Whoever is refused 10,000 times in ten minutes is shut out; what is sent meanwhile only prolongs it."""

_LONGEST_PAUSE: Seconds = 86_400.0

_OURS = "refresh-watch sent what Discord cannot read: please report it"
_GONE = partial(
    Permanent,
    reason="webhook gone",
    hint="the webhook was deleted: make a new one and put its address into the channel's `url`",
)
_BAD_TOKEN = partial(Permanent, reason="bad token", hint="copy the webhook's address again into the channel's `url`")
_NO_ACCESS = partial(
    Permanent,
    reason="no permission",
    hint="the webhook may not post there: make a new one and put its address into the channel's `url`",
)
_THREAD = partial(
    Permanent,
    reason="thread closed",
    hint="the thread is locked or archived: reopen it, or give another thread_id in the channel's `url`",
)
_FORUM = partial(
    Permanent,
    reason="needs a thread",
    hint="a forum takes posts in its threads only: add ?thread_id= of one to the channel's `url`",
)
_BY_CODE: dict[int | None, Callable[..., DeliveryOutcome]] = {
    10003: partial(
        Permanent,
        reason="Discord channel gone",
        hint="the Discord channel or the thread_id of the channel's `url` is gone: give another",
    ),
    10015: _GONE,
    50027: _BAD_TOKEN,
    40001: _BAD_TOKEN,
    50001: _NO_ACCESS,
    50013: _NO_ACCESS,
    50006: partial(Permanent, reason="empty message", hint=_OURS),
    50109: partial(Permanent, reason="invalid JSON", hint=_OURS),
    50083: _THREAD,
    160005: _THREAD,
    220001: _FORUM,
    220003: partial(
        Permanent, reason="no such thread", hint="only a forum takes it: remove thread_id from the channel's `url`"
    ),
    40005: TooLarge,
    20009: ContentRejected,
    200000: ContentRejected,
    200001: ContentRejected,
    240000: ContentRejected,
    130000: partial(Retry, reason="Discord is overloaded", after=60.0),
}
_RATE_LIMITED = (20016, 20022, 20028, 31001, 31002, 40062)
_SHUT_OUT = 40333
_INVALID_FORM = 50035
_MENTIONS = "allowed_mentions"
_TOO_LONG = re.compile(r'"(BASE_TYPE_(MAX|BAD)_LENGTH|MAX_EMBED_SIZE_EXCEEDED)"')


def classify(response: Response) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with the message that was posted, which ``wait=true`` asks for."""
    answer = json_object(response)
    if answer is None:
        return _without_words(response)
    code = whole(answer.get("code"))
    said: dict[str, Any] = {
        "http_status": response.status,
        "vendor_code": vendor_text(answer.get("code", "")),
        "vendor_message": vendor_text(answer.get("message", "")),
    }
    identity = answer.get("id")
    if response.status == 200 and "code" not in answer and isinstance(identity, str) and identity:
        return Delivered(**said)
    if response.status == 429 or code in _RATE_LIMITED or code == _SHUT_OUT:
        return limited(_told(response, answer), least=BAN if code == _SHUT_OUT else 0.0, **said)
    if code == _INVALID_FORM:
        return _invalid_form(answer.get("errors"), said)
    return _by_code(response, code, said)


def _by_code(response: Response, code: int | None, said: dict[str, Any]) -> DeliveryOutcome:
    if code in _BY_CODE:
        return _BY_CODE[code](**said)
    if response.status == 404:
        return _GONE(**said)
    if code is not None and response.status in (200, 400):
        return Retry(reason="a code that is not known", after=60.0, **said)
    return replace(by_status(response, "message of Discord"), **said)


def _without_words(response: Response) -> DeliveryOutcome:
    if response.status == 204:
        return Accepted(http_status=204)  # as without wait=true: taken, and not waited for
    if response.status == 404:
        return _GONE(http_status=404, vendor_message=vendor_text(response.body.decode("utf-8", "replace")))
    return by_status(response, "message of Discord")


def _invalid_form(errors: object, said: dict[str, Any]) -> DeliveryOutcome:
    """The body is well-formed and something in it is not allowed: `errors` names the fields and why."""
    if isinstance(errors, dict) and _MENTIONS in errors:
        return Permanent(reason="mentions refused", hint="correct the channel's `mention`", **said)
    return TooLarge(**said) if _TOO_LONG.search(json.dumps(errors)) else ContentRejected(**said)


def _told(response: Response, answer: dict[str, Any]) -> Seconds | None:
    """How long to wait: the header's whole seconds, or the body's, which are exact; the longer of both."""
    given = answer.get("retry_after")
    exact = float(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else math.nan
    pauses = [retry_after(response), min(max(exact, 0.0), _LONGEST_PAUSE) if math.isfinite(exact) else None]
    return max((pause for pause in pauses if pause is not None), default=None)
