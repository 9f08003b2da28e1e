"""What Telegram's answers mean (core.telegram.org/bots/api, "Making requests"): its code and words, then the status."""

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
from refresh_watch.channels.responses.by_status import by_status, limited
from refresh_watch.channels.responses.retry_after import retry_after
from refresh_watch.instants import Seconds

_TOPIC = "correct or remove message_thread_id in the channel's `url`, and see that the topic is open"
_RIGHTS = "let the bot of the channel's `url` write in that chat: add it again, or make it an administrator"
_BY_WORDS: tuple[tuple[re.Pattern[str], Callable[..., DeliveryOutcome]], ...] = tuple(
    (re.compile(words, re.IGNORECASE), outcome)
    for words, outcome in (
        (r"parse entities|parse message text|entity|entities|wrong http url|url_invalid", ContentRejected),
        (r"too long|too large", TooLarge),
        (r"thread|topic", partial(Permanent, reason="no such topic", hint=_TOPIC)),
        (
            r"not enough rights|need administrator rights|no rights|write_forbidden|have no write",
            partial(Permanent, reason="no right", hint=_RIGHTS),
        ),
        (
            r"chat not found|chat_id|peer_id|channel_private",
            partial(
                Permanent, reason="no such chat", hint="correct chat_id in the channel's `url`, and add the bot to it"
            ),
        ),
    )
)
_BY_CODE: dict[int, Callable[..., DeliveryOutcome]] = {
    400: partial(
        Permanent, reason="bad request", hint="compare chat_id in the channel's `url` with what Telegram says"
    ),
    401: partial(
        Permanent, reason="bad token", hint="copy the bot's token from BotFather again into the channel's `url`"
    ),
    403: partial(Permanent, reason="the bot may not write there", hint=_RIGHTS),
    404: partial(
        Permanent,
        reason="no such bot",
        hint="the channel's `url` has to be …/bot<token>/sendMessage: compare its token",
    ),
    413: TooLarge,
}


def classify(response: Response) -> DeliveryOutcome:
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
    said: dict[str, Any] = {
        "http_status": response.status,
        "vendor_code": "" if code is None else vendor_text(code),
        "vendor_message": description,
    }
    if code in (420, 429) or re.search("too many requests|flood", description, re.IGNORECASE):
        return limited(_asked_for(parameters, response), **said)
    moved_to = whole(parameters.get("migrate_to_chat_id"))
    if moved_to is not None or "upgraded to a supergroup" in description:
        new = f"chat_id={moved_to}" if moved_to is not None else "its new chat_id"
        return Permanent(
            reason="the group has become a supergroup", hint=f"put {new} into the channel's `url`, then replay", **said
        )
    return _refused(response.status if code is None else code, description, said)


def _refused(code: int, description: str, said: dict[str, Any]) -> DeliveryOutcome:
    if code == 400:
        for words, outcome in _BY_WORDS:
            if words.search(description):
                return outcome(**said)
    if code in _BY_CODE:
        return _BY_CODE[code](**said)
    if code >= 500:
        return Retry(reason=f"Telegram's error {code}", **said)
    return Retry(reason="a code that is not known", after=60.0, **said)


def _asked_for(parameters: dict[str, Any], response: Response) -> Seconds | None:
    seconds = whole(parameters.get("retry_after"))
    return retry_after(response) if seconds is None else float(min(max(seconds, 0), 86_400))
