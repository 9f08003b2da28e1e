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
from refresh_watch.channels.formatting.ladder import fit_message
from refresh_watch.channels.formatting.markdown import AT, harmless, plain
from refresh_watch.channels.formatting.mentions import EVERYONE, check_mentions
from refresh_watch.channels.formatting.sections import SectionStyle, sections, tagless_code
from refresh_watch.channels.responses.dingtalk import classify
from refresh_watch.errors import BadInput, Described
from refresh_watch.instants import Instant
from refresh_watch.reports.message import LAST_STEP, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

__all__ = ["HOSTS", "LIMIT", "RATE", "check", "classify", "render", "sign", "signed"]

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
    where = f"channel {channel.name}"
    if not dict(parse_qsl(urlsplit(channel.url.value).query)).get("access_token"):
        raise BadInput(f"{where}: url", Described("a URL without access_token"), "the robot's URL with ?access_token=")
    if channel.secret and not channel.secret.value.startswith("SEC"):
        raise BadInput(
            f"{where}: secret", Described("a text that does not begin with SEC"), "the robot's signing secret"
        )
    check_mentions(channel, _PERSON.fullmatch, "a phone number (+852-12345678 abroad), a user id, or all")


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request, signed; samples, then rungs, are given up to stay within LIMIT bytes."""
    url, secret = draft.channel.url.value, draft.channel.secret
    people = tuple(person.lstrip(AT) for person in draft.people)
    body = fit_message(
        draft.message,
        step,
        lambda message, rung: _body(message, rung, draft.channel.keyword, people),
        lambda body: len(body) <= LIMIT,
    )
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
