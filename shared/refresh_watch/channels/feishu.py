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
from refresh_watch.channels.formatting.ladder import fit_message
from refresh_watch.channels.formatting.markdown import plain
from refresh_watch.channels.formatting.mentions import EVERYONE, check_mentions
from refresh_watch.channels.formatting.sections import SectionStyle, sections, tagless, tagless_code
from refresh_watch.channels.responses.feishu import classify
from refresh_watch.errors import BadInput, Described
from refresh_watch.instants import Instant
from refresh_watch.reports.message import LAST_STEP, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

__all__ = ["HOSTS", "LIMIT", "RATE", "check", "classify", "render", "sign"]

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
    where = f"channel {channel.name}"
    if _HOOK.fullmatch(urlsplit(channel.url.value).path) is None:
        allowed = "the custom bot's URL, which ends in /open-apis/bot/v2/hook/ and its id"
        raise BadInput(f"{where}: url", Described("a URL without /open-apis/bot/v2/hook/ and an id behind it"), allowed)
    allowed = "an open_id (ou_…), a user_id, or all; no phone, e-mail or union_id"
    check_mentions(channel, lambda person: person in EVERYONE or _ID.fullmatch(person), allowed, _MOST_MENTIONS)


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request, signed; samples, then rungs, are given up to stay within LIMIT bytes."""
    signature = _signature(draft.channel, draft.now)
    ids = list(dict.fromkeys("all" if person in EVERYONE else person for person in draft.people))
    body = fit_message(
        draft.message,
        step,
        lambda message, rung: compact({**signature, **_content(message, rung, draft.channel.keyword, ids)}),
        lambda body: len(body) <= LIMIT,
    )
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
