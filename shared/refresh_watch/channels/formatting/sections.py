"""A message's words made harmless, and its sections as lines: what failed, what to do, the command, the facts.

Words of others can neither mention, link nor format. In markdown they stand in code spans, where nothing is active in
any dialect; this also keeps clients from unfolding customers' URLs. The sections stand in the order in which they may
be left out from the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from refresh_watch.reports.message import FailureGroup, Message

AT = "@"
_HARMLESS_AT = "\uff20"  # a full-width @, which no chat takes for a mention
_HARMLESS_LESS_THAN = "\uff1c"  # a full-width <, which begins no tag; in a URL there is none that it could spoil


def code(words: str) -> str:
    """A code span on one line. A back tick, which is no part of a URL, would end it: it becomes an apostrophe."""
    return f"`{' '.join(words.replace('`', chr(39)).split()) or '-'}`"


def plain(message: Message, keyword: str) -> str:
    """The fact itself, without words of others: the lowest rung."""
    lowest = message.reduced(3)
    parts = (keyword, lowest.heading, lowest.summary, *lowest.next_steps, lowest.footer)
    return " ".join(part for part in parts if part)


def harmless(words: str) -> str:
    """For a place that knows no code spans, such as a notification's line: no character that mentions."""
    return words.replace(AT, _HARMLESS_AT)


def tagless(words: str) -> str:
    """One line in which a chat that reads ``<at …>`` or ``<@…>`` in what it shows finds no tag."""
    return " ".join(words.replace("<", _HARMLESS_LESS_THAN).split())


def tagless_code(words: str) -> str:
    """A code span in which a chat finds no tag either, should it look for tags before code."""
    return code(tagless(words))


@dataclass(frozen=True)
class SectionStyle:
    """How a chat writes it: the functions answer one line; the others stand before a line."""

    words: Callable[[str], str]  # words of others, so that they do nothing
    heading: Callable[[str], str]
    own: Callable[[str], str] = field(default=str, kw_only=True)  # our words, where a sign of theirs could be markup
    fact: str
    item: str
    sample: str  # an example under an item


def sections(message: Message, style: SectionStyle) -> tuple[tuple[str, ...], ...]:
    """Those that have something to say; each line is whole by itself."""
    separator = message.say("label.separator")
    facts = [
        f"{style.fact}{style.own(fact.label + separator)}{(style.words if fact.untrusted else style.own)(fact.value)}"
        for fact in message.facts
    ]
    found = (
        ("failures", [line for group in message.groups for line in _group(message, group, style)]),
        ("next", [f"{style.item}{style.own(step)}" for step in message.next_steps]),
        # with nothing before it: it is there to be copied
        ("command", [style.words(message.command)] if message.command else []),
    )
    headed = [(style.heading(message.say(f"heading.{key}")), *lines) for key, lines in found if lines]
    return (*headed, tuple(facts)) if facts else tuple(headed)


def _group(message: Message, group: FailureGroup, style: SectionStyle) -> list[str]:
    reason = (style.words if group.untrusted else style.own)(group.reason)
    lines = [f"{style.item}{message.say('failure.count', reason=reason, count=group.count)}"]
    lines.extend(f"{style.sample}{style.words(url)}" for url in group.samples)
    if group.samples and group.more:
        lines.append(f"{style.sample}{style.own(message.say('more', count=group.more))}")
    return lines
