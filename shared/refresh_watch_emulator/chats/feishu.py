"""A Feishu custom bot: a refusal is a 200 too (open.feishu.cn, custom bot usage guide and card JSON 2.0).

Of its messages it takes `text` and `interactive`, and of a card's components those that a report needs.
"""

from __future__ import annotations

import re
from typing import Any

from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, blocked, is_signed, json_answer

MOST_BYTES = 20_000
A_MINUTE, A_SECOND = 100, 5
SKEW: Seconds = 3600.0

_TEMPLATES = (
    *("blue", "wathet", "turquoise", "green", "yellow", "orange", "red"),
    *("carmine", "violet", "purple", "indigo", "grey", "default"),
)
_TEXT_SIZES = ("heading", "normal", "notation")
_KNOWN = {  # a card of schema 2.0 with any other property is refused
    "card": ("schema", "config", "header", "body"),
    "config": ("update_multi", "summary", "enable_forward", "width_mode"),
    "header": ("title", "subtitle", "template", "text_tag_list"),
    "body": ("elements", "direction", "padding", "vertical_spacing"),
    "plain_text": ("tag", "content"),
    "markdown": ("tag", "content", "text_size", "text_align", "margin"),
    "button": ("tag", "text", "type", "size", "width", "behaviors"),
}
_AT = re.compile(r"<at\b([^>]*)>", re.IGNORECASE)
_WHO = re.compile(r"\b(?:user_id|open_id|ids|id|email)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)


def create_chat(name: str) -> Chat:
    """A bot with fake secrets of its own."""
    return Chat("feishu", name, secret=f"fake-secret-of-{name}", access_token=f"fake-hook-of-{name}")


def address(chat: Chat) -> str:
    """The id of the hook ends the path."""
    return f"/open-apis/bot/v2/hook/{chat.access_token}"


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
    """Hook, rates, shape, signature, keyword, then the card itself."""
    if chat.access_token and post.path != address(chat):
        return _refusal(19001, "param invalid: incoming webhook access token invalid")
    if limited and _too_fast(post.at, recent):
        return _refusal(11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]")
    return _content(chat, post)


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:
    """The people that an at tag names, anywhere in a text or a markdown element; plain text knows no tags."""
    if body.get("msg_type") == "text":
        texts = [str((body.get("content") or {}).get("text", ""))]
    else:
        texts = [str(element.get("content", "")) for element in _elements(body) if element.get("tag") == "markdown"]
    found: list[str] = []
    for tag in (tag for text in texts for tag in _AT.findall(text)):
        found.extend(who for given in _WHO.findall(tag) for who in "".join(given).split(",") if who)
    return tuple(found)


def visible_text(body: dict[str, Any]) -> str:
    """The title, then each element."""
    return "\n".join(_texts(body))


def _content(chat: Chat, post: Post) -> ChatAnswer:
    body = post.json()
    if body is None or not post.is_json:
        return json_answer(400, code=9499, msg="Bad Request", data={})
    if len(post.raw) > MOST_BYTES:
        return _refusal(19036, "request body is too large, max 30KB")
    if chat.secret and not _signed(chat.secret, body, post.at):
        return _refusal(19021, "sign match fail or timestamp is not within one hour from current time")
    if chat.keyword and not any(chat.keyword in text for text in _texts(body)):
        return _refusal(19024, "Key Words Not Found")
    wrong = _wrong_with(body)
    return wrong or json_answer(accepted=True, StatusCode=0, StatusMessage="success", code=0, data={}, msg="success")


def _too_fast(now: Instant, recent: tuple[Instant, ...]) -> bool:
    return blocked(now, recent, most=A_MINUTE, per=60.0) or blocked(now, recent, most=A_SECOND, per=1.0)


def _signed(secret: str, body: dict[str, Any], now: Instant) -> bool:
    timestamp, sign = body.get("timestamp"), body.get("sign")
    if not isinstance(timestamp, str) or not timestamp.isdigit() or abs(int(timestamp) - now) > SKEW:
        return False
    return is_signed(sign, f"{timestamp}\n{secret}", b"")


def _elements(body: dict[str, Any]) -> list[dict[str, Any]]:
    card = body.get("card")
    inner = card.get("body") if isinstance(card, dict) else None
    elements = inner.get("elements") if isinstance(inner, dict) else None
    return [element for element in elements if isinstance(element, dict)] if isinstance(elements, list) else []


def _texts(body: dict[str, Any]) -> list[str]:
    """The values of text and title; where a button leads is none."""
    if body.get("msg_type") == "text":
        return [str((body.get("content") or {}).get("text", ""))]
    card = body.get("card")
    title = ((card.get("header") or {}).get("title") or {}) if isinstance(card, dict) else {}
    texts = [str(title.get("content", ""))]
    for element in _elements(body):
        label = element.get("text") or {}
        texts.append(str(element.get("content") or label.get("content") or ""))
    return [text for text in texts if text]


def _wrong_with(body: dict[str, Any]) -> ChatAnswer | None:
    if body.get("msg_type") == "text":
        content = body.get("content")
        text = content.get("text") if isinstance(content, dict) else None
        return None if isinstance(text, str) and text else json_answer(400, code=9499, msg="Bad Request", data={})
    if body.get("msg_type") != "interactive" or not isinstance(body.get("card"), dict):
        return _refusal(19002, "params error, msg_type need")
    try:
        _check_card(body["card"])
    except _BadCardError as error:
        words = "Failed to create card content, ext=ErrCode: 200621; ErrMsg: parse card json err, please check whether"
        return _refusal(11246, f"{words} the card json is correct; ErrorValue: {error}")
    return None


class _BadCardError(Exception):
    """What is wrong with a card."""


def _check_card(card: dict[str, Any]) -> None:
    _want(_known(card, "card").get("schema") == "2.0", "schema")
    _want(_known(card.get("config", {}), "config").get("update_multi", True) is True, "update_multi")
    header = _known(card.get("header"), "header")
    _want(header.get("template", "default") in _TEMPLATES, "template")
    _check_plain_text(header.get("title"))
    elements = _known(card.get("body"), "body").get("elements")
    _want(isinstance(elements, list) and elements, "elements")
    for element in elements or []:
        _check_element(element)


def _check_element(element: Any) -> None:
    tag = element.get("tag") if isinstance(element, dict) else None
    _want(tag in ("markdown", "button"), f"not support tag: {tag}")
    _known(element, str(tag))
    if tag == "markdown":
        _want(isinstance(element.get("content"), str) and element["content"], "content")
        _want(element.get("text_size", "normal") in _TEXT_SIZES, "text_size")
    if tag == "button":
        _check_plain_text(element.get("text"))
        behaviors = element.get("behaviors")
        _want(isinstance(behaviors, list) and behaviors, "behaviors")
        for behavior in behaviors or []:
            # a webhook's card can open addresses; a callback needs an app
            _want(isinstance(behavior, dict) and behavior.get("type") == "open_url", "behavior")
            _want(str(behavior.get("default_url")).startswith(("http://", "https://")), "default_url")


def _check_plain_text(text: Any) -> None:
    _want(
        _known(text, "plain_text").get("tag") == "plain_text"
        and isinstance(text.get("content"), str)
        and text["content"],
        "plain_text",
    )


def _known(value: Any, what: str) -> dict[str, Any]:
    """The object, which has known properties only."""
    _want(isinstance(value, dict), what)
    for key in value:
        _want(key in _KNOWN[what], f"unknown property, property: {key}, path: {what}")
    return dict(value)


def _want(right: object, what: str) -> None:
    if not right:
        raise _BadCardError(what)


def _refusal(code: int, message: str) -> ChatAnswer:
    return json_answer(code=code, msg=message, data={})
