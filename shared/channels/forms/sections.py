"""The sections of a message as lines, for chats that read tags such as ``<at …>`` and ``<@…>`` in what they show.

They stand in the order in which they may be left out from the end: what failed, what to do, the command, the facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.channels.forms.markdown import code
from shared.reports.message import FailureGroup, Message

_HARMLESS_LESS_THAN = "\uff1c"  # a full-width <, which begins no tag; in a URL there is none that it could spoil


@dataclass(frozen=True)
class Dialect:
    """How a chat writes it: both functions answer one line; the others stand before a line."""

    words: Callable[[str], str]  # words of others, so that they do nothing
    heading: Callable[[str], str]
    fact: str
    item: str
    sample: str  # an example under an item


def tagless(words: str) -> str:
    """One line in which a chat finds no tag."""
    return " ".join(words.replace("<", _HARMLESS_LESS_THAN).split())


def tagless_code(words: str) -> str:
    """A code span in which a chat finds no tag either, should it look for tags before code."""
    return code(tagless(words))


def sections(message: Message, dialect: Dialect) -> tuple[tuple[str, ...], ...]:
    """Those that have something to say; each line is whole by itself."""
    found = (
        _failures(message, dialect),
        _next(message, dialect),
        _command(message, dialect),
        _facts(message, dialect),
    )
    return tuple(lines for lines in found if lines)


def _failures(message: Message, dialect: Dialect) -> tuple[str, ...]:
    lines = [line for group in message.groups for line in _group(message, group, dialect)]
    return (dialect.heading(message.say("heading.failures")), *lines) if lines else ()


def _group(message: Message, group: FailureGroup, dialect: Dialect) -> list[str]:
    reason = dialect.words(group.reason) if group.of_others else group.reason
    lines = [f"{dialect.item}{message.say('failure.count', reason=reason, count=group.count)}"]
    lines.extend(f"{dialect.sample}{dialect.words(url)}" for url in group.samples)
    if group.samples and group.more:
        lines.append(f"{dialect.sample}{message.say('more', count=group.more)}")
    return lines


def _next(message: Message, dialect: Dialect) -> tuple[str, ...]:
    lines = [f"{dialect.item}{step}" for step in message.next_steps]
    return (dialect.heading(message.say("heading.next")), *lines) if lines else ()


def _command(message: Message, dialect: Dialect) -> tuple[str, ...]:
    if not message.command:
        return ()
    return (dialect.heading(message.say("heading.command")), f"{dialect.item}{dialect.words(message.command)}")


def _facts(message: Message, dialect: Dialect) -> tuple[str, ...]:
    separator = message.say("label.separator")
    return tuple(
        f"{dialect.fact}{fact.label}{separator}{dialect.words(fact.value) if fact.of_others else fact.value}"
        for fact in message.facts
    )
