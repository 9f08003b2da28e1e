"""What an incoming webhook of Slack answers (docs.slack.dev, and answers that others have logged): a bare word, or JSON
with `ok` and `error`."""

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
from refresh_watch.channels.responses.body import answer_fields, json_object, vendor_text
from refresh_watch.channels.responses.by_status import UNKNOWN_CODE, by_status, limited
from refresh_watch.channels.responses.retry_after import pause_in_body, retry_after

_OURS = "refresh-watch sent what Slack cannot read: please report it"
_GONE = "the webhook was removed or switched off: make a new one and put its address into the channel's `url`"
_CHANNEL_GONE = "make a webhook for another channel of Slack and put its address into the channel's `url`"
_WORKSPACE_GONE = "the workspace is gone or disabled: put a webhook of another one into the channel's `url`"
_ADMINISTRATOR = "ask an administrator of the workspace to allow it, or put another webhook into the channel's `url`"

_BY_CODE: dict[str, DeliveryOutcome] = {
    "invalid_payload": Permanent("invalid payload", hint=_OURS),
    "no_text": Permanent("no text", hint=_OURS),
    "too_many_attachments": Permanent("too many attachments", hint=_OURS),
    "invalid_token": Permanent("bad token", hint="copy the webhook's address again into the channel's `url`"),
    "no_service": Permanent("webhook gone", hint=_GONE),
    "no_service_id": Permanent("webhook gone", hint=_GONE),
    "no_active_hooks": Permanent("webhook gone", hint=_GONE),
    "no_team": Permanent("workspace gone", hint=_WORKSPACE_GONE),
    "team_disabled": Permanent("workspace gone", hint=_WORKSPACE_GONE),
    "user_not_found": Permanent("the person it posts to is gone", hint=_CHANNEL_GONE),
    "channel_not_found": Permanent("Slack channel gone", hint=_CHANNEL_GONE),
    "channel_is_archived": Permanent("Slack channel archived", hint=_CHANNEL_GONE),
    "action_prohibited": Permanent("prohibited in the workspace", hint=_ADMINISTRATOR),
    "posting_to_general_channel_denied": Permanent("prohibited in #general", hint=_ADMINISTRATOR),
    "msg_blocks_too_long": TooLarge(),
    "msg_too_long": TooLarge(),
    # blocks that Slack does not take: the lowest rung has none
    "invalid_blocks": ContentRejected(),
    "invalid_blocks_format": ContentRejected(),
    "invalid_attachments": ContentRejected(),
}
_RATE_LIMITED = ("rate_limited", "ratelimited")
_WORD = re.compile(r"[a-z][a-z0-9_]{1,63}")
_OK = b"ok"


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with exactly `ok`, or JSON whose `ok` is true; an unknown word is a failure."""
    answer = json_object(response)
    code = _code(response, answer)
    fields = answer_fields(response, code, response.text)
    if response.status == 200 and (response.body == _OK or (answer is not None and answer.get("ok") is True)):
        return Delivered(**fields)
    if response.status == 429 or code in _RATE_LIMITED:
        in_header = retry_after(response)
        in_body = pause_in_body(answer.get("retry_after")) if answer is not None else None
        return limited(in_body if in_header is None else in_header, **fields)
    if code in _BY_CODE:
        return replace(_BY_CODE[code], **fields)
    if code and response.status == 200:
        return replace(UNKNOWN_CODE, **fields)
    return replace(by_status(response, "`ok` of Slack"), vendor_code=code)


def _code(response: ChannelResponse, answer: dict[str, Any] | None) -> str:
    """The word that names an error, or nothing."""
    if answer is not None:
        return vendor_text(answer.get("error", ""))
    text = response.text.strip()
    return text if _WORD.fullmatch(text) and text != _OK.decode() else ""
