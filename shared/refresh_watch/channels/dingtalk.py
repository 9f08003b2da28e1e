"""DingTalk custom robot (open.dingtalk.com, custom robot access): markdown, signed in the URL.

Colours are those that phones show as well: six digits, without quotes, in a tag that is closed.

People are mentioned on failure only: when objects failed, or when we ourselves did.
"""

from __future__ import annotations

import base64
import hmac
import re
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.fitting import fit_bytes
from refresh_watch.channels.formatting.sections import AT, SectionStyle, harmless, plain, sections, tagless_code
from refresh_watch.channels.post_outcomes import (
    UNKNOWN_CODE,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses import LIMITED, ChannelResponse, pause_in_body
from refresh_watch.channels.setting_checks import EVERYONE, check_mentions, malformed
from refresh_watch.instants import Instant, Seconds
from refresh_watch.reports.message import LAST_STEP, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

HOSTS = ("oapi.dingtalk.com",)
RATE = Rate(20, 60)  # one message more, and the robot is blocked for ten minutes
LIMIT = 20_000
"""Bytes of the whole body as it is sent; beyond them DingTalk answers 460101."""

_COLOURS = {Severity.OK: "#188038", Severity.WARNING: "#B06000", Severity.BAD: "#D93026"}
_STYLE = SectionStyle(
    words=tagless_code,  # DingTalk reads tags in code too: a phone then shows nothing at all
    heading=lambda words: f"**{words}**\n",
    fact="- ",
    item="- ",
    sample="    - ",
)
_PHONE = re.compile(r"\+?[\d-]{4,20}")
_PERSON = re.compile(r"@?[^\s@`]{1,64}")


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for a URL without access token, for another secret, and for a mention that is no person."""
    if not dict(parse_qsl(urlsplit(channel.url.value).query)).get("access_token"):
        raise malformed(channel, "url", "a URL without access_token", "the robot's URL with ?access_token=")
    if channel.secret and not channel.secret.value.startswith("SEC"):
        raise malformed(channel, "secret", "a text that does not begin with SEC", "the robot's signing secret")
    check_mentions(channel, _PERSON.fullmatch, "a phone number (+852-12345678 abroad), a user id, or all")


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request, signed; samples, then rungs, are given up to stay within LIMIT bytes."""
    url, secret = draft.channel.url.value, draft.channel.secret
    people = tuple(person.lstrip(AT) for person in draft.people)
    keyword = draft.channel.keyword
    body = fit_bytes(draft.message, step, LIMIT, lambda message, rung: _body(message, rung, keyword, people))
    return ChannelRequest(signed(url, secret.value, draft.now) if secret else url, body, made_at=draft.now)


def sign(secret: str, timestamp: str) -> str:
    """The raw base64 signature; `timestamp` is decimal milliseconds."""
    digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), "sha256")
    return base64.b64encode(digest).decode()


def signed(url: str, secret: str, now: Instant) -> str:
    """The URL with `timestamp` and `sign`, percent-encoded exactly once."""
    parts = urlsplit(url)
    timestamp = str(int(now * 1000))
    given = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in ("timestamp", "sign", "")]
    query = "&".join([*given, f"timestamp={timestamp}", f"sign={quote(sign(secret, timestamp), safe='')}"])
    return urlunsplit(parts._replace(query=query, fragment=""))


def _body(message: Message, step: int, keyword: str, people: tuple[str, ...]) -> bytes:
    mentions = " ".join(f"{AT}{person}" for person in people)
    at = {
        "atMobiles": [person for person in people if _PHONE.fullmatch(person)],
        "atUserIds": [person for person in people if not _PHONE.fullmatch(person) and person not in EVERYONE],
        "isAtAll": any(person in EVERYONE for person in people),
    }
    if step >= LAST_STEP:
        content = "\n".join(part for part in (plain(message, keyword), mentions) if part)
        return compact({"msgtype": "text", "text": {"content": content}, "at": at})
    # the title is shown in the notification only, so the text repeats it; a mention has to stand in the text too
    title = f"{keyword} {harmless(message.title)}".strip()
    text = _markdown(message, keyword, mentions)
    return compact({"msgtype": "markdown", "markdown": {"title": title, "text": text}, "at": at})


def _markdown(message: Message, keyword: str, mentions: str) -> str:
    """The whole message: title, summary in the outcome's colour, mentions, sections, links, footer."""
    title = (keyword, message.heading, tagless_code(message.name) if message.name else "")
    blocks = [
        f"#### {' '.join(part for part in title if part)}",
        f"<font color={_COLOURS[message.severity]}>{message.summary}</font>",
        mentions,
    ]
    blocks.extend("\n".join(lines) for lines in sections(message, _STYLE))
    # pages of the console, whose addresses we wrote: the only links that a message has
    blocks.append(" · ".join(f"[{link.text}]({_in_browser(link.url)})" for link in message.links))
    blocks.append(f"> {message.footer}")
    return "\n\n".join(block for block in blocks if block)


