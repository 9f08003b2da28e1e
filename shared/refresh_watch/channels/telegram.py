"""Telegram bot (core.telegram.org/bots/api#sendmessage): HTML, in which the words of others stand in code.

Nothing is active in code: no mention, no link. People are mentioned on failure only.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.characters import characters
from refresh_watch.channels.formatting.ladder import fit_message
from refresh_watch.channels.formatting.markdown import harmless, plain
from refresh_watch.channels.formatting.mentions import check_mentions
from refresh_watch.channels.formatting.sections import SectionStyle, sections
from refresh_watch.channels.responses.telegram import classify
from refresh_watch.errors import BadInput, Described
from refresh_watch.reports.message import LAST_STEP, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

__all__ = ["HOSTS", "LIMIT", "RATE", "check", "classify", "render"]

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
    where = f"channel {channel.name}"
    parts = urlsplit(channel.url.value)
    allowed = "https://api.telegram.org/bot<token>/sendMessage?chat_id=…, and &message_thread_id=… for a topic"
    if not _PATH.fullmatch(parts.path):
        raise BadInput(f"{where}: url", Described("a URL whose path is not /bot<token>/sendMessage"), allowed)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "chat_id" not in given:
        raise BadInput(f"{where}: url", Described("a URL without chat_id"), allowed)
    for key, value in given.items():
        if key not in _QUERY:
            raise BadInput(f"{where}: url", Described("a URL with another parameter"), allowed)
        if not _QUERY[key].fullmatch(value):
            raise BadInput(f"{where}: url", Described(f"a malformed {key}"), "a number; for chat_id also @channelname")
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
