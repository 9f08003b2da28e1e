"""A DingTalk robot's message: text, markdown or card (open.dingtalk.com, custom robot access).

Only the notification shows `markdown.title`. Who is mentioned stands in `at` and, written as @…, in the text too.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from refresh_watch_emulator.chat_page.markdown import Dialect
from refresh_watch_emulator.chat_page.markdown import draw as blocks
from refresh_watch_emulator.chat_page.marks import BARE, BOLD, CODE, IMAGE, LINK, SLANTED, Mark, draw_line
from refresh_watch_emulator.chat_page.markup import Html, alone, bar, element, joined, link
from refresh_watch_emulator.chat_page.parts import bubble, listed, mention, message, note, of, raw, rest, said

_EVERYONE = ("all", "所有人")
_OPENED = "dingtalk://dingtalkclient/page/link?"
_FONT = Mark(
    re.compile(r"<font color=[\"']?(#[0-9A-Fa-f]{6})[\"']?>(.*?)</font>"),
    lambda match, inner: element("span", inner(match[2]), kind="inked", style=bar(match[1])),
)
_TAG = re.compile(r"<[A-Za-z/!?]")
_TAG_NOTE = "holds a tag, which some phones read in code too: they may show nothing of the whole message"
_WRAPPED = Mark(
    LINK.pattern,
    lambda match, inner: link(inner(match[1]), _opened(match[2])),
)


def draw(body: dict[str, Any]) -> str:
    """The message as the group sees it."""
    sort = said(body, "msgtype")
    part = of(body, sort)
    known = {"text": ("content",), "markdown": ("title", "text"), "actionCard": _CARD}.get(sort)
    if known is None:
        return message("dingtalk", "", bubble(raw(f"msgtype {sort}", body)))
    content = said(part, "content" if sort == "text" else "text")
    people = _people(body)
    shown = (
        _text(content, people) if sort == "text" else blocks(content, _markdown(people if sort == "markdown" else []))
    )
    title = said(part, "title")
    return message(
        "dingtalk",
        title or content,
        bubble(shown, _buttons(part), rest(part, *known), rest(body, "msgtype", sort, "at")),
        *(note(f"named in `at`, but not written in the text: {who}") for who in people if not _written(who, content)),
        note(_TAG_NOTE) if sort != "text" and _TAG.search(_FONT.pattern.sub(r"\2", content)) else "",
    )


_CARD = ("title", "text", "singleTitle", "singleURL", "btnOrientation", "btns")


def _opened(url: str) -> str:
    """What the client opens: an address of its own that wraps a web page's says only where that is opened."""
    return dict(parse_qsl(url.removeprefix(_OPENED))).get("url", url) if url.startswith(_OPENED) else url


def _people(body: dict[str, Any]) -> list[str]:
    at = of(body, "at")
    named = [str(person) for key in ("atMobiles", "atUserIds") for person in listed(at, key)]
    return [*named, *(["all"] if at.get("isAtAll") is True else [])]


def _written(person: str, text: str) -> bool:
    return person in _EVERYONE or f"@{person}" in text


def _marks(people: list[str]) -> tuple[Mark, ...]:
    names = [re.escape(name) for person in people for name in (_EVERYONE if person in _EVERYONE else (person,))]
    if not names:
        return ()
    return (Mark(re.compile(f"@({'|'.join(names)})"), lambda match, _: mention(match[1])),)


def _markdown(people: list[str]) -> Dialect:
    marks = (CODE, IMAGE, _WRAPPED, _FONT, BOLD, SLANTED, *_marks(people), BARE)
    return Dialect(marks, headings=True, lists=True, quotes=True, breaks=False)


def _text(content: str, people: list[str]) -> Html:
    marks = (*_marks(people), BARE)
    return element("p", joined([draw_line(line, marks) for line in content.split("\n")], alone("br")))


def _buttons(part: dict[str, Any]) -> Html:
    buttons = [(said(button, "title"), said(button, "actionURL")) for button in listed(part, "btns")]
    if "singleTitle" in part:
        buttons.append((said(part, "singleTitle"), said(part, "singleURL")))
    return (
        element("div", *(link(text, _opened(url), "button") for text, url in buttons), kind="buttons")
        if buttons
        else Html()
    )
