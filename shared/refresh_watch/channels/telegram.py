"""Telegram bot (core.telegram.org/bots/api#sendmessage): HTML, in which the words of others stand in code.

Nothing is active in code: no mention, no link. People are mentioned on failure only.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.fitting import characters, fit_message
from refresh_watch.channels.formatting.sections import SectionStyle, harmless, plain, sections
from refresh_watch.channels.post_outcomes import (
    UNKNOWN_CODE,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses import ChannelResponse, pause_in_body, whole
from refresh_watch.channels.setting_checks import check_mentions, malformed
from refresh_watch.reports.message import LAST_STEP, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

HOSTS = ("api.telegram.org",)
RATE = Rate(20, 60)  # of a group
LIMIT = 4096
"""UTF-16 code units of the text that a reader sees, without its markup; beyond them "message is too long"."""

_PATH = re.compile(r"(/[^/]+)*/bot[0-9]+:[A-Za-z0-9_-]+/sendMessage")
_QUERY = {
    "chat_id": re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31}"),
    "message_thread_id": re.compile(r"[0-9]{1,20}"),
}
_USERNAME = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")
_USER_ID = re.compile(r"[1-9][0-9]{0,15}")
_MARK = {Severity.OK: "🟢", Severity.WARNING: "🟠", Severity.BAD: "🔴"}
"""Telegram has no coloured text."""

_ACTIVE = re.compile(r"[^\s\[\]()]*[.@#$]\w[^\s\[\]()]*")
"""What clients make a link, a mention or a tag of, by themselves, also in our own words: an API's code, a keyword."""


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for a URL without token or chat, and for a mention that is neither @username nor user id."""
    parts = urlsplit(channel.url.value)
    allowed = "https://api.telegram.org/bot<token>/sendMessage?chat_id=…, and &message_thread_id=… for a topic"
    if not _PATH.fullmatch(parts.path):
        raise malformed(channel, "url", "a URL whose path is not /bot<token>/sendMessage", allowed)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "chat_id" not in given:
        raise malformed(channel, "url", "a URL without chat_id", allowed)
    for key, value in given.items():
        if key not in _QUERY:
            raise malformed(channel, "url", "a URL with another parameter", allowed)
        if not _QUERY[key].fullmatch(value):
            raise malformed(channel, "url", f"a malformed {key}", "a number; for chat_id also @channelname")
    check_mentions(
        channel,
        lambda person: _USERNAME.fullmatch(person) or _USER_ID.fullmatch(person),
        "@username, or a user's number; Telegram knows no word for all",
    )


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request; samples, then rungs, are given up to stay within LIMIT."""

    def write(message: Message, rung: int) -> dict[str, Any]:
        if rung >= LAST_STEP:
            return _plain(message, draft.channel.keyword, draft.people)
        return {"text": _html(message, draft.channel.keyword, draft.people), "parse_mode": "HTML"}

    content = fit_message(draft.message, step, write, lambda content: _length(content) <= LIMIT)
    parts = urlsplit(draft.channel.url.value)
    given = dict(parse_qsl(parts.query))
    where = {key: value if value.startswith("@") else int(value) for key, value in given.items() if key in _QUERY}
    body = compact({**where, **content, "link_preview_options": {"is_disabled": True}})
    return ChannelRequest(urlunsplit(parts._replace(query="", fragment="")), body, made_at=draft.now)


def _length(content: dict[str, Any]) -> int:
    """Of the text after its markup is parsed, as Telegram counts: UTF-16 code units."""
    text = str(content["text"])
    return characters(html.unescape(re.sub(r"<[^>]*>", "", text)) if "parse_mode" in content else text)


def _html(message: Message, keyword: str, people: tuple[str, ...]) -> str:
    title = (
        _own(keyword),
        _MARK[message.severity],
        _bold(message.heading),
        _code(message.name) if message.name else "",
    )
    blocks = [
        f"{' '.join(part for part in title if part)}\n{_own(message.summary)}",
        " ".join(_mention(person) for person in people),
    ]
    blocks.extend("\n".join(lines) for lines in sections(message, _STYLE))
    blocks.append(" · ".join(_link(link.text, link.url) for link in message.links))
    blocks.append(_own(message.footer))
    return "\n\n".join(block for block in blocks if block)


def _plain(message: Message, keyword: str, people: tuple[str, ...]) -> dict[str, Any]:
    """Text without markup that could be refused: a user without a username is mentioned by an entity."""
    text = harmless(plain(message, keyword)) + ("\n" if people else "")
    entities = []
    for place, person in enumerate(people):
        text += " " if place else ""
        if not person.startswith("@"):
            user = {"id": int(person)}
            entities.append(
                {"type": "text_mention", "offset": characters(text), "length": characters(person), "user": user}
            )
        text += person
    return {"text": text, "entities": entities} if entities else {"text": text}


def _code(words: str) -> str:
    return f"<code>{html.escape(words, quote=False) or '-'}</code>"


def _own(words: str) -> str:
    """Our own words; in code is what a client would make a link or a mention of."""
    out, end = [], 0
    for found in _ACTIVE.finditer(words):
        out += [html.escape(words[end : found.start()], quote=False), _code(found.group())]
        end = found.end()
    return "".join([*out, html.escape(words[end:], quote=False)])


def _bold(words: str) -> str:
    # code may not stand in bold
    return _own(words) if _ACTIVE.search(words) else f"<b>{html.escape(words, quote=False)}</b>"


_STYLE = SectionStyle(words=_code, own=_own, heading=_bold, fact="", item="• ", sample="")


def _link(words: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{html.escape(words, quote=False)}</a>'


def _mention(person: str) -> str:
    return person if person.startswith("@") else _link(person, f"tg://user?id={person}")


_TOPIC = "correct or remove message_thread_id in the channel's `url`, and see that the topic is open"
_RIGHTS = "let the bot of the channel's `url` write in that chat: add it again, or make it an administrator"
_TOO_FAST_WORDS = re.compile("too many requests|flood", re.IGNORECASE)
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
    """Delivered only for a 2xx whose body says that it is ok; else its code and words count, then the HTTP status
    (core.telegram.org/bots/api, "Making requests")."""
    answer = response.json
    code = response.whole("error_code")
    if answer.get("ok") is not False and code is None:
        if answer.get("ok") is True and 200 <= response.status < 300:
            return Delivered(http_status=response.status, vendor_code="ok")
        return response.by_status("ok of Telegram")
    description = response.words("description")
    given = answer.get("parameters")
    parameters: dict[str, Any] = given if isinstance(given, dict) else {}
    moved_to = whole(parameters.get("migrate_to_chat_id"))
    if code in (420, 429) or _TOO_FAST_WORDS.search(description):
        outcome: DeliveryOutcome = response.limited(pause_in_body(parameters.get("retry_after")))
    elif moved_to is not None or "upgraded to a supergroup" in description:
        new = f"chat_id={moved_to}" if moved_to is not None else "its new chat_id"
        hint = f"put {new} into the channel's `url`, then replay"
        outcome = Permanent("the group has become a supergroup", hint=hint)
    else:
        outcome = _refused(response.status if code is None else code, description)
    return response.kept_in(outcome, "" if code is None else code, description)


def _refused(code: int, description: str) -> DeliveryOutcome:
    if code == 400:
        for words, outcome in _BY_WORDS:
            if words.search(description):
                return outcome
    if code in _BY_CODE:
        return _BY_CODE[code]
    return Temporary(f"Telegram's error {code}") if code >= 500 else UNKNOWN_CODE
