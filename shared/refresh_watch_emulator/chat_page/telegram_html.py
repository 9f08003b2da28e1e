"""The HTML that Telegram knows: a few tags, each closed where it was opened (core.telegram.org, HTML style)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup, escape

from refresh_watch_emulator.chat_page.marks import BARE, Mark, draw_lines, element, link, mention
from refresh_watch_emulator.chat_page.payload import text_of

_TAGS = ("a", "b", "blockquote", "code", "em", "i", "pre", "s", "strong", "u")
"""Those of Telegram's tags that are drawn here; in other words of HTML they mean the same."""
_USER = "tg://user?id="

_PLAIN = (
    BARE,
    Mark(re.compile(r"(?<![\w@])@(\w{4,32})"), lambda match, _: mention(match[1])),
    Mark(re.compile(r"(?<!\w)[#$](?=\D)\w+"), lambda match, _: element("span", match[0], "link")),
)
"""What a client makes of plain text by itself: links, mentions, tags."""


@dataclass(frozen=True)
class TelegramText:
    """A text as it is shown, and what is wrong with it."""

    shown: Markup
    problems: tuple[str, ...] = ()


def telegram(value: Any, parse_mode: Any = None) -> TelegramText:
    """The text in that parse mode: HTML, or plain where none is given."""
    text = text_of(value)
    if parse_mode == "HTML":
        reader = _Reader()
        reader.feed(text)
        reader.close()
        return reader.drawn()
    other = text_of(parse_mode)
    problems = (f"parse_mode {other} is not drawn: the text stands here as it was sent",) if other else ()
    return TelegramText(draw_lines(text, _PLAIN), problems)


class _Reader(HTMLParser):
    """Keeps what is open; what is closed becomes a part of what it stands in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str, list[Markup]]] = [("", "", [])]  # tag, its href or class, what is inside
        self._problems: list[str] = []

    def drawn(self) -> TelegramText:
        while len(self._open) > 1:
            self._problems.append(f"<{self._open[-1][0]}> is not closed")
            self._end()
        problems = (f"Telegram would refuse this message: {problem}" for problem in self._problems)
        return TelegramText(Markup("").join(self._open[0][2]), tuple(problems))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _TAGS:
            self._refuse(f"<{tag}> is no tag of it", self.get_starttag_text() or tag)
        else:
            self._open.append((tag, given.get("href") or "", []))

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1][0] == tag:
            self._end()
        else:
            self._refuse(f"</{tag}> closes nothing", f"</{tag}>")

    def handle_data(self, data: str) -> None:
        verbatim = any(tag in ("code", "pre", "a") for tag, _, _ in self._open)
        self._open[-1][2].append(draw_lines(data, () if verbatim else _PLAIN))

    def handle_comment(self, data: str) -> None:
        self._refuse("<! is no tag of it", f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._refuse("<! is no tag of it", f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self._refuse("<? is no tag of it", f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self._refuse("<! is no tag of it", f"<![{data}]>")

    def _refuse(self, problem: str, written: str) -> None:
        self._problems.append(problem)
        self._open[-1][2].append(escape(written))

    def _end(self) -> None:
        tag, href, parts = self._open.pop()
        inside = Markup("").join(parts)
        if tag == "a" and href.startswith(_USER):
            drawn = mention(inside)
        elif tag == "a":
            drawn = link(inside, href)
        else:
            drawn = element(tag, inside)
        self._open[-1][2].append(drawn)
