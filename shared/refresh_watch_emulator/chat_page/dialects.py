"""What each chat makes of text, by its vendor's documents. Only a person who is really called is drawn as mentioned."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from markupsafe import Markup, escape

from refresh_watch_emulator.chat_page.blocks import ChatDialect
from refresh_watch_emulator.chat_page.marks import (
    BARE,
    BOLD,
    CODE,
    ESCAPE,
    IMAGE,
    LINK,
    SLANTED,
    STRUCK,
    UNDERSCORED,
    Mark,
    draw_line,
    draw_lines,
    element,
    link,
    mention,
    within,
    word_within,
)
from refresh_watch_emulator.chat_page.payload import items, part, text_of

_EVERYONE = ("all", "所有人")
_OPENED_BY_CLIENT = "dingtalk://dingtalkclient/page/link?"


def plain(value: Any) -> Markup:
    """Text without marks, in which a client finds bare URLs by itself."""
    return draw_lines(text_of(value), (BARE,))


def dingtalk(value: Any, people: list[str]) -> Markup:
    """DingTalk's markdown (open.dingtalk.com, custom robot access), with those named in `at`."""
    marks = (CODE, IMAGE, _DINGTALK_LINK, _DINGTALK_FONT, BOLD, SLANTED, *_called(people), BARE)
    return ChatDialect(marks, headings=True, lists=True, quotes=True, breaks=False).draw(text_of(value))


def dingtalk_text(value: Any, people: list[str]) -> Markup:
    """DingTalk's plain text."""
    return draw_lines(text_of(value), (*_called(people), BARE))


def dingtalk_people(at: Any) -> list[str]:
    """Whom `at` names."""
    named = [str(person) for key in ("atMobiles", "atUserIds") for person in items(part(at, key))]
    return [*named, *(["all"] if part(at, "isAtAll") is True else [])]


def dingtalk_notes(value: Any, people: list[str]) -> list[str]:
    """What the reader of that text does not see and the judge of the message should know."""
    text = text_of(value)
    unseen = [person for person in people if person not in _EVERYONE and f"@{person}" not in text]
    notes = [f"named in `at`, but not written in the text: {person}" for person in unseen]
    if _TAG.search(_DINGTALK_FONT.pattern.sub(r"\2", text)):
        notes.append("holds a tag, which some phones read in code too: they may show nothing of the whole message")
    return notes


def _called(people: list[str]) -> tuple[Mark, ...]:
    names = [re.escape(name) for person in people for name in (_EVERYONE if person in _EVERYONE else (person,))]
    return (Mark(re.compile(f"@({'|'.join(names)})"), lambda match, _: mention(match[1])),) if names else ()


def _opened(url: str) -> str:
    """What the client opens: an address of its own that wraps a web page's says only where that is opened."""
    return dict(parse_qsl(url.removeprefix(_OPENED_BY_CLIENT))).get("url", url)


_TAG = re.compile(r"<[A-Za-z/!?]")
_DINGTALK_LINK = Mark(
    LINK.pattern,
    lambda match, inner: link(
        inner(match[1]), _opened(match[2]) if match[2].startswith(_OPENED_BY_CLIENT) else match[2]
    ),
)
_DINGTALK_FONT = Mark(
    re.compile(r"<font color=[\"']?(#[0-9A-Fa-f]{6})[\"']?>(.*?)</font>"),
    lambda match, inner: Markup('<span class="inked" style="--bar:{}">{}</span>').format(match[1], inner(match[2])),
)


def feishu(value: Any) -> Markup:
    """The markdown of a Feishu card (open.feishu.cn, rich text component)."""
    return _FEISHU.draw(text_of(value))


def feishu_text(value: Any) -> Markup:
    """Feishu's text message."""
    return draw_lines(text_of(value), _FEISHU_TEXT)


def _numbered(entity: str) -> str:
    number = int(entity[2:-1])
    return chr(number) if 32 <= number < 0xD800 else entity


_FEISHU_SIGNS = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&nbsp;": "\u00a0"}
_FEISHU_COLOURS = "red|green|orange|grey|blue|yellow|purple|default"
_FEISHU = ChatDialect(
    (
        *(CODE, IMAGE, LINK, BOLD, STRUCK, SLANTED),
        Mark(
            re.compile(r"<at (?:id|ids|user_id|email)=[\"']?([^\s\"'<>]+)[\"']?>\s*(?:</at>)?"),
            lambda match, _: mention(match[1]),
        ),
        Mark(
            re.compile(rf"<font color=[\"']?({_FEISHU_COLOURS})(?:-\d+)?[\"']?>(.*?)</font>"),
            lambda match, inner: element("span", inner(match[2]), f"ink-{match[1]}"),
        ),
        Mark(re.compile(r"<br\s*/?>"), lambda _match, _inner: Markup("<br>")),
        Mark(
            re.compile(r"&(?:lt|gt|amp|nbsp|#\d{1,5});"),
            lambda match, _: escape(_FEISHU_SIGNS.get(match[0]) or _numbered(match[0])),
        ),
        *(ESCAPE, BARE),
    ),
    headings=True,
    lists=True,
    quotes=True,
)
_FEISHU_TEXT = (
    Mark(re.compile(r"<at user_id=\"([^\"<>]*)\">(.*?)</at>"), lambda match, _: mention(match[2] or match[1])),
    *(LINK, BARE),
)


