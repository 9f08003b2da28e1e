"""What an incoming webhook of Slack answers (docs.slack.dev, and answers that others have logged): a bare word, or JSON
with `ok` and `error`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
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
from refresh_watch.channels.responses.by_status import by_status, limited
from refresh_watch.channels.responses.retry_after import retry_after

_OURS = "refresh-watch sent what Slack cannot read: please report it"
_GONE = "the webhook was removed or switched off: make a new one and put its address into the channel's `url`"
_CHANNEL_GONE = "make a webhook for another channel of Slack and put its address into the channel's `url`"
_WORKSPACE_GONE = "the workspace is gone or disabled: put a webhook of another one into the channel's `url`"
_ADMINISTRATOR = "ask an administrator of the workspace to allow it, or put another webhook into the channel's `url`"

_BY_CODE: dict[str, Callable[..., DeliveryOutcome]] = {
    "invalid_payload": partial(Permanent, reason="invalid payload", hint=_OURS),
    "no_text": partial(Permanent, reason="no text", hint=_OURS),
    "too_many_attachments": partial(Permanent, reason="too many attachments", hint=_OURS),
    "invalid_token": partial(
        Permanent, reason="bad token", hint="copy the webhook's address again into the channel's `url`"
    ),
    "no_service": partial(Permanent, reason="webhook gone", hint=_GONE),
    "no_service_id": partial(Permanent, reason="webhook gone", hint=_GONE),
    "no_active_hooks": partial(Permanent, reason="webhook gone", hint=_GONE),
    "no_team": partial(Permanent, reason="workspace gone", hint=_WORKSPACE_GONE),
    "team_disabled": partial(Permanent, reason="workspace gone", hint=_WORKSPACE_GONE),
    "user_not_found": partial(Permanent, reason="the person it posts to is gone", hint=_CHANNEL_GONE),
    "channel_not_found": partial(Permanent, reason="Slack channel gone", hint=_CHANNEL_GONE),
    "channel_is_archived": partial(Permanent, reason="Slack channel archived", hint=_CHANNEL_GONE),
    "action_prohibited": partial(Permanent, reason="prohibited in the workspace", hint=_ADMINISTRATOR),
    "posting_to_general_channel_denied": partial(Permanent, reason="prohibited in #general", hint=_ADMINISTRATOR),
    "msg_blocks_too_long": TooLarge,
    "msg_too_long": TooLarge,
    # blocks that Slack does not take: the lowest rung has none
    "invalid_blocks": ContentRejected,
    "invalid_blocks_format": ContentRejected,
    "invalid_attachments": ContentRejected,
}
_RATE_LIMITED = ("rate_limited", "ratelimited")
_WORD = re.compile(r"[a-z][a-z0-9_]{1,63}")
_OK = b"ok"


def classify(response: Response) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with exactly `ok`, or JSON whose `ok` is true; an unknown word is a failure."""
    answer = json_object(response)
    code = _code(response, answer)
    said: dict[str, Any] = {
        "http_status": response.status,
        "vendor_code": code,
        "vendor_message": vendor_text(response.body.decode("utf-8", "replace")),
    }
    if response.status == 200 and (response.body == _OK or (answer is not None and answer.get("ok") is True)):
        return Delivered(**said)
    if response.status == 429 or code in _RATE_LIMITED:
        told = retry_after(response)
        pause = whole(answer.get("retry_after")) if answer is not None else None
        if told is None and pause is not None:
            told = float(min(max(pause, 0), 86_400))
        return limited(told, **said)
    if code in _BY_CODE:
        return _BY_CODE[code](**said)
    if code and response.status == 200:
        return Retry(reason="a code that is not known", after=60.0, **said)
    return replace(by_status(response, "`ok` of Slack"), vendor_code=code)


def _code(response: Response, answer: dict[str, Any] | None) -> str:
    """The word that names an error, or nothing."""
    if answer is not None:
        return vendor_text(answer.get("error", ""))
    text = response.body.decode("utf-8", "replace").strip()
    return text if _WORD.fullmatch(text) and text != _OK.decode() else ""
