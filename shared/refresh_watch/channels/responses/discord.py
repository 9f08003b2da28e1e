"""What a webhook of Discord answers (discord.com/developers, HTTP and JSON error codes)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from refresh_watch.channels.contract import (
    Accepted,
    ChannelResponse,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses.body import answer_fields, json_object, whole
from refresh_watch.channels.responses.by_status import UNKNOWN_CODE, by_status, limited
from refresh_watch.channels.responses.retry_after import pause_in_body, retry_after
from refresh_watch.instants import Seconds

BAN: Seconds = 600.0
"""An address that is refused 10,000 times in ten minutes is blocked, and for longer if it goes on sending."""

_OURS = "refresh-watch sent what Discord cannot read: please report it"
_GONE = Permanent(
    "webhook gone",
    hint="the webhook was deleted: make a new one and put its address into the channel's `url`",
)
_BAD_TOKEN = Permanent("bad token", hint="copy the webhook's address again into the channel's `url`")
_NO_ACCESS = Permanent(
    "no permission",
    hint="the webhook may not post there: make a new one and put its address into the channel's `url`",
)
_THREAD = Permanent(
    "thread closed",
    hint="the thread is locked or archived: reopen it, or give another thread_id in the channel's `url`",
)
_FORUM = Permanent(
    "needs a thread",
    hint="a forum takes posts in its threads only: add ?thread_id= of one to the channel's `url`",
)
_BY_CODE: dict[int | None, DeliveryOutcome] = {
    10003: Permanent(
        "Discord channel gone",
        hint="the Discord channel or the thread_id of the channel's `url` is gone: give another",
    ),
    10015: _GONE,
    50027: _BAD_TOKEN,
    40001: _BAD_TOKEN,
    50001: _NO_ACCESS,
    50013: _NO_ACCESS,
    50006: Permanent("empty message", hint=_OURS),
    50109: Permanent("invalid JSON", hint=_OURS),
    50083: _THREAD,
    160005: _THREAD,
    220001: _FORUM,
    220003: Permanent("no such thread", hint="only a forum takes it: remove thread_id from the channel's `url`"),
    40005: TooLarge(),
    **dict.fromkeys((20009, 200000, 200001, 240000), ContentRejected()),
    130000: Temporary("Discord is overloaded", after=60.0),
}
_RATE_LIMITED = (20016, 20022, 20028, 31001, 31002, 40062)
_SHUT_OUT = 40333
_INVALID_FORM = 50035
_MENTIONS = "allowed_mentions"
_TOO_LONG = re.compile(r'"(BASE_TYPE_(MAX|BAD)_LENGTH|MAX_EMBED_SIZE_EXCEEDED)"')


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with the message that was posted, which ``wait=true`` asks for."""
    answer = json_object(response)
    if answer is None:
        return _without_json(response)
    code = whole(answer.get("code"))
    fields = answer_fields(response, answer.get("code", ""), answer.get("message", ""))
    identity = answer.get("id")
    if response.status == 200 and "code" not in answer and isinstance(identity, str) and identity:
        return Delivered(**fields)
    if response.status == 429 or code in _RATE_LIMITED or code == _SHUT_OUT:
        return limited(_asked_for(response, answer), least=BAN if code == _SHUT_OUT else 0.0, **fields)
    if code == _INVALID_FORM:
        return _invalid_form(answer.get("errors"), fields)
    return _by_code(response, code, fields)


def _by_code(response: ChannelResponse, code: int | None, fields: dict[str, Any]) -> DeliveryOutcome:
    if code in _BY_CODE:
        return replace(_BY_CODE[code], **fields)
    if response.status == 404:
        return replace(_GONE, **fields)
    if code is not None and response.status in (200, 400):
        return replace(UNKNOWN_CODE, **fields)
    return replace(by_status(response, "message of Discord"), **fields)


def _without_json(response: ChannelResponse) -> DeliveryOutcome:
    if response.status == 204:
        return Accepted(http_status=204)  # as without wait=true: taken, and not waited for
    if response.status == 404:
        return replace(_GONE, **answer_fields(response, "", response.text))
    return by_status(response, "message of Discord")


def _invalid_form(errors: object, fields: dict[str, Any]) -> DeliveryOutcome:
    """The body is well-formed and something in it is not allowed: `errors` names the fields and why."""
    if isinstance(errors, dict) and _MENTIONS in errors:
        return Permanent("mentions refused", hint="correct the channel's `mention`", **fields)
    return TooLarge(**fields) if _TOO_LONG.search(json.dumps(errors)) else ContentRejected(**fields)


def _asked_for(response: ChannelResponse, answer: dict[str, Any]) -> Seconds | None:
    """How long to wait: the header's whole seconds, or the body's, which are exact; the longer of both."""
    pauses = (retry_after(response), pause_in_body(answer.get("retry_after")))
    return max((pause for pause in pauses if pause is not None), default=None)
