"""A Slack message: blocks, with a coloured bar where they stand in attachments (docs.slack.dev, Block Kit).

`text` is what a notification shows; the message itself shows it only where there are no blocks beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refresh_watch_emulator.chat_page.markup import Html, alone, bar, element, joined, lines, link, words_of
from refresh_watch_emulator.chat_page.parts import bubble, listed, message, of, raw, rest, said
from refresh_watch_emulator.chat_page.slack_rich import rich
from refresh_watch_emulator.chat_page.slack_text import mrkdwn, unescaped

_NAMED_BARS = {"good": "#2eb67d", "warning": "#ecb22e", "danger": "#e01e5a"}


def draw(body: dict[str, Any]) -> str:
    """The message as the channel sees it."""
    text = said(body, "text")
    blocks = listed(body, "blocks")
    inside = joined(map(_block, blocks)) if blocks else mrkdwn(text)
    attachments = (_attachment(each) for each in listed(body, "attachments"))
    known = ("text", "blocks", "attachments", "unfurl_links", "unfurl_media", "mrkdwn")
    return message("slack", words_of(mrkdwn(text)), bubble(inside, *attachments, rest(body, *known)))


def _attachment(each: Any) -> Html:
    if not isinstance(each, dict):
        return raw("an attachment", each)
    colour = said(each, "color")
    # `fallback` is for places that cannot show the rest
    parts = (*map(_block, listed(each, "blocks")), rest(each, "color", "blocks", "fallback"))
    return element("div", *parts, kind="barred", style=bar(_NAMED_BARS.get(colour, colour)))


def _block(each: Any) -> Html:
    sort = said(each, "type")
    return _DRAWN[sort](each) if sort in _DRAWN else raw(sort or "a block", each)


def _text(text: dict[str, Any]) -> Html:
    if said(text, "type") == "mrkdwn":
        return mrkdwn(said(text, "text"))
    return element("p", lines(unescaped(said(text, "text"))))


def _header(each: dict[str, Any]) -> Html:
    text = of(each, "text")
    return joined([element("p", unescaped(said(text, "text")), kind="h h3"), rest(each, "type", "text", "block_id")])


def _section(each: dict[str, Any]) -> Html:
    text = _text(of(each, "text")) if "text" in each else Html()
    fields = [element("div", _text(field)) for field in listed(each, "fields") if isinstance(field, dict)]
    table = element("div", *fields, kind="fields") if fields else Html()
    beside = _element(each["accessory"]) if "accessory" in each else Html()
    return joined([text, table, beside, rest(each, "type", "text", "fields", "accessory", "block_id", "expand")])


def _context(each: dict[str, Any]) -> Html:
    return element("div", *(_element(part) for part in listed(each, "elements")), kind="foot")


def _actions(each: dict[str, Any]) -> Html:
    return element("div", *(_element(part) for part in listed(each, "elements")), kind="buttons")


def _element(part: Any) -> Html:
    sort = said(part, "type")
    if sort in ("mrkdwn", "plain_text"):
        return _text(part)
    if sort == "button" and said(part, "url"):
        known = ("type", "text", "url", "style", "action_id", "value")
        return joined(
            [link(unescaped(said(of(part, "text"), "text")), said(part, "url"), "button"), rest(part, *known)]
        )
    return raw(sort or "an element", part)


_DRAWN: dict[str, Callable[[dict[str, Any]], Html]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": lambda _each: alone("hr"),
    "rich_text": rich,
}
