"""The blocks of chat dialects: headings, lists, quotes, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from refresh_watch_emulator.chat_page.marks import Mark, draw_line, element

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])\s+(.*)")
_QUOTE = re.compile(r"\s{0,3}>\s?(.*)")
_DEEPEST = 3


@dataclass(frozen=True)
class ChatDialect:
    """Which marks and blocks a chat knows. What it does not know stands there as it was written."""

    marks: tuple[Mark, ...]
    headings: bool = False
    lists: bool = False
    quotes: bool = False
    breaks: bool = True  # a single line break is one; else it is a space, and a paragraph ends at an empty line

    def draw(self, text: str) -> Markup:
        """The text as blocks."""
        lines = [line.rstrip("\r") for line in text.split("\n")]
        groups = [(kind, list(held)) for kind, held in groupby(lines, self._kind)]
        return Markup("").join(block for kind, held in groups for block in self._blocks(kind, held))

    def _kind(self, line: str) -> str:
        if not line.strip():
            return "space"
        if self.headings and _HEADING.fullmatch(line):
            return "headings"
        if self.quotes and _QUOTE.fullmatch(line):
            return "quote"
        return "list" if self.lists and _ITEM.fullmatch(line) else "paragraph"

    def _blocks(self, kind: str, held: list[str]) -> Iterator[Markup]:
        if kind == "headings":
            for match in filter(None, map(_HEADING.fullmatch, held)):
                # the page has headings of its own, of which these are no part
                yield element("p", draw_line(match[2], self.marks), f"h h{len(match[1])}")
        elif kind == "quote":
            quoted = [match[1] for match in map(_QUOTE.fullmatch, held) if match]
            yield element("blockquote", self._paragraph(quoted))
        elif kind == "list":
            drawn = (self._item(match) for match in map(_ITEM.fullmatch, held) if match)
            yield element("ul", Markup("").join(drawn), "list")
        elif kind == "paragraph":
            yield self._paragraph(held)

    def _paragraph(self, held: list[str]) -> Markup:
        parts: list[str] = []
        for i, line in enumerate(held):
            if i:
                parts.append(Markup("<br>") if self.breaks or held[i - 1].endswith("  ") else " ")
            parts.append(draw_line(line, self.marks))
        return element("p", Markup("").join(parts))

    def _item(self, match: re.Match[str]) -> Markup:
        # two spaces or more a level, as the clients take it; one list with levels is drawn alike and simpler
        level = min(_DEEPEST, (len(match[1].expandtabs(4)) + 2) // 4)
        sign = element("span", match[2] if match[2][0].isdigit() else "•", "sign")
        return element("li", sign + element("span", draw_line(match[3], self.marks), "words"), f"level{level}")
