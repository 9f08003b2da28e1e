"""The marks of chat dialects inside a line: each dialect is a list of marks, tried where they begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from refresh_watch_emulator.chat_page.payload import text_of

_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """One mark of a dialect. ``draw`` gets what was matched, and what draws the text inside it."""

    pattern: re.Pattern[str]
    draw: Callable[[re.Match[str], Callable[[str], Markup]], Markup]


def draw_line(text: str, marks: Sequence[Mark]) -> Markup:
    """The text with its marks drawn: always the mark that begins first, and of several there the first listed."""
    parts: list[str] = []
    place = 0
    # each mark is searched for again only once the text is past where it was last found
    found = {i: mark.pattern.search(text) for i, mark in enumerate(marks)}
    while True:
        for i, match in found.items():
            if match is not None and match.start() < place:
                found[i] = marks[i].pattern.search(text, place)
        begun = [(match.start(), i, match) for i, match in found.items() if match is not None]
        if not begun:
            return Markup("").join([*parts, text[place:]])
        start, i, match = min(begun, key=lambda one: one[:2])
        parts += [text[place:start], marks[i].draw(match, lambda inner: draw_line(inner, marks))]
        place = match.end()


def draw_lines(text: str, marks: Sequence[Mark]) -> Markup:
    """As `draw_line`, with each line break shown."""
    return Markup("<br>").join(draw_line(line, marks) for line in text.split("\n"))


def element(tag: str, inside: object, kind: str = "") -> Markup:
    """One element, with that class; what is inside is escaped unless it is markup."""
    opening = Markup('<{} class="{}">').format(tag, kind) if kind else Markup("<{}>").format(tag)
    return opening + escape(inside) + Markup("</{}>").format(tag)


def link(text: object, url: object, kind: str = "link") -> Markup:
    """A link to a web page; another scheme leads nowhere on this page and is shown after its text."""
    address = text_of(url)
    if _WEB.fullmatch(address):
        made = Markup('<a class="{}" href="{}" title="{}" rel="noopener noreferrer">{}</a>')
        return made.format(kind, address, address, text)
    return element("span", Markup("{} ({})").format(text, address), kind)


def mention(name: object) -> Markup:
    """A person who is really mentioned."""
    return element("span", Markup("@{}").format(name), "mention")


def within(tag: str, sign: str, kind: str = "") -> Mark:
    """Text between two signs, such as ``**bold**``; no space may stand inside next to them."""
    pattern = rf"{re.escape(sign)}(?=\S)(.+?)(?<=\S){re.escape(sign)}"
    return Mark(re.compile(pattern), lambda match, inner: element(tag, inner(match[1]), kind))


def word_within(tag: str, sign: str) -> Mark:
    """As `within`, for one sign that stands at the edges of words, such as ``_slanted_``: it is common inside them."""
    sign = re.escape(sign)
    pattern = rf"(?<![\w{sign}]){sign}(?=[^\s{sign}])(.+?)(?<=[^\s]){sign}(?![\w{sign}])"
    return Mark(re.compile(pattern), lambda match, inner: element(tag, inner(match[1])))


CODE = Mark(re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)"), lambda match, _: element("code", match[2].strip() or match[2]))
"""A code span: nothing inside is a mark."""

BOLD = within("strong", "**")
SLANTED = Mark(
    re.compile(r"(?<!\*)\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?!\*)"), lambda match, inner: element("em", inner(match[1]))
)
UNDERSCORED = word_within("em", "_")
STRUCK = within("s", "~~")

LINK = Mark(
    re.compile(r"(?<!!)\[([^\[\]]+)\]\(\s*<?([^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)>?\s*\)"),
    lambda match, inner: link(inner(match[1]), match[2]),
)
"""``[text](url)``."""

IMAGE = Mark(
    re.compile(r"!\[([^\[\]]*)\]\(\s*([^\s()]+)\s*\)"),
    lambda match, _: element("span", f"picture: {match[1]} ({match[2]})"),
)
"""A picture is named, not fetched."""

BARE = Mark(
    re.compile(r"https?://[^\s<>\"'`，。；：！？、（）()\[\]]+", re.IGNORECASE),
    lambda match, _: link(match[0], match[0]),
)
"""A URL in plain text, which the client makes a link by itself."""

ESCAPE = Mark(re.compile(r"\\([!-/:-@\[-`{-~])"), lambda match, _: escape(match[1]))
"""A backslash takes the meaning of the sign that follows."""
