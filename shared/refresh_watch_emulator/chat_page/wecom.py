"""A WeCom group robot's message (developer.work.weixin.qq.com, path 91770): text, markdown, markdown_v2, text card.

`markdown` knows headings, bold, links, code, quotes, three colours and <@userid>, and neither lists nor tables;
`markdown_v2` knows lists, rules and code blocks, and neither colours nor mentions.
"""

from __future__ import annotations

import re
from typing import Any

from refresh_watch_emulator.chat_page.markdown import Dialect
from refresh_watch_emulator.chat_page.markdown import draw as blocks
from refresh_watch_emulator.chat_page.marks import BARE, BOLD, CODE, IMAGE, LINK, SLANTED, Mark, draw_line
from refresh_watch_emulator.chat_page.markup import Html, alone, element, joined, link, words_of
from refresh_watch_emulator.chat_page.parts import bubble, listed, mention, message, of, raw, rest, said

_FONT = Mark(
    re.compile(r"<font color=[\"']?(info|comment|warning)[\"']?>(.*?)</font>"),
    lambda match, inner: element("span", inner(match[2]), kind=f"wecom-{match[1]}"),
)
_AT = Mark(re.compile(r"<@([^<>\s]{1,64})>"), lambda match, _: mention(match[1]))
_DIALECTS = {
    "markdown": Dialect((CODE, LINK, BOLD, _FONT, _AT, BARE), headings=True, quotes=True),
    "markdown_v2": Dialect(
        (CODE, IMAGE, LINK, BOLD, SLANTED, BARE), headings=True, quotes=True, lists=True, fences=True, rules=True
    ),
}


def draw(body: dict[str, Any]) -> str:
    """The message as the group sees it."""
    sort = said(body, "msgtype")
    part = of(body, sort)
    known: tuple[str, ...]
    if sort == "text":
        shown = _text(part)
        known = ("content", "mentioned_list", "mentioned_mobile_list")
    elif sort in _DIALECTS:
        shown = blocks(said(part, "content"), _DIALECTS[sort])
        known = ("content",)
    elif sort == "template_card" and said(part, "card_type") == "text_notice":
        shown, known = _card(part), _CARD
    else:
        return message("wecom", "", bubble(raw(f"msgtype {sort}", body)))
    first = said(of(part, "main_title"), "title") or words_of(shown)
    return message("wecom", first, bubble(shown, rest(part, *known), rest(body, "msgtype", sort)))


def _text(part: dict[str, Any]) -> Html:
    content = [draw_line(line, (BARE,)) for line in said(part, "content").split("\n")]
    people = [str(who) for key in ("mentioned_list", "mentioned_mobile_list") for who in listed(part, key)]
    # the client writes those who are named below the text
    named = element("p", *(joined([mention(who.removeprefix("@")), " "]) for who in people)) if people else Html()
    return joined([element("p", joined(content, alone("br"))), named])


_CARD = (
    "card_type",
    "source",
    "main_title",
    "emphasis_content",
    "sub_title_text",
    "horizontal_content_list",
    "jump_list",
    "card_action",
)


def _card(part: dict[str, Any]) -> Html:
    rows = (
        element("div", element("dt", said(row, "keyname")), element("dd", _value(row)))
        for row in listed(part, "horizontal_content_list")
    )
    jumps = (link(said(jump, "title"), said(jump, "url"), "button") for jump in listed(part, "jump_list"))
    big = of(part, "emphasis_content")
    return joined(
        [
            element("p", said(of(part, "source"), "desc"), kind="foot"),
            element("p", said(of(part, "main_title"), "title"), kind="h h3"),
            element("p", said(of(part, "main_title"), "desc")),
            element("p", element("b", said(big, "title")), " ", said(big, "desc")),
            element("p", said(part, "sub_title_text")),
            element("dl", *rows, kind="facts"),
            element("div", *jumps, kind="buttons"),
        ]
    )


def _value(row: Any) -> Html:
    url = said(row, "url")
    return link(said(row, "value"), url) if url else element("span", said(row, "value"))
