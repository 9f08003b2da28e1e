"""What a WeCom group robot answers (answers that others have logged): a refusal is a 200 too."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from refresh_watch.channels.delivery.outcome import (
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
from refresh_watch.channels.responses.by_status import LIMITED, by_status, limited
from refresh_watch.channels.responses.retry_after import retry_after

_RATE_LIMITED = (45009, 45033)  # too many, too many at once
_BAD_PARAMETER = 40058  # the words say which, and whether it was only too long

_BY_CODE: dict[int | None, Callable[..., DeliveryOutcome]] = {
    -1: partial(Retry, reason="system busy", after=30.0),
    _BAD_PARAMETER: ContentRejected,
    45002: TooLarge,
    93000: partial(
        Permanent,
        reason="bad webhook",
        hint="the key is wrong or the robot was removed from its group: copy the robot's URL into the channel's `url`",
    ),
}
_TOO_FAST_WORDS = re.compile(r"freq|too fast|too many|rate.?limit|频率|频繁", re.IGNORECASE)
_TOO_LONG_WORDS = re.compile(r"exceed\w* max length|too (long|large)|out of limit|过长|超长|超限", re.IGNORECASE)


def classify(response: Response) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with errcode 0; a code that is not known is a refusal for good."""
    answer = json_object(response) or {}
    code = whole(answer.get("errcode"))
    message = vendor_text(answer.get("errmsg", ""))
    said: dict[str, Any] = {
        "http_status": response.status,
        "vendor_code": vendor_text(answer.get("errcode", "")),
        "vendor_message": message,
    }
    if code == 0 and response.status == 200:
        return Delivered(**said)
    unknown = code not in _BY_CODE
    if code in _RATE_LIMITED or response.status == 429 or (unknown and _TOO_FAST_WORDS.search(message)):
        return limited(retry_after(response), least=LIMITED, **said)
    if _TOO_LONG_WORDS.search(message) and (unknown or code == _BAD_PARAMETER):
        return TooLarge(**said)
    if code in _BY_CODE:
        return _BY_CODE[code](**said)
    if code is None or code == 0:
        return by_status(response, "errcode of WeCom")
    hint = "look the code up in WeCom's list of error codes, and compare the channel's `url` with the robot's"
    return Permanent(reason="refused by WeCom", hint=hint, **said)
