"""A Telegram message: HTML of a few tags, or plain text (core.telegram.org, sendMessage).

Telegram refuses a message as a whole for a tag that it does not know or that is not closed; so this page says so.
"""

from __future__ import annotations

from typing import Any

from refresh_watch_emulator.chat_page.marks import draw_line
from refresh_watch_emulator.chat_page.markup import Html, alone, element, joined, link, words_of
from refresh_watch_emulator.chat_page.parts import bubble, listed, message, note, of, rest, said
from refresh_watch_emulator.chat_page.telegram_html import PLAIN, read

_KNOWN = (
    "chat_id",
    "text",
    "parse_mode",
    "disable_web_page_preview",
    "link_preview_options",
    "message_thread_id",
    "disable_notification",
    "reply_markup",
)


def draw(body: dict[str, Any]) -> str:
    """The message as the chat sees it."""
    text = said(body, "text")
    formatted = said(body, "parse_mode") == "HTML"
    shown, problems = read(text) if formatted else (_plain(text), ())
    first = words_of(read(text.partition("\n")[0])[0] if formatted else _plain(text.partition("\n")[0]))
    parts = (element("p", shown), _buttons(of(body, "reply_markup")), rest(body, *_KNOWN))
    other = said(body, "parse_mode") if not formatted else ""
    notes = [f"Telegram would refuse this message: {problem}" for problem in problems]
    if other:
        notes.append(f"parse_mode {other} is not drawn: the text stands here as it was sent")
    return message("telegram", first, bubble(*parts), *map(note, notes))


def _plain(text: str) -> Html:
    return joined([draw_line(line, PLAIN) for line in text.split("\n")], alone("br"))


def _buttons(markup: dict[str, Any]) -> Html:
    rows = [row for row in listed(markup, "inline_keyboard") if isinstance(row, list)]
    buttons = [link(said(button, "text"), said(button, "url"), "button") for row in rows for button in row]
    unknown = rest(markup, "inline_keyboard")
    return joined([element("div", *buttons, kind="buttons"), unknown]) if buttons else unknown
