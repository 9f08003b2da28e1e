"""Discord webhook (discord.com/developers, Execute Webhook): the title, and an embed in the severity's colour.

The title stands outside the embed: a phone shows it, and so do clients that are set to hide embeds. The words of
others stand in code spans. Only people in `allowed_mentions` are pinged, and on failure only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.fitting import characters, fit_message, fitted
from refresh_watch.channels.formatting.sections import SectionStyle, code, harmless, plain, sections
from refresh_watch.channels.post_outcomes import (
    UNKNOWN_CODE,
    Accepted,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses import ChannelResponse, pause_in_body
from refresh_watch.channels.setting_checks import check_mentions, malformed
from refresh_watch.instants import Seconds
from refresh_watch.reports.message import LAST_STEP, Fact, Link, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

HOSTS = ("discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com")
RATE = Rate(5, 2)

_CONTENT = 2000
_EMBED = 6000
_TITLE = 256
_DESCRIPTION = 4096
_FIELDS = 25
_NAME = 256
_VALUE = 1024
_FOOTER = 2048
_MOST_MENTIONS = 50  # as many as fit into content with the title
_NO_NAME = "\u200b"  # a field has to have one
_BESIDE_ANOTHER = 40  # characters of a value that needs no line of its own

_COLOURS = {Severity.OK: 0x2EB886, Severity.WARNING: 0xE8912D, Severity.BAD: 0xD72B3F}
_PATH = re.compile(r"/api/(?:v\d+/)?webhooks/(\d+/[^/]+)/?$")
_VERSIONED = r"/api/v10/webhooks/\1"  # without a version Discord answers as of old: in milliseconds, and not why
_USER = re.compile(r"<@!?(\d{15,21})>|(\d{15,21})")
_ROLE = re.compile(r"<@&(\d{15,21})>")
_EVERYONE = {"all": "@everyone", "everyone": "@everyone", "@everyone": "@everyone", "here": "@here", "@here": "@here"}
_MARKUP = re.compile(r"[\\*_~|`<>]")


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for a URL that is no webhook's and for a mention that Discord has no form for."""
    if _PATH.search(urlsplit(channel.url.value).path) is None:
        given = "a URL that does not end in /api/webhooks/ID/TOKEN"
        raise malformed(channel, "url", given, "the address of a webhook as Discord shows it (not /slack, not /github)")
    check_mentions(channel, _mention, "<@user id>, <@&role id>, @here, @everyone, or all", _MOST_MENTIONS)


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request; samples, then rungs, are given up where the embed would be over a limit."""
    people = list(dict.fromkeys(map(_mention, draft.people)))
    payload = fit_message(
        draft.message, step, lambda message, rung: _payload(message, rung, draft.channel.keyword, people), _is_within
    )
    return ChannelRequest(url_to_post_to(draft.channel.url.value), compact(payload), made_at=draft.now)


def url_to_post_to(url: str) -> str:
    """The URL with ``wait=true``: Discord then answers with the message, or says why it did not post it.

    In the version of the API whose answers `classify` reads, whichever the URL was copied with.
    """
    parts = urlsplit(url)
    given = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in ("wait", "")]
    path = _PATH.sub(_VERSIONED, parts.path)
    return urlunsplit(parts._replace(path=path, query="&".join([*given, "wait=true"]), fragment=""))


def _payload(message: Message, step: int, keyword: str, people: list[str]) -> dict[str, Any]:
    allowed = {
        "parse": ["everyone"] if any(each in _EVERYONE for each in people) else [],
        "users": [match[1] for match in map(_USER.fullmatch, people) if match],
        "roles": [match[1] for match in map(_ROLE.fullmatch, people) if match],
    }
    mentions = " ".join(people)
    if step < LAST_STEP:
        text = _title(message, keyword)
        embeds = {"embeds": [_embed(message)]}
    else:
        text = _plain(message, keyword, _CONTENT - characters(mentions) - len("\n"))
        embeds = {}
    return {"content": f"{text}\n{mentions}" if mentions else text, **embeds, "allowed_mentions": allowed}


def _title(message: Message, keyword: str) -> str:
    # a mention counts in content alone, and perhaps in a code span too
    name = code(harmless(message.name)) if message.name else ""
    return " ".join(part for part in (keyword, message.heading, name) if part)


def _plain(message: Message, keyword: str, room: int) -> str:
    """The fact itself, with as many of the next steps as there is room for."""
    for count in range(len(message.next_steps), -1, -1):
        text = plain(replace(message, next_steps=message.next_steps[:count]), keyword)
        if characters(_escaped(text)) <= room:
            return _escaped(text)
    return fitted(plain(replace(message, next_steps=()), keyword), room, _escaped)


def _embed(message: Message) -> dict[str, Any]:
    embed = {
        "title": fitted(message.summary, _TITLE),
        "color": _COLOURS[message.severity],
        "description": _description(message),
        "fields": [*map(_field, message.facts), *_links(message.links)],
        "footer": {"text": fitted(message.footer, _FOOTER)},
    }
    return {key: value for key, value in embed.items() if value}


def _is_within(payload: dict[str, Any]) -> bool:
    for embed in payload.get("embeds", []):
        description, fields = embed.get("description", ""), embed.get("fields", [])
        words = [text for field in fields for text in (field["name"], field["value"])]
        length = sum(map(characters, (*words, embed["title"], description, embed["footer"]["text"])))
        if len(fields) > _FIELDS or characters(description) > _DESCRIPTION or length > _EMBED:
            return False
    return True


def _description(message: Message) -> str:
    """Failures, next steps, the command."""
    return "\n\n".join("\n".join(lines) for lines in sections(replace(message, facts=()), _STYLE))


def _links(links: Sequence[Link]) -> list[dict[str, Any]]:
    # brackets and blanks would end the address
    found = [f"[{_escaped(link.text)}]({quote(link.url, safe=':/?#@!$&*+,;=%-._~')})" for link in links]
    return [{"name": _NO_NAME, "value": " · ".join(found), "inline": False}] if found else []


def _field(fact: Fact) -> dict[str, Any]:
    value = fitted(fact.value, _VALUE, code if fact.untrusted else _escaped)
    return {
        "name": fitted(fact.label, _NAME),
        "value": value,
        "inline": characters(value) <= _BESIDE_ANOTHER,
    }


def _escaped(words: str) -> str:
    """Words that are no code span: a name such as my_role_1 in them is no markup."""
    return _MARKUP.sub(r"\\\g<0>", words)


_STYLE = SectionStyle(words=code, own=_escaped, heading=lambda words: f"**{words}**", fact="", item="- ", sample="  - ")


def _mention(person: str) -> str:
    """The mention in Discord's form; nothing for what it has no form for."""
    user = _USER.fullmatch(person)
    if user:
        return f"<@{user[1] or user[2]}>"
    return person if _ROLE.fullmatch(person) else _EVERYONE.get(person, "")


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
    """Delivered only for HTTP 200 with the message that was posted, which ``wait=true`` asks for.

    Codes: discord.com/developers, HTTP and JSON error codes.
    """
    answer = response.json
    if not answer:
        return response.kept_in(_without_json(response), "", response.text)
    code, identity = response.whole("code"), answer.get("id")
    if response.status == 200 and "code" not in answer and isinstance(identity, str) and identity:
        outcome: DeliveryOutcome = Delivered()
    elif response.status == 429 or code in _RATE_LIMITED or code == _SHUT_OUT:
        # the header has whole seconds, the body exact ones: the longer of both
        least = BAN if code == _SHUT_OUT else response.retry_after or 0.0
        outcome = response.limited(pause_in_body(answer.get("retry_after")), least=least)
    elif code == _INVALID_FORM:
        outcome = _invalid_form(answer.get("errors"))
    else:
        outcome = _by_code(response, code)
    return response.kept_in(outcome, answer.get("code", ""), answer.get("message", ""))


def _by_code(response: ChannelResponse, code: int | None) -> DeliveryOutcome:
    if code in _BY_CODE:
        return _BY_CODE[code]
    if response.status == 404:
        return _GONE
    if code is not None and response.status in (200, 400):
        return UNKNOWN_CODE
    return response.by_status_alone("message of Discord")


def _without_json(response: ChannelResponse) -> DeliveryOutcome:
    if response.status == 204:
        return Accepted(http_status=204)  # as without wait=true: taken, and not waited for
    return _GONE if response.status == 404 else response.by_status("message of Discord")


def _invalid_form(errors: object) -> DeliveryOutcome:
    """The body is well-formed and something in it is not allowed: `errors` names the fields and why."""
    if isinstance(errors, dict) and _MENTIONS in errors:
        return Permanent("mentions refused", hint="correct the channel's `mention`")
    return TooLarge() if _TOO_LONG.search(json.dumps(errors)) else ContentRejected()
