"""Slack's rich_text block, in which words stand as data and are never read for marks."""

from __future__ import annotations

from typing import Any

from refresh_watch_emulator.chat_page.markup import Html, element, joined, lines, link
from refresh_watch_emulator.chat_page.parts import listed, mention, of, raw, rest, said

_STYLES = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}


def rich(block: dict[str, Any]) -> Html:
    """The block."""
    return joined([*map(_part, listed(block, "elements")), rest(block, "type", "elements", "block_id")])


def _part(part: Any) -> Html:
    sort = said(part, "type")
    inside = joined(map(_word, listed(part, "elements")))
    if sort == "rich_text_section":
        return element("p", inside)
    if sort == "rich_text_preformatted":
        return element("pre", inside, kind="code")
    if sort == "rich_text_quote":
        return element("blockquote", inside)
    if sort == "rich_text_list":
        level = part.get("indent")
        kind = f"level{min(3, level)}" if isinstance(level, int) and level >= 0 else "level0"
        items = (
            element(
                "li",
                element("span", "•", kind="sign"),
                element("span", *map(_word, listed(item, "elements")), kind="words"),
                kind=kind,
            )
            for item in listed(part, "elements")
        )
        return element("ul", *items, kind="list")
    return raw(sort or "a part", part)


def _word(word: Any) -> Html:
    sort = said(word, "type")
    if sort == "text":
        return _styled(lines(said(word, "text")), of(word, "style"))
    if sort == "link":
        return _styled(link(said(word, "text") or said(word, "url"), said(word, "url")), of(word, "style"))
    if sort in ("user", "usergroup", "broadcast"):
        return mention(said(word, "user_id") or said(word, "usergroup_id") or said(word, "range"))
    return raw(sort or "a word", word)


def _styled(inside: Html, style: dict[str, Any]) -> Html:
    for name, tag in _STYLES.items():
        if style.get(name) is True:
            inside = element(tag, inside)
    return inside
