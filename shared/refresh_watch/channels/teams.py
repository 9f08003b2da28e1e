"""Microsoft Teams, by a webhook of the Workflows app: an Adaptive Card 1.4.

Markdown is active in a TextBlock, and there is no code in it. So it holds our own words only; the words of others stand
in the text runs of a RichTextBlock, where no markdown and no mention is
(learn.microsoft.com/adaptive-cards, TextRun: "Markdown is not supported").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.fitting import fit_bytes
from refresh_watch.channels.post_outcomes import (
    Accepted,
    ContentRejected,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses import ChannelResponse, vendor_text
from refresh_watch.channels.setting_checks import malformed
from refresh_watch.errors import BadInput
from refresh_watch.reports.message import LAST_STEP, FailureGroup, Message, Severity
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

HOSTS = ("*.environment.api.powerplatform.com", "*.logic.azure.com")
RATE = Rate(4, 1)
LIMIT = 20_000
"""Bytes of the whole body. Teams takes 28 KB, and a larger card is lost without a word; 21 KB was seen to be."""

_RETIRED = ("webhook.office.com", "outlook.office.com", "outlook.office365.com")
_PATH = re.compile(r".*/workflows/[^/]+/triggers/[^/]+/paths/invoke")
_PERSON = re.compile(
    r"(?:(?P<name>[^\W_][\w .'-]{0,63})\|)?"
    r"(?P<id>[\w.!#^~'+-]+@[\w-]+(?:\.[\w-]+)+|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"
)
_COLOUR = {Severity.OK: "Good", Severity.WARNING: "Warning", Severity.BAD: "Attention"}

Element = dict[str, Any]


@dataclass(frozen=True)
class _Person:
    name: str
    id: str  # user principal name or object id

    @property
    def entity(self) -> Element:
        return {"type": "mention", "text": self.text, "mentioned": {"id": self.id, "name": self.name}}

    @property
    def text(self) -> str:
        return f"<at>{self.name}</at>"


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for a retired connector, a URL without its signature, and a mention in another form."""
    where = f"channel {channel.name}"
    if any(channel.host == host or channel.host.endswith(f".{host}") for host in _RETIRED):
        given = "a retired Office 365 connector"
        raise malformed(channel, "url", given, "a webhook made in the Workflows app of Teams: make one, copy its URL")
    parts = urlsplit(channel.url.value)
    if not _PATH.fullmatch(parts.path):
        raise malformed(channel, "url", "a URL of another path", "…/workflows/…/triggers/manual/paths/invoke?…&sig=…")
    if not dict(parse_qsl(parts.query)).get("sig"):
        allowed = "the workflow's whole URL with &sig=…; it has one when anyone may trigger the workflow"
        raise malformed(channel, "url", "a URL without sig", allowed)
    names = []
    for mention in channel.mention:
        person = _person(mention)
        if person is None or person.name in names:
            allowed = "user@example.com, Name|user@example.com or Name|object id, each person by another name"
            raise BadInput(f"{where}: mention", mention, allowed)
        names.append(person.name)


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request; samples, then rungs, are given up to stay within LIMIT bytes."""
    people = tuple(person for mention in draft.people if (person := _person(mention)))

    def write(message: Message, rung: int) -> bytes:
        blocks = _plain_blocks if rung >= LAST_STEP else _blocks
        return _envelope(blocks(message, draft.channel.keyword, people), message, people)

    body = fit_bytes(draft.message, step, LIMIT, write)
    return ChannelRequest(draft.channel.url.value, body, made_at=draft.now)


def _person(mention: str) -> _Person | None:
    found = _PERSON.fullmatch(mention)
    if found is None or not (found["name"] or "@" in found["id"]):
        return None
    return _Person(found["name"] or found["id"].partition("@")[0], found["id"])


def _envelope(blocks: list[Element], message: Message, people: tuple[_Person, ...]) -> bytes:
    msteams: Element = {"width": "Full"}
    if people:
        msteams["entities"] = [person.entity for person in people]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": msteams,
        "body": [*blocks, _runs(_run(message.footer, isSubtle=True, size="Small"))],
        "actions": [{"type": "Action.OpenUrl", "title": link.text, "url": link.url} for link in message.links],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return compact({"type": "message", "attachments": [attachment]})


def _summary(message: Message, people: tuple[_Person, ...]) -> list[Element]:
    """The outcome, and the people who are mentioned."""
    mentions = [_text(" ".join(person.text for person in people))] if people else []
    return [_text(message.summary), *mentions]


def _plain_blocks(message: Message, keyword: str, people: tuple[_Person, ...]) -> list[Element]:
    title = " ".join(part for part in (keyword, message.heading) if part)
    first = _text(title, weight="Bolder", color=_COLOUR[message.severity])
    return [first, *_summary(message, people), *(_text(step) for step in message.next_steps)]


def _blocks(message: Message, keyword: str, people: tuple[_Person, ...]) -> list[Element]:
    heading = " ".join(part for part in (keyword, message.heading) if part)
    title = [_run(heading, weight="Bolder", size="Medium", color=_COLOUR[message.severity])]
    if message.name:
        title += [_run(" "), _code(message.name)]
    blocks = [_runs(*title), *_summary(message, people)]
    if message.groups:
        blocks.append(_heading(message.say("heading.failures")))
        for group in message.groups:
            blocks.extend(_group(message, group))
    if message.next_steps:
        blocks.append(_heading(message.say("heading.next")))
        blocks.extend(_runs(_run(f"• {step}"), spacing="Small") for step in message.next_steps)
    if message.command:
        blocks.append(_heading(message.say("heading.command")))
        blocks.append(_runs(_code(message.command), spacing="Small"))
    return [*blocks, *_facts(message)]


def _facts(message: Message) -> list[Element]:
    """In their order, which a FactSet would not keep: markdown is active in one, so it could hold our own only."""
    separator = message.say("label.separator")
    return [
        _runs(
            _run(f"{fact.label}{separator}", weight="Bolder"),
            _code(fact.value) if fact.untrusted else _run(fact.value),
            spacing="None" if place else "Medium",
        )
        for place, fact in enumerate(message.facts)
    ]


def _group(message: Message, group: FailureGroup) -> list[Element]:
    line = message.say("failure.count", reason=group.reason, count=group.count)
    lines = [_runs(_run("• "), _code(line) if group.untrusted else _run(line), spacing="Small")]
    lines.extend(_runs(_code(url), spacing="None") for url in group.samples)
    if group.samples and group.more:
        lines.append(_runs(_run(message.say("more", count=group.more)), spacing="None"))
    return lines


def _heading(words: str) -> Element:
    return _text(words, weight="Bolder", spacing="Medium")


def _text(words: str, **style: Any) -> Element:
    return {"type": "TextBlock", "text": words, "wrap": True, **style}


def _runs(*runs: Element, **style: Any) -> Element:
    return {"type": "RichTextBlock", "inlines": list(runs), **style}


def _run(words: str, **style: Any) -> Element:
    return {"type": "TextRun", "text": words, **style}


def _code(words: str) -> Element:
    return _run(words or "-", fontType="Monospace")


_OFF = Permanent(
    "the workflow is turned off or deleted",
    hint="turn the workflow on in the Workflows app of Teams, or put the URL of a new one into the channel's `url`",
)
_NOT_ALLOWED = Permanent(
    "the workflow does not accept us",
    hint="let anyone trigger the workflow, then copy its URL, which has sig= in it, into the channel's `url` again",
)
_BY_CODE: dict[str, DeliveryOutcome] = {
    "WorkflowTriggerIsNotEnabled": _OFF,
    "WorkflowTriggerNotFound": _OFF,
    "WorkflowNotFound": _OFF,
    "WorkflowDisabled": _OFF,
    "DirectApiAuthorizationRequired": _NOT_ALLOWED,
    "DirectApiInvalidAuthorizationScheme": _NOT_ALLOWED,
    "AuthorizationFailed": _NOT_ALLOWED,
    "TriggerInputSchemaMismatch": ContentRejected(),
    "RequestEntityTooLarge": TooLarge(),
}
_BY_STATUS: dict[int, DeliveryOutcome] = {
    400: Permanent("bad request", hint="look at the run history of the workflow that the channel's `url` names"),
    401: _NOT_ALLOWED,
    403: _NOT_ALLOWED,
    404: _OFF,
    410: _OFF,
    413: TooLarge(),
}
_TOO_FAST_WORDS = re.compile(r"\b429\b|too many|throttl|rate.?limit", re.IGNORECASE)
_TOO_LARGE_WORDS = re.compile(r"\b413\b|too (large|long)|size .*(exceed|limit)|exceed.* size", re.IGNORECASE)
_BAD_CARD_WORDS = re.compile(r"\berror 400\b|bad payload|summary or text|schema|\bcard\b", re.IGNORECASE)
_ERROR_WORDS = re.compile(
    r"error|fail|invalid|denied|unauthori[sz]ed|forbidden|not (found|enabled|allowed)|is required|exceed|bad payload"
    r"|bad request|bad gateway",
    re.IGNORECASE,
)


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Accepted for a 2xx that says nothing of an error; never Delivered, for it comes before the card is posted.

    Codes: learn.microsoft.com (Logic Apps, Request trigger) and answers that others have logged. A connector, and what
    stands in front of a workflow, may put an error's text into a 200.
    """
    code, message = _error(response)
    fine = 200 <= response.status < 300
    is_error = bool(code) or _ERROR_WORDS.search(message) or _TOO_LARGE_WORDS.search(message)
    if response.status == 429 or ((code or fine) and _TOO_FAST_WORDS.search(f"{code} {message}")):
        outcome: DeliveryOutcome = response.limited()
    elif code in _BY_CODE:
        outcome = _BY_CODE[code]
    elif not fine:
        outcome = _BY_STATUS.get(response.status) or response.by_status("answer")
    elif _is_page(response):
        outcome = response.by_status("answer of a workflow")
    else:
        outcome = _error_in_2xx(message, response.status) if is_error else Accepted()
    return response.kept_in(outcome, code, message)


def _error_in_2xx(message: str, status: int) -> DeliveryOutcome:
    if _TOO_LARGE_WORDS.search(message):
        return TooLarge()
    return ContentRejected() if _BAD_CARD_WORDS.search(message) else Temporary(f"an error in a {status}", after=60.0)


def _error(response: ChannelResponse) -> tuple[str, str]:
    """Code and words of ``{"error": {"code", "message"}}``; else no code, and what the body says."""
    answer = response.json
    if not answer:
        return "", vendor_text(response.text)
    error = answer.get("error")
    if isinstance(error, dict) and error:
        return vendor_text(error.get("code", "")) or "error", vendor_text(error.get("message", ""))
    if error:
        return "error", vendor_text(error)
    words = (answer.get(key) for key in ("status", "code", "message"))
    return "", vendor_text(" ".join(word for word in words if isinstance(word, str)))


def _is_page(response: ChannelResponse) -> bool:
    """A page of whatever stands between us and the workflow."""
    return response.body.lstrip().startswith(b"<") or response.header("content-type").startswith("text/html")
