"""What the commands print: one-line complaints, and a report as text for a terminal."""

from __future__ import annotations

import shlex
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from refresh_watch.report import Report
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import Message
from refresh_watch.reports.plain import one_line
from refresh_watch.settings import Settings

LABEL_WIDTH = 13
_NAME = "refresh-watch"


def called_as() -> str:
    """The command as the shell of this terminal finds it: its name alone where that is on PATH, else as it was called.

    From a module (`python -m`) it is that call.
    """
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m refresh_watch_cli"
    if called.name != _NAME:
        return _NAME
    found = shutil.which(_NAME)
    return _NAME if found and Path(found).resolve() == called.resolve() else shlex.quote(sys.argv[0])


def complain(line: str) -> None:
    """One line on standard error; nothing of others can break it in two or move the cursor."""
    print(f"refresh-watch: {one_line(line)}", file=sys.stderr, flush=True)


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


def note(line: str) -> None:
    """One line on standard error that is no complaint, so that standard output holds nothing but what was asked."""
    print(one_line(line), file=sys.stderr, flush=True)
