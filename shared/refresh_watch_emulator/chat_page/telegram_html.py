"""The HTML that Telegram knows: a few tags, each closed where it was opened (core.telegram.org, HTML style)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from refresh_watch_emulator.chat_page.marks import BARE, Mark, draw_line
from refresh_watch_emulator.chat_page.markup import Html, alone, element, escaped, joined, link
from refresh_watch_emulator.chat_page.parts import mention

_TAGS = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "u": "u",
    "ins": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "span",
    "span": "span",
    "a": "a",
}
_USER = "tg://user?id="

PLAIN = (
    BARE,
    Mark(re.compile(r"(?<![\w@])@(\w{4,32})"), lambda match, _: mention(match[1])),
    Mark(re.compile(r"(?<!\w)[#$](?=\D)\w+"), lambda match, _: element("span", match[0], kind="link")),
)
"""What a client makes of plain text by itself: links, mentions, tags."""


def read(text: str) -> tuple[Html, tuple[str, ...]]:
    """The text drawn, and why Telegram would refuse it."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.drawn()


class _Reader(HTMLParser):
    """Keeps what is open; what is closed becomes a part of what it stands in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str, list[Html]]] = [("", "", [])]  # tag, its href or class, what is inside
        self._problems: list[str] = []

    def drawn(self) -> tuple[Html, tuple[str, ...]]:
        while len(self._open) > 1:
            self._problems.append(f"<{self._open[-1][0]}> is not closed")
            self._end()
        return joined(self._open[0][2]), tuple(self._problems)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _TAGS or (tag == "span" and given.get("class") != "tg-spoiler"):
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
        shown = (escaped(line) if verbatim else draw_line(line, PLAIN) for line in data.split("\n"))
        self._open[-1][2].append(joined(shown, alone("br")))

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
        self._open[-1][2].append(escaped(written))

    def _end(self) -> None:
        tag, href, parts = self._open.pop()
        inside = joined(parts)
        if tag == "a" and href.startswith(_USER):
            drawn = mention(inside)
        elif tag == "a":
            drawn = link(inside, href)
        else:
            drawn = element(_TAGS[tag], inside, kind="spoiler" if _TAGS[tag] == "span" else "")
        self._open[-1][2].append(drawn)
