"""What a WeCom group robot answers (answers that others have logged): a refusal is a 200 too."""

from __future__ import annotations

import re
from dataclasses import replace

from refresh_watch.channels.contract import (
    ChannelResponse,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses.body import answer_fields, json_object, vendor_text, whole
from refresh_watch.channels.responses.by_status import LIMITED, by_status, limited
from refresh_watch.channels.responses.retry_after import retry_after

_RATE_LIMITED = (45009, 45033)  # too many, too many at once
_BAD_PARAMETER = 40058  # the words say which, and whether it was only too long

_BY_CODE: dict[int | None, DeliveryOutcome] = {
    -1: Temporary("system busy", after=30.0),
    _BAD_PARAMETER: ContentRejected(),
    45002: TooLarge(),
    93000: Permanent(
        "bad webhook",
        hint="the key is wrong or the robot was removed from its group: copy the robot's URL into the channel's `url`",
    ),
}
_TOO_FAST_WORDS = re.compile(r"freq|too fast|too many|rate.?limit|频率|频繁", re.IGNORECASE)
_TOO_LONG_WORDS = re.compile(r"exceed\w* max length|too (long|large)|out of limit|过长|超长|超限", re.IGNORECASE)


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with errcode 0; a code that is not known is a refusal for good."""
    answer = json_object(response) or {}
    code = whole(answer.get("errcode"))
    message = vendor_text(answer.get("errmsg", ""))
    fields = answer_fields(response, answer.get("errcode", ""), message)
    if code == 0 and response.status == 200:
        return Delivered(**fields)
    unknown = code not in _BY_CODE
    if code in _RATE_LIMITED or response.status == 429 or (unknown and _TOO_FAST_WORDS.search(message)):
        return limited(retry_after(response), least=LIMITED, **fields)
    if _TOO_LONG_WORDS.search(message) and (unknown or code == _BAD_PARAMETER):
        return TooLarge(**fields)
    if code in _BY_CODE:
        return replace(_BY_CODE[code], **fields)
    if code is None or code == 0:
        return by_status(response, "errcode of WeCom")
    hint = "look the code up in WeCom's list of error codes, and compare the channel's `url` with the robot's"
    return Permanent("refused by WeCom", hint=hint, **fields)
