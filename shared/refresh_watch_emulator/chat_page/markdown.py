"""The blocks of chat dialects: headings, lists, quotes, code blocks, rules, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from refresh_watch_emulator.chat_page.marks import Mark, draw_line
from refresh_watch_emulator.chat_page.markup import Html, alone, element, escaped, joined

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])\s+(.*)")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_QUOTE = re.compile(r"\s{0,3}>\s?(.*)")
_FENCE = "```"
_DEEPEST = 3


@dataclass(frozen=True)
class Dialect:
    """Which blocks a chat knows. What it does not know stands there as it was written."""

    marks: tuple[Mark, ...]
    headings: bool = False
    lists: bool = False
    quotes: bool = False
    fences: bool = False
    rules: bool = False
    breaks: bool = True  # a single line break is one; else it is a space, and a paragraph ends at an empty line


def draw(text: str, dialect: Dialect) -> Html:
    """The text as blocks."""
    return _Blocks(dialect).draw(text)


class _Blocks:
    """One pass over the lines; what lines of one sort make together is kept until another sort comes."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._made: list[Html] = []
        self._sort = ""
        self._held: list[str] = []
        self._end: dict[str, Callable[[list[str]], Html]] = {
            "paragraph": self._paragraph,
            "quote": lambda held: element("blockquote", self._paragraph(held)),
            "list": self._list,
            "code": lambda held: element("pre", "\n".join(held), kind="code"),
        }

    def draw(self, text: str) -> Html:
        for line in text.split("\n"):
            self._take(line.rstrip("\r"))
        self._close()
        return joined(self._made)

    def _take(self, line: str) -> None:
        knows = self._dialect
        if knows.fences and line.strip().startswith(_FENCE):
            ended = self._sort == "code"
            self._close()
            self._sort = "" if ended else "code"
        elif self._sort == "code":
            self._held.append(line)
        elif not line.strip():
            self._close()
        elif knows.headings and (heading := _HEADING.fullmatch(line)):
            self._close()
            # the page has headings of its own, of which these are no part
            self._made.append(element("p", self._inline(heading[2]), kind=f"h h{len(heading[1])}"))
        elif knows.rules and _RULE.fullmatch(line):
            self._close()
            self._made.append(alone("hr"))
        elif knows.quotes and (quote := _QUOTE.fullmatch(line)):
            self._hold("quote", quote[1])
        elif knows.lists and _ITEM.fullmatch(line):
            self._hold("list", line)
        else:
            self._hold("paragraph", line)

    def _hold(self, sort: str, line: str) -> None:
        if self._sort != sort:
            self._close()
            self._sort = sort
        self._held.append(line)

    def _close(self) -> None:
        if self._held:
            self._made.append(self._end[self._sort](self._held))
        self._sort, self._held = "", []

    def _paragraph(self, held: list[str]) -> Html:
        return element(
            "p", *(part for i, line in enumerate(held) for part in (self._between(held, i), self._inline(line)))
        )

    def _between(self, held: list[str], i: int) -> Html:
        if not i:
            return Html()
        return alone("br") if self._dialect.breaks or held[i - 1].endswith("  ") else escaped(" ")

    def _list(self, held: list[str]) -> Html:
        items = [match for line in held if (match := _ITEM.fullmatch(line))]
        return element("ul", *(self._item(match) for match in items), kind="list")

    def _item(self, match: re.Match[str]) -> Html:
        # two spaces or more a level, as the clients take it; one list with levels is drawn alike and simpler
        level = min(_DEEPEST, (len(match[1].expandtabs(4)) + 2) // 4)
        sign = match[2] if match[2][0].isdigit() else "•"
        words = element("span", self._inline(match[3]), kind="words")
        return element("li", element("span", sign, kind="sign"), words, kind=f"level{level}")

    def _inline(self, line: str) -> Html:
        return draw_line(line, self._dialect.marks)
