"""The marks of chat dialects inside a line: each dialect is a list of marks, tried where they begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refresh_watch_emulator.chat_page.markup import Html, element, escaped, joined, link

Draw = Callable[["re.Match[str]", Callable[[str], Html]], Html]
"""From what a mark matched, and how to draw what stands inside it, to what is shown."""


@dataclass(frozen=True)
class Mark:
    """One mark of a dialect."""

    pattern: re.Pattern[str]
    draw: Draw


def draw_line(text: str, marks: Sequence[Mark]) -> Html:
    """The text with its marks drawn: always the mark that begins first, and of several there the first listed."""
    parts: list[Html] = []
    place = 0
    # each mark is searched for again only once the text is past where it was last found
    found = {i: mark.pattern.search(text) for i, mark in enumerate(marks)}
    while True:
        for i, match in found.items():
            if match is not None and match.start() < place:
                found[i] = marks[i].pattern.search(text, place)
        begun = [(match.start(), i) for i, match in found.items() if match is not None]
        if not begun:
            return joined([*parts, escaped(text[place:])])
        start, i = min(begun)
        match = found[i]
        assert match is not None  # noqa: S101 - for the type checker: `begun` holds no other
        parts.append(escaped(text[place:start]))
        parts.append(marks[i].draw(match, lambda inner: draw_line(inner, marks)))
        place = match.end()


def within(tag: str, opening: str, closing: str = "", *, kind: str = "") -> Mark:
    """Text between two marks, such as ``**bold**``; no space may stand inside next to them."""
    pattern = rf"{re.escape(opening)}(?=\S)(.+?)(?<=\S){re.escape(closing or opening)}"
    return Mark(re.compile(pattern), lambda match, inner: element(tag, inner(match[1]), kind=kind))


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
    lambda match, _: element("span", "picture: ", match[1], " (", match[2], ")", kind="picture"),
)
"""A picture is named, not fetched."""

BARE = Mark(
    re.compile(r"https?://[^\s<>\"'`，。；：！？、（）()\[\]]+", re.IGNORECASE),
    lambda match, _: link(match[0], match[0]),
)
"""A URL in plain text, which the client makes a link by itself."""

ESCAPE = Mark(re.compile(r"\\([!-/:-@\[-`{-~])"), lambda match, _: escaped(match[1]))
"""A backslash takes the meaning of the sign that follows."""