def _in_browser(url: str) -> str:
    """Opened by the browser, where people are logged in, instead of DingTalk's side pane."""
    return f"dingtalk://dingtalkclient/page/link?pc_slide=false&url={quote(url, safe='')}"


BLOCK: Seconds = 600.0
"""A robot over its 20 messages a minute takes none for so long: a post before that tells nothing new."""

_OURS = "refresh-watch sent what DingTalk cannot read: please report it"
_QUOTA = "wait until the organisation's quota is reset, or raise it, then replay"
_BAD_TOKEN = Permanent("bad token", hint="copy the robot's URL again into the channel's `url`")
_ROBOT_GONE = Permanent("robot gone", hint="the robot was stopped or removed, or its group disbanded: make a new one")
_MISSING_PARAMETER = 40035
_BY_CODE: dict[int | None, DeliveryOutcome] = {
    -1: Temporary("system busy", after=30.0),
    **dict.fromkeys((300001, 300005, 400101, _MISSING_PARAMETER), _BAD_TOKEN),
    **dict.fromkeys((400102, 400106, 400013), _ROBOT_GONE),
    400105: Permanent("unsupported msgtype", hint=_OURS),
    43004: Permanent("wrong Content-Type", hint=_OURS),
    43002: Permanent("needs POST", hint=_OURS),
    **dict.fromkeys((460101, 101002), TooLarge()),
    **dict.fromkeys((430101, 430102, 430103, 430104), ContentRejected()),
    90030: Permanent("quota of robot messages used up", hint=_QUOTA),
}
_SKEW_THAT_IS_NONE: Seconds = 600.0
_RATE_LIMITED = (130101, 410100)
_SECURITY = 310000

_TOO_FAST_WORDS = re.compile(
    r"too fast|too many|frequen|rate.?limit|limit(ed)? .*rate|限流|频率|频繁|过快", re.IGNORECASE
)
_TOO_LONG_WORDS = re.compile(r"too (long|large)|超长|过长|过大", re.IGNORECASE)
_CLOCK_WORDS = re.compile(r"timestamp|expire|过期", re.IGNORECASE)
_SIGNING_SECRET = "copy the robot's signing secret (SEC…) into the channel's `secret`"  # noqa: S105 - says what to do
_NOT_SIGNED = Permanent("signature missing or wrong", hint=_SIGNING_SECRET)
_SECURITY_WORDS = (
    (
        re.compile(r"keyword|关键词|关键字", re.IGNORECASE),
        Permanent("keyword missing", hint="set the channel's `keyword` to a keyword of the robot"),
    ),
    (
        re.compile(r"whitelist|white list|白名单", re.IGNORECASE),
        Permanent(
            "address not in the robot's list", hint="add the outgoing address of refresh-watch to the robot's IP list"
        ),
    ),
    (re.compile(r"sign|签名", re.IGNORECASE), _NOT_SIGNED),
    (
        re.compile(""),
        Permanent(
            "security settings", hint="compare the robot's security settings with the channel's `secret` and `keyword`"
        ),
    ),
)


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with errcode 0; a code that is not known is a failure, by its words if they say.

    A refusal is a 200 too (open.dingtalk.com, and answers that others have logged).
    """
    answer = response.json
    code, message = response.whole("errcode"), response.words("errmsg")
    if code == 0 and response.status == 200:
        outcome: DeliveryOutcome = Delivered()
    elif code in _RATE_LIMITED or "punish" in answer or response.whole("status") == 1111:
        least = BLOCK if code in _RATE_LIMITED else LIMITED
        outcome = response.limited(least=max(least, pause_in_body(answer.get("wait")) or 0.0))
    elif code == _MISSING_PARAMETER and "token" not in message.lower():
        outcome = Permanent("a parameter is missing", hint=_OURS)
    elif code in _BY_CODE:
        outcome = _BY_CODE[code]
    else:
        outcome = _security(response, message) if code == _SECURITY else _by_words(response, code, message)
    return response.kept_in(outcome, answer.get("errcode", answer.get("status", "")), message)


def _by_words(response: ChannelResponse, code: int | None, message: str) -> DeliveryOutcome:
    # the codes have changed over time
    if _TOO_FAST_WORDS.search(message):
        return response.limited(least=LIMITED)
    if response.status == 429:
        return response.limited()
    if _TOO_LONG_WORDS.search(message):
        return TooLarge()
    return UNKNOWN_CODE if code else response.by_status("errcode of DingTalk")


def _security(response: ChannelResponse, message: str) -> Permanent:
    if not _CLOCK_WORDS.search(message):
        return next(outcome for words, outcome in _SECURITY_WORDS if words.search(message))
    skew = response.clock_skew
    if skew is None:
        hint = f"set this machine's clock (at most an hour is allowed), or {_SIGNING_SECRET}"
        return Permanent("timestamp refused", hint=hint, once_more=True)
    if skew < _SKEW_THAT_IS_NONE:  # a robot that wants signatures and gets none says the same
        return _NOT_SIGNED
    hint = f"this machine's clock differs from DingTalk's by {skew:.0f} s; at most an hour is allowed: set the clock"
    return Permanent("clock skew", hint=hint, once_more=True)
