"""A stand-in chat, what it is sent, and what it answers; and what the file of a kind has to offer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs

from refresh_watch.instants import Instant, Seconds


@dataclass(frozen=True)
class Chat:
    """One chat that takes posts, and its security settings; an empty one is not checked."""

    kind: str
    name: str
    secret: str = ""
    access_token: str = ""  # what stands in its address
    keyword: str = ""


@dataclass(frozen=True)
class Post:
    """One request that arrived. `path` is what follows the chat's name in the address."""

    kind: str
    chat: str
    query: str
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    at: Instant = 0.0
    accepted: bool = False
    path: str = ""

    def header(self, name: str) -> str:
        """The header of that (lower-case) name, or nothing."""
        return dict(self.headers).get(name, "")

    def given(self, name: str) -> str:
        """The first value of a query parameter, decoded once, or nothing."""
        return parse_qs(self.query).get(name, [""])[0]

    @property
    def is_json(self) -> bool:
        """Its headers say so."""
        return self.header("content-type").startswith("application/json")

    def json(self) -> dict[str, Any] | None:
        """The body, where it is a JSON object."""
        try:
            value = json.loads(self.raw)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


@dataclass(frozen=True)
class ChatAnswer:
    """What a chat answers, and whether it shows the message."""

    status: int = 200
    body: str = ""
    accepted: bool = False
    headers: tuple[tuple[str, str], ...] = field(default=())


class ChatKind(Protocol):
    """A module of this folder is one. All of its functions are pure."""

    def create_chat(self, name: str) -> Chat:
        """A chat with fake secrets of its own."""
        ...

    def address(self, chat: Chat) -> str:
        """Path and query that follow ``/<kind>/<name>`` in the chat's address; empty, or it begins with / or ?."""
        ...

    def receive(self, chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
        """What the real one answers. `recent`: when the chat's earlier posts came; `limited`: rates are kept."""
        ...

    def mentioned(self, body: dict[str, Any]) -> tuple[str, ...]:
        """Who is really mentioned by a message that is shown, in the words of the vendor (``all`` for everyone)."""
        ...

    def visible_text(self, body: dict[str, Any]) -> str:
        """All words of the message that a reader sees, a line a block; markup is left in."""
        ...


def utf16_length(text: object) -> int:
    """In UTF-16 code units: an emoji counts as two."""
    return len(str(text).encode("utf-16-le", "surrogatepass")) // 2


def is_signed(given: object, key: str | bytes, message: bytes) -> bool:
    """`given` is the base64 of the HMAC-SHA256 of the message."""
    mac = hmac.new(key.encode() if isinstance(key, str) else key, message, hashlib.sha256)
    return hmac.compare_digest(str(given).encode(), base64.b64encode(mac.digest()))


def json_answer(status: int = 200, *, accepted: bool = False, **body: Any) -> ChatAnswer:
    """An answer with a JSON object for a body."""
    return ChatAnswer(status, json.dumps(body, ensure_ascii=False), accepted)


def blocked(now: Instant, recent: tuple[Instant, ...], *, most: int, per: Seconds, block: Seconds = 0.0) -> bool:
    """A chat takes `most` posts in `per` seconds; the next one blocks it for `block`. What comes meanwhile does not
    count."""
    counted: list[Instant] = []
    blocked_until = float("-inf")
    refused = False
    for at in (*recent, now):
        refused = at < blocked_until
        if refused:
            continue
        counted = [earlier for earlier in counted if earlier > at - per]
        refused = len(counted) >= most
        if refused:
            blocked_until = at + block
        else:
            counted.append(at)
    return refused
