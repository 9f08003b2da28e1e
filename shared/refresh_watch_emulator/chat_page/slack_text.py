"""Slack's own marks: ``*bold*``, ``<url|text>``, ``<@U1>``; `&`, `<` and `>` are written as entities."""

from __future__ import annotations

import re
from collections.abc import Callable

from refresh_watch_emulator.chat_page.markdown import Dialect
from refresh_watch_emulator.chat_page.markdown import draw as blocks
from refresh_watch_emulator.chat_page.marks import BARE, Mark, word_within
from refresh_watch_emulator.chat_page.markup import Html, element, link
from refresh_watch_emulator.chat_page.parts import mention

_ENTITY = re.compile(r"&(lt|gt|amp);")
_SIGNS = {"lt": "<", "gt": ">", "amp": "&"}
_FENCE = "```"


def unescaped(text: str) -> str:
    """The text with Slack's three entities read once."""
    return _ENTITY.sub(lambda match: _SIGNS[match[1]], text)


def mrkdwn(text: str) -> Html:
    """Text with Slack's marks."""
    # a code block may begin and end within a line
    apart = re.sub(r"\n?```\n?", f"\n{_FENCE}\n", text) if text.count(_FENCE) > 1 else text
    return blocks(apart, _DIALECT)


def _angled(match: re.Match[str], _inner: Callable[[str], Html]) -> Html:
    target, _, label = match[1].partition("|")
    target, label = unescaped(target), unescaped(label)
    if target[0] in "@#!":
        special = target.removeprefix("!").split("^")
        name = label or (special[-1] if target[0] == "!" else target[1:])
        return mention(name.lstrip("@"))
    return link(label or target, target)


_DIALECT = Dialect(
    marks=(
        Mark(re.compile(r"`([^`\n]+)`"), lambda match, _: element("code", unescaped(match[1]))),
        Mark(re.compile(r"<([^<>\n]+)>"), _angled),
        word_within("strong", "*"),
        word_within("em", "_"),
        word_within("s", "~"),
        Mark(_ENTITY, lambda match, _: element("span", unescaped(match[0]))),
        BARE,
    ),
    quotes=True,
    fences=True,
)
