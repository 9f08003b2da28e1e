"""Words of others in markdown and in plain text, where they can neither mention, link nor format.

In markdown they stand in code spans, where nothing is active in any dialect; this also keeps clients from unfolding
customers' URLs.
"""

from __future__ import annotations

from refresh_watch.reports.message import Message

AT = "@"
_HARMLESS_AT = "\uff20"  # a full-width @, which no chat takes for a mention


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
