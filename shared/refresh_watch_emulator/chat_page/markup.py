"""HTML in which words of others are always escaped: whatever is not Html already becomes text."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable

_UNSHOWN = ("Cc", "Cs")
_KEPT = "\n\t"
_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")


class Html(str):
    """Markup of ours. Only this file makes it from text."""

    __slots__ = ()


def escaped(words: object) -> Html:
    """The words as text; what is no string is shown as JSON. Html stays as it is."""
    if isinstance(words, Html):
        return words
    text = words if isinstance(words, str) else as_json(words)
    # a control character or half a surrogate can stand in no page: the reader sees that something was there
    shown = "".join("\ufffd" if unicodedata.category(c) in _UNSHOWN and c not in _KEPT else c for c in text)
    return Html(html.escape(shown, quote=True))


def joined(parts: Iterable[object], between: object = "") -> Html:
    """The parts one after another, each escaped."""
    return Html(str(escaped(between)).join(escaped(part) for part in parts))


def element(tag: str, *inside: object, kind: str = "", **attributes: str) -> Html:
    """One element around its escaped parts. `kind` is its class; an underscore in an attribute's name is a hyphen."""
    given = {"class": kind, **{name.replace("_", "-"): value for name, value in attributes.items()}}
    written = "".join(f' {name}="{escaped(value)}"' for name, value in given.items() if value)
    return Html(f"<{tag}{written}>{joined(inside)}</{tag}>")


def alone(tag: str) -> Html:
    """An element that has no inside, such as br and hr."""
    return Html(f"<{tag}>")


def lines(words: object) -> Html:
    """Text whose line breaks are shown."""
    return joined(str(words).split("\n") if isinstance(words, str) else [words], alone("br"))


def link(text: object, url: object, kind: str = "link") -> Html:
    """A link to a web page; another scheme leads nowhere on this page and is shown beside its text."""
    address = url if isinstance(url, str) else as_json(url)
    if _WEB.fullmatch(address):
        return element("a", text, kind=kind, href=address, title=address, rel="noopener noreferrer")
    return element("span", text, " (", address, ")", kind=kind)


def bar(colour: object) -> str:
    """The `style` of a coloured bar, empty for what is no colour like #d00000 or 0xd00000 as a number."""
    if isinstance(colour, int) and not isinstance(colour, bool) and 0 <= colour <= 0xFFFFFF:
        return f"--bar:#{colour:06x}"
    return f"--bar:{colour}" if isinstance(colour, str) and _COLOUR.fullmatch(colour) else ""


def as_json(value: object) -> str:
    """JSON as people read it."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def words_of(markup: Html) -> str:
    """The text of the markup, as a place without any formatting shows it."""
    return " ".join(html.unescape(_TAG.sub("", markup.replace("<br>", " "))).split())
