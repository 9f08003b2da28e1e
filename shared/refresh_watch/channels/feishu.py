"""Feishu custom bot (open.feishu.cn, custom bot usage guide): a card of schema 2.0, signed in the body.

The lowest rung is a `text` message. People are mentioned on failure only. The bot's keyword check looks at the text and
title values, so the keyword begins the title of a card and the text of a text message.
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.fitting import fit_bytes
from refresh_watch.channels.formatting.sections import SectionStyle, plain, sections, tagless, tagless_code
from refresh_watch.channels.post_outcomes import (
    UNKNOWN_CODE,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    TooLarge,
)
from refresh_watch.channels.responses import ChannelResponse, vendor_text, whole
from refresh_watch.channels.setting_checks import EVERYONE, check_mentions, malformed
from refresh_watch.instants import Instant, Seconds
from refresh_watch.reports.message import LAST_STEP, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

HOSTS = ("open.feishu.cn",)
RATE = Rate(4, 3)  # 5 a second and 100 a minute: this keeps both
LIMIT = 20_000
"""Bytes of the whole body; the guide says 20 KB, and more has been seen to pass."""

_MOST_MENTIONS = 20

_HOOK = re.compile(r".*/open-apis/bot/v2/hook/[^/]+/?")
# an open_id, or a user_id; what the bot would show as plain text, without a mention, is neither
_ID = re.compile(r"(?!on_|1[3-9][0-9]{9}$)[A-Za-z0-9_.-]{1,64}")
_COLOURS = {Severity.OK: "green", Severity.WARNING: "orange", Severity.BAD: "red"}
_STYLE = SectionStyle(words=tagless_code, heading=lambda words: f"**{words}**", fact="- ", item="- ", sample="    - ")


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for a URL that is no v2 hook and for a mention that is neither open_id, user_id nor `all`."""
    if _HOOK.fullmatch(urlsplit(channel.url.value).path) is None:
        allowed = "the custom bot's URL, which ends in /open-apis/bot/v2/hook/ and its id"
        raise malformed(channel, "url", "a URL without /open-apis/bot/v2/hook/ and an id behind it", allowed)
    allowed = "an open_id (ou_…), a user_id, or all; no phone, e-mail or union_id"
    check_mentions(channel, lambda person: person in EVERYONE or _ID.fullmatch(person), allowed, _MOST_MENTIONS)


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request, signed; samples, then rungs, are given up to stay within LIMIT bytes."""
    signature = _signature(draft.channel, draft.now)
    ids = list(dict.fromkeys("all" if person in EVERYONE else person for person in draft.people))

    def write(message: Message, rung: int) -> bytes:
        return compact({**signature, **_content(message, rung, draft.channel.keyword, ids)})

    body = fit_bytes(draft.message, step, LIMIT, write)
    return ChannelRequest(draft.channel.url.value, body, made_at=draft.now)


def sign(secret: str, timestamp: str) -> str:
    """The base64 signature: of nothing, with timestamp and secret as the key. `timestamp` is decimal seconds."""
    return base64.b64encode(hmac.digest(f"{timestamp}\n{secret}".encode(), b"", "sha256")).decode()


def _signature(channel: ChannelSetting, now: Instant) -> dict[str, str]:
    if channel.secret is None:
        return {}
    timestamp = str(int(now))
    return {"timestamp": timestamp, "sign": sign(channel.secret.value, timestamp)}


def _content(message: Message, step: int, keyword: str, ids: list[str]) -> dict[str, Any]:
    if step >= LAST_STEP:
        # an id that the bot does not know is shown in place of the name
        mentions = [f'<at user_id="{id_}">{id_}</at>' for id_ in ids]
        parts = (keyword, tagless(plain(message, "")), *mentions)
        return {"msg_type": "text", "content": {"text": " ".join(part for part in parts if part)}}
    return {"msg_type": "interactive", "card": _card(message, keyword, ids)}


def _card(message: Message, keyword: str, ids: list[str]) -> dict[str, Any]:
    """Schema 2.0 refuses a card with a property that it does not know."""
    title = " ".join(part for part in (keyword, tagless(message.title)) if part)
    mentions = " ".join(f"<at id={id_}></at>" for id_ in ids)
    texts = ["\n".join(part for part in (message.summary, mentions) if part)]
    texts.extend("\n".join(lines) for lines in sections(message, _STYLE))
    elements = [{"tag": "markdown", "content": text} for text in texts]
    return {
        "schema": "2.0",
        # the summary is what the list of chats and the notification show
        "config": {"update_multi": True, "summary": {"content": title}},
        "header": {"title": _plain_text(title), "template": _COLOURS[message.severity]},
        "body": {
            "elements": [
                *elements,
                *(_button(link.text, link.url) for link in message.links),
                {"tag": "markdown", "content": message.footer, "text_size": "notation"},
            ]
        },
    }


def _button(text: str, url: str) -> dict[str, Any]:
    behaviors = [{"type": "open_url", "default_url": url}]
    return {"tag": "button", "text": _plain_text(text), "type": "default", "behaviors": behaviors}


def _plain_text(content: str) -> dict[str, str]:
    return {"tag": "plain_text", "content": content}


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
    """Delivered only for HTTP 200 with code 0; a code that is not known is a failure, by its words if they say.

    A refusal is a 200 too. `code` counts; `StatusCode`, its twin of old, is read only where `code` is missing, and it
    never stands for a delivery (custom bot usage guide, and answers that others have logged).
    """
    answer = response.json
    given = answer.get("code", answer.get("StatusCode", ""))
    code, message = whole(given), vendor_text(answer.get("msg", answer.get("StatusMessage", "")))
    known = code in _BY_CODE or code == _BAD_SIGNATURE
    too_fast = (code == _BAD_BODY or not known) and _TOO_FAST_WORDS.search(message)
    if response.whole("code") == 0 and response.status == 200:
        outcome: DeliveryOutcome = Delivered()
    elif code in _RATE_LIMITED or response.status == 429 or too_fast:
        reset = response.header("x-ogw-ratelimit-reset").strip()  # the platform's own, in seconds
        outcome = response.limited(float(reset[:9]) if reset.isascii() and reset.isdigit() else None)
    elif code == _BAD_SIGNATURE:
        outcome = _bad_signature(response)
    else:
        outcome = _BY_CODE[code] if code in _BY_CODE else _by_words(response, code, message)
    return response.kept_in(outcome, given, message)


def _by_words(response: ChannelResponse, code: int | None, message: str) -> DeliveryOutcome:
    # a bad card comes under several codes
    if _CARD_WORDS.search(message):
        return ContentRejected()
    if _TOO_LONG_WORDS.search(message):
        return TooLarge()
    return UNKNOWN_CODE if code else response.by_status("code of the bot")


def _bad_signature(response: ChannelResponse) -> Permanent:
    # one code for both: a wrong secret, and a timestamp more than an hour off
    skew = response.clock_skew or 0.0
    if skew > _MOST_SKEW:
        hint = (
            f"this machine's clock is {skew:.0f} s off, an hour is allowed: set it, then compare the channel's `secret`"
        )
        return Permanent("clock skew", hint=hint)
    hint = "copy the bot's signing secret into the channel's `secret`; if it is right, compare this machine's clock"
    return Permanent("signature does not match", hint=hint)
