"""A Feishu card: schema 2.0 (`body.elements`) or 1.0 (`elements` at the top). What it cannot draw it shows raw."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from refresh_watch_emulator.chat_page.markdown import Dialect
from refresh_watch_emulator.chat_page.markdown import draw as blocks
from refresh_watch_emulator.chat_page.marks import BARE, BOLD, CODE, ESCAPE, IMAGE, LINK, SLANTED, STRUCK, Mark
from refresh_watch_emulator.chat_page.markup import Html, alone, element, escaped, joined, lines, link
from refresh_watch_emulator.chat_page.parts import bubble, listed, mention, of, raw, rest, said

_TEMPLATES = (
    "blue",
    "wathet",
    "turquoise",
    "green",
    "yellow",
    "orange",
    "red",
    "carmine",
    "violet",
    "purple",
    "indigo",
)
_COLOURS = ("red", "green", "orange", "grey", "blue", "yellow", "purple", "default")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&#60;": "<", "&#62;": ">", "&#38;": "&", "&nbsp;": "\u00a0"}

_AT = Mark(
    re.compile(r"<at (?:id|ids|user_id|email)=[\"']?([^\s\"'<>]+)[\"']?>\s*(?:</at>)?"),
    lambda match, _: mention(match[1]),
)
_FONT = Mark(
    re.compile(rf"<font color=[\"']?({'|'.join(_COLOURS)})(?:-\d+)?[\"']?>(.*?)</font>"),
    lambda match, inner: element("span", inner(match[2]), kind=f"ink-{match[1]}"),
)
_TAGGED = Mark(
    re.compile(r"<text_tag color=[\"']?(\w+)[\"']?>(.*?)</text_tag>"),
    lambda match, inner: element("span", inner(match[2]), kind="tag"),
)
_BREAK = Mark(re.compile(r"<br\s*/?>"), lambda _match, _inner: alone("br"))
_ENTITY = Mark(
    re.compile(r"&(?:lt|gt|amp|nbsp|#\d{1,5});"),
    lambda match, _: escaped(_ENTITIES.get(match[0]) or _numbered(match[0])),
)
_MARKS = (CODE, IMAGE, LINK, BOLD, STRUCK, SLANTED, _AT, _FONT, _TAGGED, _BREAK, _ENTITY, ESCAPE, BARE)
MARKDOWN = Dialect(_MARKS, headings=True, lists=True, quotes=True, fences=True, rules=True)


def draw_card(card: dict[str, Any]) -> Html:
    """The card with its coloured header."""
    elements = listed(of(card, "body"), "elements") if "body" in card else listed(card, "elements")
    rows = joined(_element(each) for each in elements)
    unknown = joined(
        [
            rest(card, "schema", "config", "header", "body", "elements", "card_link"),
            rest(of(card, "body"), "elements", "direction", "padding", "vertical_spacing"),
        ]
    )
    header = _header(of(card, "header")) if "header" in card else ""
    return bubble(header, element("div", rows, unknown, kind="inside"), kind="bubble card")


def _numbered(entity: str) -> str:
    number = int(entity[2:-1])
    return chr(number) if 32 <= number < 0xD800 else entity


def _header(header: dict[str, Any]) -> Html:
    template = said(header, "template")
    tags = (element("span", _plain(of(tag, "text")), kind="tag") for tag in listed(header, "text_tag_list"))
    subtitle = _plain(of(header, "subtitle"))
    return element(
        "div",
        element("p", _plain(of(header, "title")), *tags, kind="h h3"),
        element("p", subtitle, kind="subtitle") if subtitle else "",
        rest(header, "template", "title", "subtitle", "text_tag_list", "padding", "icon", "ud_icon"),
        kind=f"header template-{template if template in _TEMPLATES else 'grey'}",
    )


def _plain(text: dict[str, Any]) -> Html:
    """A text object: plain, or markdown."""
    content = said(text, "content")
    return blocks(content, MARKDOWN) if said(text, "tag") in ("lark_md", "markdown") else lines(content)


def _element(each: Any) -> Html:
    tag = said(each, "tag")
    if tag not in _DRAWN:
        return raw(tag or "an element", each)
    return _DRAWN[tag](each)


def _markdown(each: dict[str, Any]) -> Html:
    known = ("tag", "content", "text_align", "text_size", "margin", "element_id")
    kind = "small" if said(each, "text_size") == "notation" else ""
    return element("div", blocks(said(each, "content"), MARKDOWN), rest(each, *known), kind=kind)


def _div(each: dict[str, Any]) -> Html:
    fields = (element("div", _plain(of(field, "text"))) for field in listed(each, "fields"))
    return element("div", _plain(of(each, "text")), *fields, rest(each, "tag", "text", "fields", "margin"))


def _note(each: dict[str, Any]) -> Html:
    return element("div", *(_plain(part) for part in listed(each, "elements")), kind="foot")


def _button(each: dict[str, Any]) -> Html:
    opened = [said(one, "default_url") for one in listed(each, "behaviors") if said(one, "type") == "open_url"]
    url = opened[0] if opened else said(each, "url")
    known = ("tag", "text", "type", "behaviors", "url", "width", "size", "margin", "element_id")
    return joined([link(_plain(of(each, "text")), url, "button"), rest(each, *known)])


def _row(key: str) -> Callable[[dict[str, Any]], Html]:
    return lambda each: element("div", *(_element(part) for part in listed(each, key)), kind="buttons")


def _columns(each: dict[str, Any]) -> Html:
    columns = (
        element("div", *(_element(part) for part in listed(column, "elements"))) for column in listed(each, "columns")
    )
    return element("div", *columns, kind="columns")


def _panel(each: dict[str, Any]) -> Html:
    title = _plain(of(of(each, "header"), "title"))
    folded = "" if each.get("expanded") is True else " (folded until it is tapped)"
    inside = (_element(part) for part in listed(each, "elements"))
    return element("div", element("p", element("b", title), folded), *inside, kind="panel")


_DRAWN: dict[str, Callable[[dict[str, Any]], Html]] = {
    "markdown": _markdown,
    "div": _div,
    "hr": lambda _each: alone("hr"),
    "note": _note,
    "button": _button,
    "action": _row("actions"),
    "column_set": _columns,
    "collapsible_panel": _panel,
}
