"""What DingTalk's answers mean (open.dingtalk.com and answers that others have logged): a refusal is a 200 too."""

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
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses.body import answer_fields, json_object, vendor_text, whole
from refresh_watch.channels.responses.by_status import LIMITED, UNKNOWN_CODE, by_status, limited
from refresh_watch.channels.responses.retry_after import http_date, pause_in_body, retry_after
from refresh_watch.instants import Seconds

BLOCK: Seconds = 600.0
"""A robot over its 20 messages a minute takes none for so long: a post before that tells nothing new."""

_OURS = "refresh-watch sent what DingTalk cannot read: please report it"
_QUOTA = "wait until the organisation's quota is reset, or raise it, then replay"
_BAD_TOKEN = Permanent("bad token", hint="copy the robot's URL again into the channel's `url`")
_ROBOT_GONE = Permanent("robot gone", hint="the robot was stopped or removed, or its group disbanded: make a new one")
_MISSING_PARAMETER = 40035
_BY_CODE: dict[int | None, DeliveryOutcome] = {
    -1: Temporary("system busy", after=30.0),
    **dict.fromkeys((300001, 300005, 400101, _MISSING_PARAMETER), _BAD_TOKEN),
    **dict.fromkeys((400102, 400106, 400013), _ROBOT_GONE),
    400105: Permanent("unsupported msgtype", hint=_OURS),
    43004: Permanent("wrong Content-Type", hint=_OURS),
    43002: Permanent("needs POST", hint=_OURS),
    460101: TooLarge(),
    101002: TooLarge(),
    **dict.fromkeys((430101, 430102, 430103, 430104), ContentRejected()),
    90030: Permanent("quota of robot messages used up", hint=_QUOTA),
}
_SKEW_THAT_IS_NONE: Seconds = 600.0
_RATE_LIMITED = (130101, 410100)
_SECURITY = 310000

_TOO_FAST_WORDS = re.compile(
    r"too fast|too many|frequen|rate.?limit|limit(ed)? .*rate|限流|频率|频繁|过快", re.IGNORECASE
)
_TOO_LONG_WORDS = re.compile(r"too (long|large)|超长|过长|过大", re.IGNORECASE)
_SECURITY_WORDS = (
    (re.compile(r"timestamp|expire|过期", re.IGNORECASE), "timestamp"),
    (re.compile(r"keyword|关键词|关键字", re.IGNORECASE), "keyword"),
    (re.compile(r"whitelist|white list|白名单", re.IGNORECASE), "ip"),
    (re.compile(r"sign|签名", re.IGNORECASE), "sign"),
)
_SECURITY_HINTS = {
    "keyword": ("keyword missing", "set the channel's `keyword` to a keyword of the robot"),
    "ip": ("address not in the robot's list", "add the outgoing address of refresh-watch to the robot's IP list"),
    "sign": ("signature missing or wrong", "copy the robot's signing secret (SEC…) into the channel's `secret`"),
    "": ("security settings", "compare the robot's security settings with the channel's `secret` and `keyword`"),
}


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with errcode 0; a code that is not known is a failure, by its words if they say."""
    answer = json_object(response)
    if answer is None:
        return _by_words(response, None, "", {"http_status": response.status})
    code = whole(answer.get("errcode"))
    message = vendor_text(answer.get("errmsg", ""))
    fields = answer_fields(response, answer.get("errcode", answer.get("status", "")), message)
    if code == 0 and response.status == 200:
        return Delivered(**fields)
    if code in _RATE_LIMITED or "punish" in answer or whole(answer.get("status")) == 1111:
        least = BLOCK if code in _RATE_LIMITED else LIMITED
        return limited(retry_after(response), least=max(least, pause_in_body(answer.get("wait")) or 0.0), **fields)
    if code == _MISSING_PARAMETER and "token" not in message.lower():
        return Permanent("a parameter is missing", hint=_OURS, **fields)
    if code in _BY_CODE:
        return replace(_BY_CODE[code], **fields)
    return _security(response, message, fields) if code == _SECURITY else _by_words(response, code, message, fields)


def _by_words(response: ChannelResponse, code: int | None, message: str, fields: dict[str, Any]) -> DeliveryOutcome:
    # the codes have changed over time
    if _TOO_FAST_WORDS.search(message):
        return limited(retry_after(response), least=LIMITED, **fields)
    if response.status == 429:
        return limited(retry_after(response), **fields)
    if _TOO_LONG_WORDS.search(message):
        return TooLarge(**fields)
    if code is None or code == 0:
        return by_status(response, "errcode of DingTalk")
    return replace(UNKNOWN_CODE, **fields)


def _security(response: ChannelResponse, message: str, fields: dict[str, Any]) -> Permanent:
    which = next((which for words, which in _SECURITY_WORDS if words.search(message)), "")
    if which != "timestamp":
        reason, hint = _SECURITY_HINTS[which]
        return Permanent(reason, hint=hint, **fields)
    there = http_date(response.header("date"))
    if there is None:
        hint = f"set this machine's clock (at most an hour is allowed), or {_SECURITY_HINTS['sign'][1]}"
        return Permanent("timestamp refused", hint=hint, once_more=True, **fields)
    skew = abs(response.asked_at - there)
    if skew < _SKEW_THAT_IS_NONE:  # a robot that wants signatures and gets none says the same
        reason, hint = _SECURITY_HINTS["sign"]
        return Permanent(reason, hint=hint, **fields)
    hint = f"this machine's clock differs from DingTalk's by {skew:.0f} s; at most an hour is allowed: set the clock"
    return Permanent("clock skew", hint=hint, once_more=True, **fields)
