"""The page: messages of many chats in one HTML file that needs no other file, no network and no script.

Each kind of channel has a template of its name, which reads the payload by the vendor's documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup, escape

from refresh_watch_emulator.chat_page import dialects
from refresh_watch_emulator.chat_page.marks import link, mention
from refresh_watch_emulator.chat_page.payload import as_json, items, showable, text_of, without
from refresh_watch_emulator.chat_page.telegram_html import telegram

_FOLDER = Path(__file__).parent
_OURS = ("page", "style", "message", "parts", "unknown")
_KINDS = frozenset(file.stem for file in _FOLDER.glob("*.html")) - set(_OURS)
_COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_TEAMS_COLOURS = ("attention", "good", "warning")


@dataclass(frozen=True)
class Drawn:
    """One payload to draw: which channel it goes to, what it tells, in which language, and its JSON body."""

    kind: str
    about: str
    language: str
    body: dict[str, Any]


def page(title: str, intro: str, messages: Sequence[Drawn]) -> str:
    """The whole page. The messages stand in the order given, and those of a kind together."""
    tidy = [replace(each, kind=showable(each.kind), about=showable(each.about)) for each in messages]
    kinds = [(kind, list(each)) for kind, each in groupby(tidy, key=lambda message: message.kind)]
    return _ENVIRONMENT.get_template("page.html").render(title=title, intro=intro, kinds=kinds)


def draw(kind: str, body: dict[str, Any]) -> str:
    """One payload as the chat's reader sees it; raw where there is no template. Raises nothing for any JSON object."""
    template = _ENVIRONMENT.get_template(f"{kind if kind in _KINDS else 'unknown'}.html")
    return template.render(kind=kind, body=showable(body))


class _Environment(Environment):
    """A dot after a JSON value reads a key, and nothing else: never a method of Python's."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute) if _is_json(obj) else super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if not _is_json(obj):
            return super().getitem(obj, argument)
        if isinstance(obj, (dict, list)):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=argument)


def _is_json(value: object) -> bool:
    return value is None or (isinstance(value, (dict, list, str, int, float)) and not isinstance(value, Markup))


def _words(markup: object) -> str:
    """The text of the markup, as a place without any formatting shows it."""
    return escape(markup).replace(Markup("<br>"), Markup(" ")).striptags()


def _bar(colour: object) -> str:
    """The `style` of a coloured bar, empty for what is no colour like #d00000 or 0xd00000 as a number."""
    if isinstance(colour, int) and not isinstance(colour, bool) and 0 <= colour <= 0xFFFFFF:
        return f"--bar:#{colour:06x}"
    return f"--bar:{colour}" if isinstance(colour, str) and _COLOUR.fullmatch(colour) else ""


def _teams_look(run: dict[str, Any]) -> str:
    """Classes for the colour, size and weight of a text."""
    told = {key: text_of(run.get(key)).lower() for key in ("color", "size", "weight", "fontType")}
    classes = {
        f"ink-{told['color']}": told["color"] in _TEAMS_COLOURS,
        "bold": told["weight"] == "bolder",
        "large": told["size"] in ("medium", "large", "extralarge"),
        "small": told["size"] == "small",
        "mono": told["fontType"] == "monospace",
        "subtle": run.get("isSubtle") is True,
    }
    return "".join(f" {name}" for name, is_so in classes.items() if is_so)


def _by_about(messages: Iterable[Drawn]) -> list[tuple[str, list[Drawn]]]:
    return [(about, list(each)) for about, each in groupby(messages, key=lambda message: message.about)]


_ENVIRONMENT = _Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=ChainableUndefined,
    finalize=lambda value: value if isinstance(value, str) else text_of(value),
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(link=link, mention=mention)
_ENVIRONMENT.tests["list"] = lambda value: isinstance(value, list)
_ENVIRONMENT.filters.update(
    as_json=as_json,
    items=items,
    pairs=lambda value: list(value.items()),
    text_of=text_of,
    first_line=lambda text: text.partition("\n")[0],
    lines=lambda value: Markup("<br>").join(text_of(value).split("\n")),
    without=without,
    words=_words,
    bar=_bar,
    teams_look=_teams_look,
    draw=lambda message: Markup(draw(message.kind, message.body)),  # noqa: S704 - made by our own templates
    by_about=_by_about,
    anchor=lambda about: "-".join(about.split()),
    telegram=telegram,
    **{
        name: getattr(dialects, name)
        for name in (
            *("plain", "dingtalk", "dingtalk_text", "dingtalk_people", "dingtalk_notes", "feishu", "feishu_text"),
            *("wecom", "slack", "slack_plain", "teams", "discord", "discord_line"),
        )
    },
)
