"""WeCom group robot (developer.work.weixin.qq.com, 91770 and 99110): markdown; the key in the URL is all it checks.

Markdown can mention members by user id and nobody else. A phone number, or everyone, is mentioned by a `text` message
only. So a failure whose mentions need that is sent as `text` as a whole, in one message with the same content and no
colours, and in half the size: a page that reaches nobody is worse than one without colours, and a second message would
take a second place of the robot's 20 a minute. Where all mentions are user ids, and wherever nobody is mentioned, it is
markdown. The lowest rung is `text` in any case.

A text knows no code spans: in it a client may make an address tappable, which then leads where it says. A user id that
looks like a mainland phone number (11 digits from 13 to 19) is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from refresh_watch.channels.delivery.outcome import Request
from refresh_watch.channels.delivery.pacing import Rate
from refresh_watch.channels.formatting.ladder import fitting
from refresh_watch.channels.formatting.mentions import check_count
from refresh_watch.channels.formatting.samples import with_samples_that_fit
from refresh_watch.channels.formatting.sections import Dialect, sections, tagless, tagless_code
from refresh_watch.channels.responses.wecom import classify
from refresh_watch.deployment import Deployment
from refresh_watch.errors import BadInput, Described, as_word
from refresh_watch.instants import Instant
from refresh_watch.report import Report
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import LAST_STEP, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

__all__ = ["HOSTS", "MARKDOWN_LIMIT", "RATE", "TEXT_LIMIT", "check", "classify", "render"]

HOSTS = ("qyapi.weixin.qq.com",)
RATE = Rate(20, 60)
TEXT_LIMIT = 2048
MARKDOWN_LIMIT = 4096
"""Bytes of `content` in UTF-8."""

_MOST_MENTIONS = 20

_EVERYONE = ("all", "@all")
_PHONE = re.compile(r"1[3-9][0-9]{9}|\+[0-9][0-9-]{4,18}")
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")  # what WeCom makes user ids of
_COLOURS = {Severity.OK: "info", Severity.WARNING: "warning", Severity.BAD: "warning"}  # green, orange
_CUT = "…"
_LAST_RICH_STEP = LAST_STEP - 1


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for a URL without key and for a mention that is neither user id, phone number nor `all`."""
    where = f"channel {channel.name}"
    parts = urlsplit(channel.url.value)
    if not parts.path.endswith("/webhook/send") or not dict(parse_qsl(parts.query)).get("key"):
        allowed = "the robot's URL, which ends in /cgi-bin/webhook/send?key= and its key"
        raise BadInput(f"{where}: url", Described("a URL without /webhook/send?key="), allowed)
    for person in channel.mention:
        if person not in _EVERYONE and not _PHONE.fullmatch(person) and not _MEMBER.fullmatch(person):
            raise BadInput(f"{where}: mention", as_word(person), "a user id, a phone number, or all")
    check_count(channel, _MOST_MENTIONS)


def render(
    report: Report, channel: ChannelSetting, *, language: str, deployment: Deployment, now: Instant, step: int
) -> Request:
    """The request that posts the report; takes a lower rung by itself, and then leaves out lines, to stay within the
    limit of its form."""
    message = compose(report, language=language, deployment=deployment)
    people = _people(channel) if message.is_failure else _People()
    as_text = step >= LAST_STEP or bool(people.phones) or people.everyone
    if as_text:
        content = _fitting(message, step, TEXT_LIMIT, lambda lower: _text(lower, channel.keyword))
        part: dict[str, Any] = {"content": content, **people.lists()}
    else:
        content = _fitting(message, step, MARKDOWN_LIMIT, lambda lower: _markdown(lower, channel.keyword, people))
        part = {"content": content}
    kind = "text" if as_text else "markdown"
    return Request(
        url=channel.url.value,
        body=compact({"msgtype": kind, kind: part}),
        headers=(("content-type", "application/json; charset=utf-8"),),
        made_at=now,
    )


@dataclass(frozen=True)
class _People:
    members: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    everyone: bool = False

    def lists(self) -> dict[str, list[str]]:
        """What a text message mentions."""
        members = [*self.members, *(["@all"] if self.everyone else [])]
        return {"mentioned_list": members, "mentioned_mobile_list": list(self.phones)}


@dataclass(frozen=True)
class _Parts:
    """Lines of a message. Those of the middle may be left out, the last ones first; the others always fit."""

    head: tuple[str, ...]
    middle: tuple[str, ...]
    tail: tuple[str, ...]

    def joined(self) -> str:
        """All of it."""
        return "\n".join((*self.head, *self.middle, *self.tail))

    def within(self, limit: int) -> str:
        """As many whole lines as have room in `limit` bytes."""
        kept = self
        middle = self.middle
        while middle and len(kept.joined().encode()) > limit:
            middle = middle[:-1]
            kept = replace(self, middle=(*middle, _CUT))
        return kept.joined()


_MARKDOWN = Dialect(words=tagless_code, heading=lambda words: f"**{words}**", fact="> ", item="- ", sample="· ")
_TEXT = Dialect(words=tagless, heading=lambda words: words, fact="", item="- ", sample="  ")


def _people(channel: ChannelSetting) -> _People:
    mentioned = dict.fromkeys(channel.mention)
    phones = tuple(person for person in mentioned if _PHONE.fullmatch(person))
    members = tuple(person for person in mentioned if person not in _EVERYONE and person not in phones)
    return _People(members, phones, everyone=any(person in _EVERYONE for person in mentioned))


def _fitting(message: Message, step: int, limit: int, parts: Callable[[Message], _Parts]) -> str:
    def fits(shorter: Message) -> bool:
        return len(parts(shorter).joined().encode()) <= limit

    def make(rung: int) -> bytes:
        made = parts(with_samples_that_fit(message.reduced(rung), fits, step=rung))
        return (made.joined() if rung < _LAST_RICH_STEP else made.within(limit)).encode()

    return fitting(make, step, limit).decode()


def _markdown(message: Message, keyword: str, people: _People) -> _Parts:
    heading = f'<font color="{_COLOURS[message.severity]}">**{tagless(message.heading)}**</font>'
    title = (keyword, heading, tagless_code(message.name) if message.name else "")
    mentions = " ".join(f"<@{member}>" for member in people.members)
    links = tuple(f"[{link.text}]({_in_parentheses(link.url)})" for link in message.links)
    return _Parts(
        _head(title, message.summary, mentions),
        _middle(message, _MARKDOWN, links),
        ("", f'<font color="comment">{message.footer}</font>'),
    )


def _text(message: Message, keyword: str) -> _Parts:
    separator = message.say("label.separator")
    links = tuple(f"{link.text}{separator}{link.url}" for link in message.links)
    return _Parts(
        _head((keyword, tagless(message.title)), message.summary), _middle(message, _TEXT, links), ("", message.footer)
    )


def _head(title: tuple[str, ...], *lines: str) -> tuple[str, ...]:
    return (" ".join(part for part in title if part), *(line for line in lines if line))


def _middle(message: Message, dialect: Dialect, links: tuple[str, ...]) -> tuple[str, ...]:
    found = (*sections(message, dialect), links)
    return tuple(line for lines in found if lines for line in ("", *lines))


def _in_parentheses(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")
