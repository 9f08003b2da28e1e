"""What a Feishu or Lark custom bot answers (custom bot usage guide and answers that others have logged).

A refusal is a 200 too. `code` counts; `StatusCode`, its twin of old, is read only where `code` is missing, and it never
stands for a delivery.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from refresh_watch.channels.contract import (
    ChannelResponse,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    TooLarge,
)
from refresh_watch.channels.responses.body import answer_fields, json_object, vendor_text, whole
from refresh_watch.channels.responses.by_status import UNKNOWN_CODE, by_status, limited
from refresh_watch.channels.responses.retry_after import http_date, retry_after
from refresh_watch.instants import Seconds

_RATE_LIMITED = (11232, 99991400)  # 11232 also when the bots of all tenants post at once, at the full and half hour
_BAD_BODY = 9499  # with other words it is a rate limit
_BAD_SIGNATURE = 19021
_MOST_SKEW: Seconds = 3600.0

_BY_CODE: dict[int | None, DeliveryOutcome] = {
    # another form of the message may pass: the lowest rung is no card
    _BAD_BODY: ContentRejected(),
    19002: ContentRejected(),
    19036: TooLarge(),
    19001: Permanent("bad hook", hint="copy the bot's webhook URL again into the channel's `url`"),
    19022: Permanent(
        "address not in the bot's list",
        hint="add the outgoing address of refresh-watch to the bot's IP whitelist",
    ),
    19024: Permanent("keyword missing", hint="set the channel's `keyword` to a keyword of the bot"),
}
_TOO_FAST_WORDS = re.compile(r"too many|too fast|frequen|rate.?limit|限流|频率|频繁|过快", re.IGNORECASE)
_CARD_WORDS = re.compile(r"\b200621\b|card json|create card content", re.IGNORECASE)
_TOO_LONG_WORDS = re.compile(r"too (long|large)|exceed.*(length|size|limit)|length.*limit|过长|过大", re.IGNORECASE)


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with code 0; a code that is not known is a failure, by its words if they say."""
    answer = json_object(response) or {}
    code = whole(answer.get("code", answer.get("StatusCode")))
    message = vendor_text(answer.get("msg", answer.get("StatusMessage", "")))
    fields = answer_fields(response, answer.get("code", answer.get("StatusCode", "")), message)
    if whole(answer.get("code")) == 0 and response.status == 200:
        return Delivered(**fields)
    known = code in _BY_CODE or code == _BAD_SIGNATURE
    too_fast = (code == _BAD_BODY or not known) and _TOO_FAST_WORDS.search(message)
    if code in _RATE_LIMITED or response.status == 429 or too_fast:
        return limited(_asked_for(response), **fields)
    if code == _BAD_SIGNATURE:
        return _bad_signature(response, fields)
    return replace(_BY_CODE[code], **fields) if code in _BY_CODE else _by_words(response, code, message, fields)


def _by_words(response: ChannelResponse, code: int | None, message: str, fields: dict[str, Any]) -> DeliveryOutcome:
    # a bad card comes under several codes
    if _CARD_WORDS.search(message):
        return ContentRejected(**fields)
    if _TOO_LONG_WORDS.search(message):
        return TooLarge(**fields)
    if code is None or code == 0:
        return by_status(response, "code of the bot")
    return replace(UNKNOWN_CODE, **fields)


def _asked_for(response: ChannelResponse) -> Seconds | None:
    """The platform's own header, in seconds, before the usual one."""
    reset = response.header("x-ogw-ratelimit-reset").strip()
    return float(reset[:9]) if reset.isascii() and reset.isdigit() else retry_after(response)


def _bad_signature(response: ChannelResponse, fields: dict[str, Any]) -> Permanent:
    # one code for both: a wrong secret, and a timestamp more than an hour off
    there = http_date(response.header("date"))
    skew = abs(response.asked_at - there) if there is not None else 0.0
    if skew > _MOST_SKEW:
        hint = (
            f"this machine's clock is {skew:.0f} s off, an hour is allowed: set it, then compare the channel's `secret`"
        )
        return Permanent("clock skew", hint=hint, **fields)
    hint = "copy the bot's signing secret into the channel's `secret`; if it is right, compare this machine's clock"
    return Permanent("signature does not match", hint=hint, **fields)
