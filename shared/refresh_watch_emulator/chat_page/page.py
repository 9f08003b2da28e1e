"""The page: messages of many chats in one HTML file that needs no other file, no network and no script."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol, cast

from refresh_watch_emulator.chat_page.markup import Html, element
from refresh_watch_emulator.chat_page.parts import message, raw
from refresh_watch_emulator.chat_page.style import STYLE

_LANGUAGES = {"en": "English", "zh": "中文"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is fetched and nothing runs, whatever stands in a message."""


@dataclass(frozen=True)
class Drawn:
    """One payload to draw: which channel it goes to, what it tells, in which language, and its JSON body."""

    kind: str
    about: str
    language: str
    body: dict[str, Any]


class ChatFile(Protocol):
    """A module of this folder that is named as a kind of channel."""

    def draw(self, body: dict[str, Any]) -> str:
        """The payload as the chat's reader sees it: an HTML fragment. Pure; raises nothing for any JSON object."""
        ...


def page(title: str, intro: str, messages: Sequence[Drawn]) -> str:
    """The whole page. The messages stand in the order given, and those of a kind together."""
    kinds = [(kind, list(each)) for kind, each in groupby(messages, key=lambda message: message.kind)]
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        Html('<meta name="referrer" content="no-referrer">'),
        element("title", title),
        element("style", Html(STYLE)),
    )
    contents = element("nav", element("ul", *(_entry(kind, each) for kind, each in kinds)), aria_label="Channels")
    top = element("header", element("h1", title), element("p", intro), contents, kind="top", id="top")
    body = element("body", top, element("main", *(_section(kind, each) for kind, each in kinds)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def draw(kind: str, body: dict[str, Any]) -> Html:
    """One payload, by the file of its kind; raw where there is none."""
    if kind not in _DRAWN_KINDS:
        return message(kind, "", raw(f"a message of {kind}", body))
    file = cast("ChatFile", importlib.import_module(f"{__package__}.{kind}"))
    return Html(file.draw(body))


_OURS = ("page", "parts", "markup", "marks", "markdown", "style")
_DRAWN_KINDS = frozenset(
    module.name
    for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    if module.name.isalpha() and module.name not in _OURS
)


def _entry(kind: str, messages: list[Drawn]) -> Html:
    return element("li", element("a", kind, " ", element("small", str(len(messages))), href=f"#{kind}"))


def _section(kind: str, messages: list[Drawn]) -> Html:
    abouts = [(about, list(each)) for about, each in groupby(messages, key=lambda message: message.about)]
    contents = element(
        "nav",
        element("ul", *(element("li", element("a", about, href=f"#{_anchor(kind, about)}")) for about, _ in abouts)),
        aria_label=f"Messages of {kind}",
    )
    back = element("a", "top", href="#top", kind="back")
    rows = (_row(kind, about, each) for about, each in abouts)
    return element("section", element("h2", kind, " ", back), contents, *rows, id=kind)


def _row(kind: str, about: str, messages: list[Drawn]) -> Html:
    return element(
        "article",
        element("h3", about),
        element("div", *(_language(message) for message in messages), kind="languages"),
        id=_anchor(kind, about),
    )


def _language(message: Drawn) -> Html:
    named = element("p", _LANGUAGES.get(message.language, message.language), kind="language")
    drawn = draw(message.kind, message.body)
    return element("div", named, drawn, lang={"zh": "zh-CN"}.get(message.language, message.language))


def _anchor(kind: str, about: str) -> str:
    return f"{kind}-{'-'.join(about.split())}"
