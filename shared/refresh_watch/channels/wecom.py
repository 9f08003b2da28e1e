"""WeCom group robot (developer.work.weixin.qq.com, 91770 and 99110): markdown; the key in the URL is all it checks.

Markdown can mention members by user id only. A phone number, or everyone, is mentioned by a `text` message only. So a
failure with such mentions is sent as one `text` message: the same content, no colours, half the size. A page that
reaches no person is worse than one without colours, and a second message would count as another of the robot's 20 a
minute. With user ids or without mentions it is markdown. The lowest rung is always `text`.

A text knows no code spans: in it a client may make an address tappable, which then leads where it says. A user id that
looks like a mainland phone number (11 digits from 13 to 19) is taken for one.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.fitting import fit_message
from refresh_watch.channels.formatting.sections import SectionStyle, sections, tagless, tagless_code
from refresh_watch.channels.post_outcomes import (
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses import LIMITED, ChannelResponse
from refresh_watch.channels.setting_checks import EVERYONE, check_mentions, malformed
from refresh_watch.reports.message import LAST_STEP, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

HOSTS = ("qyapi.weixin.qq.com",)
RATE = Rate(20, 60)
TEXT_LIMIT = 2048
MARKDOWN_LIMIT = 4096
"""Bytes of `content` in UTF-8."""

_MOST_MENTIONS = 20

_PHONE = re.compile(r"1[3-9][0-9]{9}|\+[0-9][0-9-]{4,18}")
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")  # what WeCom makes user ids of
_COLOURS = {Severity.OK: "info", Severity.WARNING: "warning", Severity.BAD: "warning"}  # green, orange
_CUT = "…"


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for a URL without key and for a mention that is neither user id, phone number nor `all`."""
    parts = urlsplit(channel.url.value)
    if not parts.path.endswith("/webhook/send") or not dict(parse_qsl(parts.query)).get("key"):
        allowed = "the robot's URL, which ends in /cgi-bin/webhook/send?key= and its key"
        raise malformed(channel, "url", "a URL without /webhook/send?key=", allowed)
    check_mentions(
        channel,
        lambda person: person in EVERYONE or _PHONE.fullmatch(person) or _MEMBER.fullmatch(person),
        "a user id, a phone number, or all",
        _MOST_MENTIONS,
    )


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request; samples, then rungs, then whole lines are given up to stay within the limit of its form."""
    people = dict.fromkeys(draft.people)
    phones = [person for person in people if _PHONE.fullmatch(person)]
    members = [person for person in people if person not in EVERYONE and person not in phones]
    everyone = ["@all"] if any(person in EVERYONE for person in people) else []
    as_text = step >= LAST_STEP or bool(phones or everyone)
    kind, limit = ("text", TEXT_LIMIT) if as_text else ("markdown", MARKDOWN_LIMIT)

    def write(message: Message, rung: int) -> str:
        keyword = draft.channel.keyword
        parts = _text(message, keyword) if as_text else _markdown(message, keyword, members)
        return _within(*parts, limit=limit if rung >= LAST_STEP - 1 else None)

    content = fit_message(draft.message, step, write, lambda content: len(content.encode()) <= limit)
    lists = {"mentioned_list": [*members, *everyone], "mentioned_mobile_list": phones} if as_text else {}
    part = {"content": content, **lists}
    return ChannelRequest(draft.channel.url.value, compact({"msgtype": kind, kind: part}), made_at=draft.now)


_MARKDOWN = SectionStyle(words=tagless_code, heading=lambda words: f"**{words}**", fact="> ", item="- ", sample="· ")
_TEXT = SectionStyle(words=tagless, heading=lambda words: words, fact="", item="- ", sample="  ")


_Lines = tuple[str, ...]


def _within(head: _Lines, middle: _Lines, tail: _Lines, *, limit: int | None) -> str:
    """All lines, or with a limit as many as have room in so many bytes: the last ones of the middle go first."""
    text = "\n".join((*head, *middle, *tail))
    while limit is not None and middle and len(text.encode()) > limit:
        middle = middle[:-1]
        text = "\n".join((*head, *middle, _CUT, *tail))
    return text


def _markdown(message: Message, keyword: str, members: list[str]) -> tuple[_Lines, _Lines, _Lines]:
    heading = f'<font color="{_COLOURS[message.severity]}">**{tagless(message.heading)}**</font>'
    title = (keyword, heading, tagless_code(message.name) if message.name else "")
    mentions = " ".join(f"<@{member}>" for member in members)
    links = tuple(f"[{link.text}]({_in_parentheses(link.url)})" for link in message.links)
    return (
        _head(title, message.summary, mentions),
        _middle(message, _MARKDOWN, links),
        ("", f'<font color="comment">{message.footer}</font>'),
    )


def _text(message: Message, keyword: str) -> tuple[_Lines, _Lines, _Lines]:
    separator = message.say("label.separator")
    links = tuple(f"{link.text}{separator}{link.url}" for link in message.links)
    return (
        _head((keyword, tagless(message.title)), message.summary),
        _middle(message, _TEXT, links),
        ("", message.footer),
    )


def _head(title: tuple[str, ...], *lines: str) -> tuple[str, ...]:
    return (" ".join(part for part in title if part), *(line for line in lines if line))


def _middle(message: Message, style: SectionStyle, links: tuple[str, ...]) -> tuple[str, ...]:
    found = (*sections(message, style), links)
    return tuple(line for lines in found if lines for line in ("", *lines))


def _in_parentheses(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")


_RATE_LIMITED = (45009, 45033)  # too many, too many at once
_BAD_PARAMETER = 40058  # the words say which, and whether it was only too long

_BY_CODE: dict[int | None, DeliveryOutcome] = {
    -1: Temporary("system busy", after=30.0),
    _BAD_PARAMETER: ContentRejected(),
    45002: TooLarge(),
    93000: Permanent(
        "bad webhook",
        hint="the key is wrong or the robot was removed from its group: copy the robot's URL into the channel's `url`",
    ),
}
_TOO_FAST_WORDS = re.compile(r"freq|too fast|too many|rate.?limit|频率|频繁", re.IGNORECASE)
_TOO_LONG_WORDS = re.compile(r"exceed\w* max length|too (long|large)|out of limit|过长|超长|超限", re.IGNORECASE)
_UNKNOWN = Permanent(
    "refused by WeCom",
    hint="look the code up in WeCom's list of error codes, and compare the channel's `url` with the robot's",
)


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with errcode 0; a code that is not known is a refusal for good.

    A refusal is a 200 too (answers that others have logged).
    """
    answer = response.json
    code, message = response.whole("errcode"), response.words("errmsg")
    unknown = code not in _BY_CODE
    if code == 0 and response.status == 200:
        outcome: DeliveryOutcome = Delivered()
    elif code in _RATE_LIMITED or response.status == 429 or (unknown and _TOO_FAST_WORDS.search(message)):
        outcome = response.limited(least=LIMITED)
    elif (unknown or code == _BAD_PARAMETER) and _TOO_LONG_WORDS.search(message):
        outcome = TooLarge()
    elif code in _BY_CODE:
        outcome = _BY_CODE[code]
    else:
        outcome = _UNKNOWN if code else response.by_status("errcode of WeCom")
    return response.kept_in(outcome, answer.get("errcode", ""), message)
