"""The sections of a message as lines: what failed, what to do, the command, the facts.

They stand in the order in which they may be left out from the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from refresh_watch.channels.formatting.markdown import code
from refresh_watch.reports.message import FailureGroup, Message

_HARMLESS_LESS_THAN = "\uff1c"  # a full-width <, which begins no tag; in a URL there is none that it could spoil


@dataclass(frozen=True)
class SectionStyle:
    """How a chat writes it: the functions answer one line; the others stand before a line."""

    words: Callable[[str], str]  # words of others, so that they do nothing
    heading: Callable[[str], str]
    own: Callable[[str], str] = field(default=str, kw_only=True)  # our words, where a sign of theirs could be markup
    fact: str
    item: str
    sample: str  # an example under an item


def tagless(words: str) -> str:
    """One line in which a chat that reads ``<at …>`` or ``<@…>`` in what it shows finds no tag."""
    return " ".join(words.replace("<", _HARMLESS_LESS_THAN).split())


def tagless_code(words: str) -> str:
    """A code span in which a chat finds no tag either, should it look for tags before code."""
    return code(tagless(words))


def sections(message: Message, style: SectionStyle) -> tuple[tuple[str, ...], ...]:
    """Those that have something to say; each line is whole by itself."""
    found = (
        _failures(message, style),
        _next(message, style),
        _command(message, style),
        _facts(message, style),
    )
    return tuple(lines for lines in found if lines)


def _failures(message: Message, style: SectionStyle) -> tuple[str, ...]:
    lines = [line for group in message.groups for line in _group(message, group, style)]
    return (style.heading(message.say("heading.failures")), *lines) if lines else ()


def _group(message: Message, group: FailureGroup, style: SectionStyle) -> list[str]:
    reason = (style.words if group.untrusted else style.own)(group.reason)
    lines = [f"{style.item}{message.say('failure.count', reason=reason, count=group.count)}"]
    lines.extend(f"{style.sample}{style.words(url)}" for url in group.samples)
    if group.samples and group.more:
        lines.append(f"{style.sample}{style.own(message.say('more', count=group.more))}")
    return lines


def _next(message: Message, style: SectionStyle) -> tuple[str, ...]:
    lines = [f"{style.item}{style.own(step)}" for step in message.next_steps]
    return (style.heading(message.say("heading.next")), *lines) if lines else ()


def _command(message: Message, style: SectionStyle) -> tuple[str, ...]:
    if not message.command:
        return ()
    # with nothing before it: it is there to be copied
    return (style.heading(message.say("heading.command")), style.words(message.command))


def _facts(message: Message, style: SectionStyle) -> tuple[str, ...]:
    separator = message.say("label.separator")
    lines = []
    for fact in message.facts:
        value = (style.words if fact.untrusted else style.own)(fact.value)
        lines.append(f"{style.fact}{style.own(fact.label + separator)}{value}")
    return tuple(lines)
