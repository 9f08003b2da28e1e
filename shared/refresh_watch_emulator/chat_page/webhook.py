"""A signed webhook's body: no person reads it, so it is shown as the JSON that a receiver gets."""

from __future__ import annotations

from typing import Any

from refresh_watch_emulator.chat_page.markup import as_json, element
from refresh_watch_emulator.chat_page.parts import bubble, message, said


def draw(body: dict[str, Any]) -> str:
    """The JSON, laid out for reading."""
    shown = bubble(element("pre", as_json(body), kind="code"))
    return message("webhook", said(body, "type"), shown, where="A machine reads it; its type")
