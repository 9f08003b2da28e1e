"""Slack incoming webhook (docs.slack.dev): blocks of Block Kit beside a bar in the severity's colour.

The title stands above the bar, and once more as `text`, which is what a phone shows. The words of others stand in code
spans, or in plain text, with & < > escaped: Slack acts on <…> in code spans too. People are mentioned on failure only.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.fitting import characters, fit_message, fitted, paragraphs
from refresh_watch.channels.formatting.sections import code, plain
from refresh_watch.channels.post_outcomes import (
    UNKNOWN_CODE,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    TooLarge,
)
from refresh_watch.channels.responses import ChannelResponse, pause_in_body
from refresh_watch.channels.setting_checks import check_mentions, malformed
from refresh_watch.reports.message import LAST_STEP, Fact, FailureGroup, Link, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
RATE = Rate(10, 10)  # Slack states one a second, and lets short bursts pass
LIMIT = 10_000
"""Characters of the whole body. Slack takes some 13,000 in all blocks and does not say how it counts them."""

_HEADER = 150
_TEXT = 3000
_FIELD = 2000
_FIELDS = 10
_MOST_MENTIONS = 50

_COLOURS = {Severity.OK: "#2eb886", Severity.WARNING: "#e8912d", Severity.BAD: "#d72b3f"}
_PATH = re.compile(r"/services/[^/]+/[^/]+/[^/]+/?")
_MENTION = re.compile(r"<?[@!]?(?:subteam\^)?(\w+)(?:\|[^<>|]*)?>?")
_USER = re.compile(r"[UW][A-Z0-9]{6,30}")
_GROUP = re.compile(r"S[A-Z0-9]{6,30}")
_EVERYONE = {"all": "<!channel>", "channel": "<!channel>", "here": "<!here>", "everyone": "<!everyone>"}


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for a URL that is no incoming webhook's and for a mention that Slack has no form for."""
    if _PATH.search(urlsplit(channel.url.value).path) is None:
        given = "a URL without /services/T…/B…/…"
        raise malformed(channel, "url", given, "the address of an incoming webhook (no workflow's trigger)")
    check_mentions(channel, _mention, "<@U…>, <!subteam^S…>, <!here>, <!channel>, or all", _MOST_MENTIONS)


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request; samples, then rungs, are given up to stay within LIMIT characters."""
    people = " ".join(dict.fromkeys(map(_mention, draft.people)))
    body = fit_message(
        draft.message,
        step,
        lambda message, rung: compact(_payload(message, rung, draft.channel.keyword, people)),
        lambda body: characters(body.decode()) <= LIMIT,
    )
    return ChannelRequest(draft.channel.url.value, body, made_at=draft.now)


def _payload(message: Message, step: int, keyword: str, people: str) -> dict[str, Any]:
    quiet = {"unfurl_links": False, "unfurl_media": False}
    if step >= LAST_STEP:
        text = "\n".join(part for part in (_escaped(plain(message, keyword)), people) if part)
        return {"text": text, **quiet}
    top = [{"type": "header", "text": _plain_text(_header(message, keyword))}]
    if people:
        # above the bar: Slack folds what stands beside it
        top.append(_section(_markup(people)))
    return {
        "text": _escaped(f"{keyword} {message.title}".strip()),
        "blocks": top,
        "attachments": [{"color": _COLOURS[message.severity], "blocks": _details(message)}],
        **quiet,
    }


def _header(message: Message, keyword: str) -> str:
    """The title; where it is too long the name is cut, then the environment left out: the numbers stay."""
    beginning = _escaped(f"{keyword} {message.heading}".strip())
    room = _HEADER - characters(beginning) - len(" ")
    if room >= len("…"):
        return f"{beginning} {fitted(message.name, room, _escaped)}".rstrip()
    shorter = replace(message, tags=(message.tags[0], message.tags[-1]))
    return fitted(f"{keyword} {shorter.heading}".strip(), _HEADER, _escaped)


def _details(message: Message) -> list[dict[str, Any]]:
    """What stands next to the bar, the most urgent first."""
    blocks = [_section(_markup(_escaped(message.summary)))]
    if message.groups:
        lines = [_bold(message.say("heading.failures"))]
        for group in message.groups:
            lines.extend(_group(message, group))
        blocks.extend(_section(_markup(text)) for text in paragraphs(lines, _TEXT))
    if message.next_steps:
        # plain: the code of a refusal may stand in a step, and an underscore would be markup
        steps = [fitted(step, _TEXT, lambda words: f"• {_escaped(words)}") for step in message.next_steps]
        blocks.append(_section(_markup(_bold(message.say("heading.next")))))
        blocks.extend(_section(_plain_text(text)) for text in paragraphs(steps, _TEXT))
    if message.command:
        lines = [_bold(message.say("heading.command")), _code(message.command, _TEXT)]
        blocks.extend(_section(_markup(text)) for text in paragraphs(lines, _TEXT))
    fields = [_field(fact) for fact in message.facts]
    blocks.extend(
        {"type": "section", "fields": fields[first : first + _FIELDS]} for first in range(0, len(fields), _FIELDS)
    )
    if message.links:
        # no buttons: a click on one asks for an app that answers it, and is marked as failed without
        blocks.append(_section(_markup(" · ".join(map(_link, message.links)))))
    blocks.append({"type": "context", "elements": [_plain_text(_escaped(message.footer))]})
    return blocks


def _group(message: Message, group: FailureGroup) -> list[str]:
    # a blank behind the span: Slack ends none before a letter or sign that is not ASCII
    reason = f"{_code(group.reason, _FIELD)} " if group.untrusted else _escaped(group.reason)
    lines = [f"• {message.say('failure.count', reason=reason, count=group.count)}"]
    lines.extend(f"    ◦ {_code(url, _TEXT - len('    ◦ '))}" for url in group.samples)
    if group.samples and group.more:
        lines.append(f"    ◦ {message.say('more', count=group.more)}")
    return lines


def _field(fact: Fact) -> dict[str, Any]:
    beginning = f"{_bold(fact.label)}\n"
    room = _FIELD - characters(beginning)
    return _markup(beginning + (_code(fact.value, room) if fact.untrusted else fitted(fact.value, room, _escaped)))


def _link(link: Link) -> str:
    # a bar would end the address
    return f"<{_escaped(link.url.replace('|', '%7C'))}|{_escaped(link.text.replace('|', ' '))}>"


def _section(text: dict[str, Any]) -> dict[str, Any]:
    return {"type": "section", "text": text}


def _markup(text: str) -> dict[str, Any]:
    # verbatim: no URL, channel or @name in it becomes active by itself
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _bold(words: str) -> str:
    return f"*{_escaped(words)}*"


def _code(words: str, most: int) -> str:
    return fitted(words, most, lambda kept: _escaped(code(kept)))


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mention(person: str) -> str:
    """The mention in Slack's form; nothing for what it has no form for."""
    match = _MENTION.fullmatch(person)
    word = match[1] if match else ""
    if _USER.fullmatch(word):
        return f"<@{word}>"
    if _GROUP.fullmatch(word):
        return f"<!subteam^{word}>"
    return _EVERYONE.get(word, "")


