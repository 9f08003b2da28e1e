"""A Feishu bot's message: text, post, or a card of schema 2.0 or 1.0 (open.feishu.cn, custom bot).

A notification shows a card's `config.summary`, or else its header's title.
"""

from __future__ import annotations

import re
from typing import Any

from refresh_watch_emulator.chat_page.feishu_card import draw_card
from refresh_watch_emulator.chat_page.marks import BARE, LINK, Mark, draw_line
from refresh_watch_emulator.chat_page.markup import Html, alone, element, joined, link, words_of
from refresh_watch_emulator.chat_page.parts import bubble, listed, mention, message, of, raw, rest, said

_AT = Mark(
    re.compile(r"<at user_id=\"([^\"<>]*)\">(.*?)</at>"),
    lambda match, _: mention(match[2] or match[1]),
)
_TEXT = (_AT, LINK, BARE)
_KNOWN = ("msg_type", "content", "card", "timestamp", "sign")  # the last two are the signature


def draw(body: dict[str, Any]) -> str:
    """The message as the group sees it."""
    sort = said(body, "msg_type")
    content = of(body, "content")
    if sort == "text":
        shown = _lines(said(content, "text"))
        return message("feishu", words_of(shown), bubble(shown, rest(content, "text"), rest(body, *_KNOWN)))
    if sort == "post":
        posts = of(content, "post")
        titles = [said(post, "title") for post in posts.values()]
        shown = joined(_post(language, post) for language, post in posts.items())
        first = next((title for title in titles if title), words_of(shown))
        return message("feishu", first, bubble(shown, rest(content, "post"), rest(body, *_KNOWN)))
    card = body.get("card")
    if sort == "interactive" and isinstance(card, dict):
        summary = said(of(of(card, "config"), "summary"), "content")
        title = said(of(of(card, "header"), "title"), "content")
        return message("feishu", summary or title, draw_card(card), rest(body, *_KNOWN))
    told = {key: value for key, value in body.items() if key != "sign"}
    return message("feishu", "", bubble(raw(f"msg_type {sort}", told)))


def _lines(text: str) -> Html:
    return element("p", joined([draw_line(line, _TEXT) for line in text.split("\n")], alone("br")))


def _post(language: str, post: Any) -> Html:
    if not isinstance(post, dict):
        return raw(language, post)
    paragraphs = [element("p", *map(_piece, line)) for line in listed(post, "content") if isinstance(line, list)]
    title = element("p", said(post, "title"), kind="h h3")
    where = element("p", f"shown to readers of {language}", kind="note")
    return element("div", where, title, *paragraphs, rest(post, "title", "content"), kind="post")


def _piece(piece: Any) -> Html:
    tag = said(piece, "tag")
    if tag == "text":
        return draw_line(said(piece, "text"), (BARE,))
    if tag == "a":
        return link(said(piece, "text"), said(piece, "href"))
    if tag == "at":
        return mention(said(piece, "user_name") or said(piece, "user_id"))
    return raw(tag or "a piece", piece)
