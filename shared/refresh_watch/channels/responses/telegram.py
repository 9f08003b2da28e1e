"""What Telegram's answers mean (core.telegram.org/bots/api, "Making requests"): its code and words, then the status."""

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
from refresh_watch.channels.responses.by_status import UNKNOWN_CODE, by_status, limited
from refresh_watch.channels.responses.retry_after import pause_in_body, retry_after
from refresh_watch.instants import Seconds

_TOPIC = "correct or remove message_thread_id in the channel's `url`, and see that the topic is open"
_RIGHTS = "let the bot of the channel's `url` write in that chat: add it again, or make it an administrator"
_BY_WORDS: tuple[tuple[re.Pattern[str], DeliveryOutcome], ...] = tuple(
    (re.compile(words, re.IGNORECASE), outcome)
    for words, outcome in (
        (r"parse entities|parse message text|entity|entities|wrong http url|url_invalid", ContentRejected()),
        (r"too long|too large", TooLarge()),
        (r"thread|topic", Permanent("no such topic", hint=_TOPIC)),
        (
            r"not enough rights|need administrator rights|no rights|write_forbidden|have no write",
            Permanent("no right", hint=_RIGHTS),
        ),
        (
            r"chat not found|chat_id|peer_id|channel_private",
            Permanent("no such chat", hint="correct chat_id in the channel's `url`, and add the bot to it"),
        ),
    )
)
_BY_CODE: dict[int, DeliveryOutcome] = {
    400: Permanent("bad request", hint="compare chat_id in the channel's `url` with what Telegram says"),
    401: Permanent("bad token", hint="copy the bot's token from BotFather again into the channel's `url`"),
    403: Permanent("the bot may not write there", hint=_RIGHTS),
    404: Permanent(
        "no such bot",
        hint="the channel's `url` has to be …/bot<token>/sendMessage: compare its token",
    ),
    413: TooLarge(),
}


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for a 2xx whose body says that it is ok."""
    answer = json_object(response)
    code = whole(answer.get("error_code")) if answer is not None else None
    if answer is None or (answer.get("ok") is not False and code is None):
        if answer is not None and answer.get("ok") is True and 200 <= response.status < 300:
            return Delivered(http_status=response.status, vendor_code="ok")
        return by_status(response, "ok of Telegram")
    description = vendor_text(answer.get("description", ""))
    given = answer.get("parameters")
    parameters: dict[str, Any] = given if isinstance(given, dict) else {}
    fields = answer_fields(response, "" if code is None else code, description)
    if code in (420, 429) or re.search("too many requests|flood", description, re.IGNORECASE):
        return limited(_asked_for(parameters, response), **fields)
    moved_to = whole(parameters.get("migrate_to_chat_id"))
    if moved_to is not None or "upgraded to a supergroup" in description:
        new = f"chat_id={moved_to}" if moved_to is not None else "its new chat_id"
        return Permanent(
            reason="the group has become a supergroup",
            hint=f"put {new} into the channel's `url`, then replay",
            **fields,
        )
    return _refused(response.status if code is None else code, description, fields)


def _refused(code: int, description: str, fields: dict[str, Any]) -> DeliveryOutcome:
    if code == 400:
        for words, outcome in _BY_WORDS:
            if words.search(description):
                return replace(outcome, **fields)
    if code in _BY_CODE:
        return replace(_BY_CODE[code], **fields)
    if code >= 500:
        return Temporary(f"Telegram's error {code}", **fields)
    return replace(UNKNOWN_CODE, **fields)


def _asked_for(parameters: dict[str, Any], response: ChannelResponse) -> Seconds | None:
    seconds = pause_in_body(parameters.get("retry_after"))
    return retry_after(response) if seconds is None else seconds
