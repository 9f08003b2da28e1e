"""A Teams message: an Adaptive Card 1.4 (adaptivecards.io; Teams' own subset of markdown).

Text knows bold, slanted, lists and links; neither headings, tables, code nor quotes. A single line break is a space.
A notification shows `summary` where there is one, or else the card's first text, or, by some clients, only that a card
has come.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from refresh_watch_emulator.chat_page.markdown import Dialect
from refresh_watch_emulator.chat_page.markdown import draw as blocks
from refresh_watch_emulator.chat_page.marks import BOLD, ESCAPE, LINK, SLANTED, UNDERSCORED, Mark
from refresh_watch_emulator.chat_page.markup import Html, element, escaped, joined, link, words_of
from refresh_watch_emulator.chat_page.parts import bubble, listed, mention, message, of, raw, rest, said

_CARD = "application/vnd.microsoft.card.adaptive"
_COLOURS = ("attention", "good", "warning", "accent", "light", "dark")
_STYLES = ("attention", "good", "warning", "accent", "emphasis")
_TEXT_KEYS = (
    "type",
    "text",
    "wrap",
    "color",
    "size",
    "weight",
    "isSubtle",
    "spacing",
    "separator",
    "fontType",
    "style",
    "maxLines",
    "horizontalAlignment",
    "id",
)


def draw(body: dict[str, Any]) -> str:
    """The message as the channel sees it."""
    drawn, first = [], said(body, "summary")
    for attachment in listed(body, "attachments"):
        card = of(attachment, "content")
        if said(attachment, "contentType") != _CARD or said(card, "type") != "AdaptiveCard":
            drawn.append(raw("an attachment", attachment))
            continue
        shown, text = _AdaptiveCard(card).draw()
        first = first or text
        drawn.append(bubble(shown, rest(attachment, "contentType", "contentUrl", "content"), kind="bubble card"))
    where = "Lock screen" if said(body, "summary") else "Lock screen (some clients say only that a card has come)"
    return message("teams", first, *drawn, rest(body, "type", "attachments", "summary"), where=where)


class _AdaptiveCard:
    """One card, with the mentions that it declares."""

    def __init__(self, card: dict[str, Any]) -> None:
        self._card = card
        entities = listed(of(card, "msteams"), "entities")
        self._people = {said(each, "text"): said(of(each, "mentioned"), "name") for each in entities}
        marks = (ESCAPE, LINK, BOLD, SLANTED, UNDERSCORED, Mark(re.compile(r"<at>(.*?)</at>"), self._mention))
        self._dialect = Dialect(marks, lists=True, breaks=False)

    def draw(self) -> tuple[Html, str]:
        """The card and its first text."""
        card = self._card
        known = ("$schema", "type", "version", "msteams", "body", "actions", "fallbackText")
        elements = [self._element(each) for each in listed(card, "body")]
        first = next((text for text in map(words_of, elements) if text), "")
        unknown = (rest(card, *known), rest(of(card, "msteams"), "width", "entities"))
        return element("div", *elements, self._actions(card), *unknown, kind="inside"), first

    def _mention(self, match: re.Match[str], _inner: object) -> Html:
        # without an entity it is text that names nobody
        return mention(self._people[match[0]]) if match[0] in self._people else escaped(match[0])

    def _element(self, each: Any) -> Html:
        drawn: dict[str, Callable[[dict[str, Any]], Html]] = {
            "TextBlock": self._text_block,
            "RichTextBlock": self._rich_text,
            "FactSet": self._facts,
            "Container": self._container,
            "Column": self._container,
            "ColumnSet": self._columns,
            "ActionSet": self._action_set,
        }
        sort = said(each, "type")
        return drawn[sort](each) if sort in drawn else raw(sort or "an element", each)

    def _text_block(self, each: dict[str, Any]) -> Html:
        shown = blocks(said(each, "text"), self._dialect)
        kinds = ["text", *_look(each)]
        return joined([element("div", shown, kind=" ".join(kinds)), rest(each, *_TEXT_KEYS)])

    def _rich_text(self, each: dict[str, Any]) -> Html:
        runs = map(self._run, listed(each, "inlines"))
        return element("p", *runs, rest(each, "type", "inlines", "spacing", "separator", "id"))

    def _facts(self, each: dict[str, Any]) -> Html:
        rows = (self._fact(fact) for fact in listed(each, "facts"))
        known = rest(each, "type", "facts", "spacing", "separator", "id")
        return joined([element("dl", *rows, kind="facts"), known])

    def _container(self, each: dict[str, Any]) -> Html:
        style = said(each, "style")
        known = ("type", "items", "style", "bleed", "spacing", "separator", "width", "id", "verticalContentAlignment")
        kind = f"container style-{style}" if style in _STYLES else "container"
        return element("div", *map(self._element, listed(each, "items")), rest(each, *known), kind=kind)

    def _columns(self, each: dict[str, Any]) -> Html:
        columns = map(self._element, listed(each, "columns"))
        return element("div", *columns, rest(each, "type", "columns", "spacing", "separator", "id"), kind="columns")

    def _action_set(self, each: dict[str, Any]) -> Html:
        return joined([self._actions(each), rest(each, "type", "actions", "spacing", "id")])

    def _run(self, run: Any) -> Html:
        if isinstance(run, str):
            return escaped(run)
        if said(run, "type") != "TextRun":
            return raw(said(run, "type") or "a run", run)
        known = (*_TEXT_KEYS, "italic", "strikethrough", "highlight", "underline")
        return joined([element("span", said(run, "text"), kind=" ".join(_look(run))), rest(run, *known)])

    def _fact(self, fact: Any) -> Html:
        # both sides of a fact know markdown
        title, value = (blocks(said(fact, key), self._dialect) for key in ("title", "value"))
        return element("div", element("dt", title), element("dd", value), rest(fact, "title", "value"))

    def _actions(self, each: dict[str, Any]) -> Html:
        actions = [self._action(action) for action in listed(each, "actions")]
        return element("div", *actions, kind="buttons") if actions else Html()

    def _action(self, action: Any) -> Html:
        if said(action, "type") != "Action.OpenUrl":
            return raw(said(action, "type") or "an action", action)
        shown = link(said(action, "title"), said(action, "url"), "button")
        return joined([shown, rest(action, "type", "title", "url", "style", "id")])


def _look(each: dict[str, Any]) -> list[str]:
    """Classes for colour, size, weight and the rest."""
    colour = said(each, "color").lower()
    kinds = [f"ink-{colour}"] if colour in _COLOURS else []
    if said(each, "weight").lower() == "bolder":
        kinds.append("bold")
    if said(each, "size").lower() in ("medium", "large", "extralarge"):
        kinds.append("large")
    if said(each, "size").lower() == "small":
        kinds.append("small")
    if each.get("isSubtle") is True:
        kinds.append("subtle")
    if said(each, "fontType").lower() == "monospace":
        kinds.append("mono")
    return kinds
