"""The parts that the messages of all chats are drawn from."""

from __future__ import annotations

from typing import Any

from refresh_watch_emulator.chat_page.markup import Html, as_json, element


def message(kind: str, notification: object, *inside: object, where: str = "Lock screen") -> Html:
    """One message as its reader sees it: the notification's line, then the message itself."""
    line = notification if notification else element("i", "nothing of it")
    notice = element("p", element("span", where, kind="where"), element("span", line, kind="line"), kind="lock")
    return element("div", notice, element("div", *inside, kind="thread"), kind=f"message {kind}")


def bubble(*inside: object, kind: str = "bubble", style: str = "") -> Html:
    """What stands beside the robot's picture."""
    return element("div", *inside, kind=kind, style=style)


def raw(what: str, value: object) -> Html:
    """What this page cannot draw, shown as it was sent rather than dropped."""
    return element("div", element("b", f"not drawn: {what}"), element("pre", as_json(value)), kind="raw")


def note(words: str) -> Html:
    """What the reader does not see and the judge of the message should know."""
    return element("p", words, kind="note")


def mention(name: object) -> Html:
    """Someone who is really mentioned."""
    return element("span", "@", name, kind="mention")


def rest(body: dict[str, Any], *known: str) -> Html:
    """The keys of an object that are not among `known`, raw; nothing where there are none."""
    unknown = {key: value for key, value in body.items() if key not in known}
    return raw(", ".join(unknown), unknown) if unknown else Html()


def of(body: object, key: str) -> dict[str, Any]:
    """The object under that key; empty where there is none."""
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, dict) else {}


def listed(body: object, key: str) -> list[Any]:
    """The list under that key; empty where there is none."""
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, list) else []


def said(body: object, key: str) -> str:
    """The text under that key; another value as JSON, nothing where there is none."""
    value = body.get(key) if isinstance(body, dict) else None
    if value is None:
        return ""
    return value if isinstance(value, str) else as_json(value)
