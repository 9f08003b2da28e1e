"""A Discord message: content and embeds. Only `allowed_mentions` decides whom the content pings; embeds ping nobody."""

from __future__ import annotations

import re
from typing import Any

from refresh_watch_emulator.chat_page.markdown import Dialect
from refresh_watch_emulator.chat_page.markdown import draw as blocks
from refresh_watch_emulator.chat_page.marks import (
    BARE,
    BOLD,
    CODE,
    ESCAPE,
    LINK,
    SLANTED,
    STRUCK,
    UNDERSCORED,
    Mark,
    draw_line,
    within,
)
from refresh_watch_emulator.chat_page.markup import Html, bar, element, escaped, joined, link, words_of
from refresh_watch_emulator.chat_page.parts import bubble, listed, mention, message, of, raw, rest, said

_PERSON = re.compile(r"<@(!|&)?(\d{1,20})>|@(everyone|here)\b")
_MARKS = (
    ESCAPE,
    CODE,
    LINK,
    BOLD,
    within("u", "__"),
    STRUCK,
    within("span", "||", kind="spoiler"),
    SLANTED,
    UNDERSCORED,
)
_ANGLED = Mark(re.compile(r"<(https?://[^\s<>]+)>"), lambda match, _: link(match[1], match[1]))
_EMBED = ("title", "url", "description", "color", "fields", "footer", "author", "timestamp", "type")


def draw(body: dict[str, Any]) -> str:
    """The message as the channel sees it."""
    content = blocks(said(body, "content"), _dialect(of(body, "allowed_mentions"), defined="allowed_mentions" in body))
    embeds = (_embed(each) for each in listed(body, "embeds"))
    known = ("content", "embeds", "allowed_mentions", "username", "avatar_url", "flags", "tts")
    return message("discord", words_of(content), bubble(content, *embeds, rest(body, *known)))


def _dialect(allowed: dict[str, Any], *, defined: bool) -> Dialect:
    def person(match: re.Match[str], _inner: object) -> Html:
        sort = "everyone" if match[3] else ("roles" if match[1] == "&" else "users")
        pings = not defined or sort in listed(allowed, "parse") or match[2] in listed(allowed, sort)
        return mention(match[3] or match[2]) if pings else element("span", match[0], kind="unpinged")

    marks = (*_MARKS, Mark(_PERSON, person), _ANGLED, BARE)
    return Dialect(marks, headings=True, lists=True, quotes=True, fences=True)


_QUIET = _dialect({}, defined=True)


def _embed(each: Any) -> Html:
    if not isinstance(each, dict):
        return raw("an embed", each)
    title = draw_line(said(each, "title"), _QUIET.marks[1:])
    fields = [_field(field) for field in listed(each, "fields")]
    foot = [said(of(each, "footer"), "text"), said(each, "timestamp")]
    parts = [
        element("p", said(of(each, "author"), "name"), kind="small") if "author" in each else "",
        element("p", link(title, each["url"]) if "url" in each else title, kind="h h3") if title else "",
        blocks(said(each, "description"), _QUIET),
        element("div", *fields, kind="fields") if fields else "",
        element("p", joined([escaped(part) for part in foot if part], " • "), kind="foot") if any(foot) else "",
        rest(each, *_EMBED),
    ]
    return element("div", *parts, kind="barred embed", style=bar(each.get("color")))


def _field(field: Any) -> Html:
    kind = "" if isinstance(field, dict) and field.get("inline") is True else "wide"
    name = draw_line(said(field, "name"), _QUIET.marks)
    return element("div", element("b", name), blocks(said(field, "value"), _QUIET), kind=kind)