def wecom(value: Any) -> Markup:
    """WeCom's markdown (developer.work.weixin.qq.com, path 91770): three colours and <@userid>, and no lists."""
    return _WECOM.draw(text_of(value))


_WECOM = ChatDialect(
    (
        *(CODE, LINK, BOLD),
        Mark(
            re.compile(r"<font color=[\"']?(info|comment|warning)[\"']?>(.*?)</font>"),
            lambda match, inner: element("span", inner(match[2]), f"wecom-{match[1]}"),
        ),
        Mark(re.compile(r"<@([^<>\s]{1,64})>"), lambda match, _: mention(match[1])),
        BARE,
    ),
    headings=True,
    quotes=True,
)


def slack(value: Any) -> Markup:
    """Slack's marks: ``*bold*``, ``<url|text>``, ``<@U1>``; `&`, `<` and `>` are written as entities."""
    return _SLACK.draw(text_of(value))


def slack_plain(value: Any) -> Markup:
    """Slack's plain text, in which the three entities are read once too."""
    return Markup("<br>").join(_unescaped(text_of(value)).split("\n"))


def _unescaped(text: str) -> str:
    return _SLACK_ENTITY.sub(lambda match: {"lt": "<", "gt": ">", "amp": "&"}[match[1]], text)


def _angled(match: re.Match[str], _inner: Callable[[str], Markup]) -> Markup:
    target, _, label = match[1].partition("|")
    target, label = _unescaped(target), _unescaped(label)
    if target[0] in "@#!":
        special = target.removeprefix("!").split("^")
        name = label or (special[-1] if target[0] == "!" else target[1:])
        return mention(name.lstrip("@"))
    return link(label or target, target)


_SLACK_ENTITY = re.compile(r"&(lt|gt|amp);")
_SLACK = ChatDialect(
    (
        Mark(re.compile(r"`([^`\n]+)`"), lambda match, _: element("code", _unescaped(match[1]))),
        Mark(re.compile(r"<([^<>\n]+)>"), _angled),
        *(word_within("strong", "*"), word_within("em", "_"), word_within("s", "~")),
        Mark(_SLACK_ENTITY, lambda match, _: escape(_unescaped(match[0]))),
        BARE,
    ),
    quotes=True,
)


def teams(value: Any, card: Any) -> Markup:
    """The markdown of an Adaptive Card's TextBlock; only those whom the card's entities declare are mentioned."""
    people = {
        text_of(part(entity, "text")): text_of(part(part(entity, "mentioned"), "name"))
        for entity in items(part(part(card, "msteams"), "entities"))
        if part(entity, "type") == "mention"
    }

    def called(match: re.Match[str], _inner: object) -> Markup:
        return mention(people[match[0]]) if match[0] in people else escape(match[0])

    marks = (ESCAPE, LINK, BOLD, SLANTED, UNDERSCORED, Mark(re.compile(r"<at>(.*?)</at>"), called))
    return ChatDialect(marks, lists=True, breaks=False).draw(text_of(value))


def discord(value: Any, allowed: Any = None) -> Markup:
    """Discord's markdown. The content pings as `allowed_mentions` says, all where that is not given; an
    empty object pings no person.
    """
    return _discord(allowed).draw(text_of(value))


def discord_line(value: Any) -> Markup:
    """A title: one line, in which no backslash is a mark."""
    return draw_line(text_of(value), [mark for mark in _discord({}).marks if mark is not ESCAPE])


def _discord(allowed: Any) -> ChatDialect:
    def person(match: re.Match[str], _inner: object) -> Markup:
        kind = "everyone" if match[3] else ("roles" if match[1] == "&" else "users")
        pings = allowed is None or kind in items(part(allowed, "parse")) or match[2] in items(part(allowed, kind))
        return mention(match[3] or match[2]) if pings else escape(match[0])

    marks = (
        *(ESCAPE, CODE, LINK, BOLD, within("u", "__"), STRUCK, within("span", "||", "spoiler"), SLANTED, UNDERSCORED),
        Mark(re.compile(r"<@(!|&)?(\d{1,20})>|@(everyone|here)\b"), person),
        Mark(re.compile(r"<(https?://[^\s<>]+)>"), lambda match, _: link(match[1], match[1])),
        BARE,
    )
    return ChatDialect(marks, headings=True, lists=True, quotes=True)