_OURS = "refresh-watch sent what Slack cannot read: please report it"
_GONE = "the webhook was removed or switched off: make a new one and put its address into the channel's `url`"
_CHANNEL_GONE = "make a webhook for another channel of Slack and put its address into the channel's `url`"
_WORKSPACE_GONE = "the workspace is gone or disabled: put a webhook of another one into the channel's `url`"
_ADMINISTRATOR = "ask an administrator of the workspace to allow it, or put another webhook into the channel's `url`"

_BY_CODE: dict[str, DeliveryOutcome] = {
    "invalid_payload": Permanent("invalid payload", hint=_OURS),
    "no_text": Permanent("no text", hint=_OURS),
    "too_many_attachments": Permanent("too many attachments", hint=_OURS),
    "invalid_token": Permanent("bad token", hint="copy the webhook's address again into the channel's `url`"),
    "no_service": Permanent("webhook gone", hint=_GONE),
    "no_service_id": Permanent("webhook gone", hint=_GONE),
    "no_active_hooks": Permanent("webhook gone", hint=_GONE),
    "no_team": Permanent("workspace gone", hint=_WORKSPACE_GONE),
    "team_disabled": Permanent("workspace gone", hint=_WORKSPACE_GONE),
    "user_not_found": Permanent("the person it posts to is gone", hint=_CHANNEL_GONE),
    "channel_not_found": Permanent("Slack channel gone", hint=_CHANNEL_GONE),
    "channel_is_archived": Permanent("Slack channel archived", hint=_CHANNEL_GONE),
    "action_prohibited": Permanent("prohibited in the workspace", hint=_ADMINISTRATOR),
    "posting_to_general_channel_denied": Permanent("prohibited in #general", hint=_ADMINISTRATOR),
    "msg_blocks_too_long": TooLarge(),
    "msg_too_long": TooLarge(),
    # blocks that Slack does not take: the lowest rung has none
    "invalid_blocks": ContentRejected(),
    "invalid_blocks_format": ContentRejected(),
    "invalid_attachments": ContentRejected(),
}
_RATE_LIMITED = ("rate_limited", "ratelimited")
_WORD = re.compile(r"[a-z][a-z0-9_]{1,63}")
_OK = b"ok"


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for HTTP 200 with exactly `ok`, or JSON whose `ok` is true; an unknown word is a failure.

    Slack answers with a bare word, or with JSON of `ok` and `error` (docs.slack.dev, and answers that others have
    logged).
    """
    answer = response.json
    code = _error_word(response, answer)
    if response.status == 200 and (response.body == _OK or answer.get("ok") is True):
        outcome: DeliveryOutcome = Delivered()
    elif response.status == 429 or code in _RATE_LIMITED:
        in_body = pause_in_body(answer.get("retry_after"))
        outcome = response.limited(in_body if response.retry_after is None else None)
    elif code in _BY_CODE:
        outcome = _BY_CODE[code]
    elif code and response.status == 200:
        outcome = UNKNOWN_CODE
    else:
        return replace(response.by_status("`ok` of Slack"), vendor_code=code)
    return response.kept_in(outcome, code, response.text)


def _error_word(response: ChannelResponse, answer: dict[str, Any]) -> str:
    """The word that names an error, or nothing."""
    if answer:
        return response.words("error")
    text = response.text.strip()
    return text if _WORD.fullmatch(text) and text != _OK.decode() else ""
