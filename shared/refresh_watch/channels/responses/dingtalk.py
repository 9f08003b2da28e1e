"""What DingTalk's answers mean (open.dingtalk.com and answers that others have logged): a refusal is a 200 too."""

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
from refresh_watch.channels.responses.retry_after import http_date, retry_after
from refresh_watch.instants import Seconds

BLOCK: Seconds = 600.0
"""A robot over its 20 messages a minute takes none for so long; whoever asks sooner learns nothing."""

_OURS = "refresh-watch sent what DingTalk cannot read: please report it"
_QUOTA = "wait until the organisation's quota is reset, or raise it, then replay"
_BAD_TOKEN = partial(Permanent, reason="bad token", hint="copy the robot's URL again into the channel's `url`")
_ROBOT_GONE = partial(
    Permanent, reason="robot gone", hint="the robot was stopped or removed, or its group disbanded: make a new one"
)
_MISSING_PARAMETER = 40035
_BY_CODE: dict[int | None, Callable[..., DeliveryOutcome]] = {
    -1: partial(Retry, reason="system busy", after=30.0),
    300001: _BAD_TOKEN,
    300005: _BAD_TOKEN,
    400101: _BAD_TOKEN,
    _MISSING_PARAMETER: _BAD_TOKEN,
    400102: _ROBOT_GONE,
    400106: _ROBOT_GONE,
    400013: _ROBOT_GONE,
    400105: partial(Permanent, reason="unsupported msgtype", hint=_OURS),
    43004: partial(Permanent, reason="wrong Content-Type", hint=_OURS),
    43002: partial(Permanent, reason="needs POST", hint=_OURS),
    460101: TooLarge,
    101002: TooLarge,
    430101: ContentRejected,
    430102: ContentRejected,
    430103: ContentRejected,
    430104: ContentRejected,
    90030: partial(Permanent, reason="quota of robot messages used up", hint=_QUOTA),
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


def classify(response: Response) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with errcode 0; a code that is not known is a failure, by its words if they say."""
    answer = json_object(response)
    if answer is None:
        return _by_words(response, None, "", {"http_status": response.status})
    code = whole(answer.get("errcode"))
    message = vendor_text(answer.get("errmsg", ""))
    said: dict[str, Any] = {
        "http_status": response.status,
        "vendor_code": vendor_text(answer.get("errcode", answer.get("status", ""))),
        "vendor_message": message,
    }
    if code == 0 and response.status == 200:
        return Delivered(**said)
    if code in _RATE_LIMITED or "punish" in answer or whole(answer.get("status")) == 1111:
        wait = min(whole(answer.get("wait")) or 0, 86_400)
        least = BLOCK if code in _RATE_LIMITED else LIMITED
        return limited(retry_after(response), least=max(least, float(wait)), **said)
    if code == _MISSING_PARAMETER and "token" not in message.lower():
        return Permanent(reason="a parameter is missing", hint=_OURS, **said)
    if code in _BY_CODE:
        return _BY_CODE[code](**said)
    return _security(response, message, said) if code == _SECURITY else _by_words(response, code, message, said)


def _by_words(response: Response, code: int | None, message: str, said: dict[str, Any]) -> DeliveryOutcome:
    # the codes have changed over time
    if _TOO_FAST_WORDS.search(message):
        return limited(retry_after(response), least=LIMITED, **said)
    if response.status == 429:
        return limited(retry_after(response), **said)
    if _TOO_LONG_WORDS.search(message):
        return TooLarge(**said)
    if code is None or code == 0:
        return by_status(response, "errcode of DingTalk")
    return Retry(reason="a code that is not known", after=60.0, **said)


def _security(response: Response, message: str, said: dict[str, Any]) -> Permanent:
    which = next((which for words, which in _SECURITY_WORDS if words.search(message)), "")
    if which != "timestamp":
        reason, hint = _SECURITY_HINTS[which]
        return Permanent(reason=reason, hint=hint, **said)
    there = http_date(response.header("date"))
    if there is None:
        hint = f"set this machine's clock (at most an hour is allowed), or {_SECURITY_HINTS['sign'][1]}"
        return Permanent(reason="timestamp refused", hint=hint, once_more=True, **said)
    skew = abs(response.asked_at - there)
    if skew < _SKEW_THAT_IS_NONE:  # a robot that wants signatures and gets none says the same
        reason, hint = _SECURITY_HINTS["sign"]
        return Permanent(reason=reason, hint=hint, **said)
    hint = f"this machine's clock differs from DingTalk's by {skew:.0f} s; at most an hour is allowed: set the clock"
    return Permanent(reason="clock skew", hint=hint, once_more=True, **said)
