"""A report as text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from refresh_watch.report import Report
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import Message
from refresh_watch.settings import Settings

LABEL_WIDTH = 13


def report_text(report: Report, settings: Settings) -> str:
    """The message of a report as plain text, in the language of the settings."""
    message = compose(report, language=settings.language, deployment=settings.deployment)
    return "\n".join(_lines(message))


def _lines(message: Message) -> Iterator[str]:
    yield message.title
    yield message.summary
    for fact in message.facts:
        yield f"  {fact.label}:{' ' * max(1, LABEL_WIDTH - _columns(fact.label))}{fact.value}"
    if message.groups:
        yield f"{message.say('heading.failures')}:"
    for group in message.groups:
        yield f"  {message.say('failure.count', reason=group.reason, count=group.count)}"
        yield from (f"    {sample}" for sample in group.samples)
        if group.more and group.samples:
            yield f"    ... {message.say('more', count=group.more)}"
    for step in message.next_steps:
        yield f"{message.say('heading.next')}: {step}"
    if message.command:
        yield f"{message.say('heading.command')}:"
        yield f"  {message.command}"
    for link in message.links:
        yield f"{link.text}: {link.url}"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
