"""A receiver of Standard Webhooks 1.0.0: 401 for what it cannot verify."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, is_signed, json_answer

SKEW: Seconds = 300.0


def create_chat(name: str) -> Chat:
    """A receiver with a fake secret of its own."""
    key = hashlib.sha256(f"fake secret of {name}".encode()).digest()
    return Chat("webhook", name, secret=f"whsec_{base64.b64encode(key).decode()}")


def address(chat: Chat) -> str:  # noqa: ARG001
    """Its address holds no secret."""
    return ""


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:  # noqa: ARG001
    """Id, timestamp and signature of exactly the bytes that came."""
    identity, timestamp = post.header("webhook-id"), post.header("webhook-timestamp")
    if not identity or "." in identity:
        return json_answer(400, error="webhook-id")
    if not timestamp.isdigit() or abs(int(timestamp) - post.at) > SKEW:
        return json_answer(401, error="webhook-timestamp")
    signed = identity.encode() + b"." + timestamp.encode() + b"." + post.raw
    keys = [base64.b64decode(secret.split("_", 1)[1]) for secret in chat.secret.split()]
    given = [words[3:] for words in post.header("webhook-signature").split(" ") if words.startswith("v1,")]
    if keys and not any(is_signed(signature, key, signed) for key in keys for signature in given):
        return json_answer(401, error="webhook-signature")
    if post.json() is None:
        return json_answer(400, error="body")
    return ChatAnswer(204, "", accepted=True)


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:  # noqa: ARG001
    """Machines are not mentioned."""
    return ()


def visible_text(body: dict[str, Any]) -> str:
    """All of it."""
    return json.dumps(body, ensure_ascii=False)
