"""The chat wall: stand-in chats over HTTP on 127.0.0.1, for the demo and for tests. Never deployed.

`/<kind>/<name>` answers as the vendor of that kind does (`chats/<kind>.py`). A chat is created, with secrets that
are obviously fake, when it is first named. `/` shows every message as its chat would.
"""

from __future__ import annotations

import importlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from refresh_watch.clock import Clock, SystemClock
from refresh_watch.instants import Instant, format_instant
from refresh_watch_emulator import chats
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, ChatKind, Post, json_answer
from refresh_watch_emulator.web.messages import JSON_TYPE, HttpRequest, HttpResponse, Wire
from refresh_watch_emulator.web.server import HttpServer

_MOST_BYTES = 1_000_000
_AS_LONG_AS_THE_WALL = 86400.0
KINDS = tuple(sorted(file.stem for file in Path(chats.__path__[0]).glob("[a-z]*.py") if file.stem != "contract"))
"""The kinds of chats that there are."""


def chat_kind(kind: str) -> ChatKind:
    """How the chats of a kind in KINDS behave."""
    return cast("ChatKind", importlib.import_module(f"{chats.__name__}.{kind}"))


@dataclass(frozen=True)
class ScriptedAnswer:
    """A canned answer, given instead of the chat's own."""

    status: int = 200
    body: str = '{"errcode":0,"errmsg":"ok"}'
    headers: tuple[tuple[str, str], ...] = ()
    posts: bool = False  # the chat shows the message in spite of what it answers
    wire: Wire = Wire.WHOLE


RESET = ScriptedAnswer(wire=Wire.RESET)
"""The connection is reset instead of an answer."""
HANG = ScriptedAnswer(wire=Wire.HANGING)
"""There is no answer until the wall stops."""
HTML = ScriptedAnswer(200, "<html><body>502 Bad Gateway</body></html>", (("content-type", "text/html"),))


@dataclass(frozen=True)
class WallMessage:
    """A message that a chat shows."""

    kind: str
    chat: str
    at: Instant
    id: str  # webhook-id; empty for chats
    body: dict[str, Any]
    mentioned: tuple[str, ...] = ()  # who was really mentioned


class ChatWall:
    """Starts with `start()` or as a context manager. `on_message` is called for every message, from its thread."""

    def __init__(
        self,
        port: int = 0,
        clock: Clock | None = None,
        on_message: Callable[[WallMessage], None] | None = None,
        *,
        rate_limits: bool = True,
    ) -> None:
        """Port 0 takes a free one. Without `rate_limits` a chat takes any number of messages a minute."""
        self._clock = clock or SystemClock()
        self._on_message = on_message
        self._rate_limits = rate_limits
        self._lock = threading.RLock()
        self._chats: dict[tuple[str, str], Chat] = {}
        self._scripts: dict[tuple[str, str], deque[ScriptedAnswer]] = {}
        self._messages: list[WallMessage] = []
        self._posts: list[Post] = []
        self._server = HttpServer(self._answer, port=port, most_body_bytes=_MOST_BYTES)

    def start(self) -> ChatWall:
        """Answer from now on."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Answer no more; what hangs is let go."""
        self._server.stop()

    def __enter__(self) -> ChatWall:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.port

    @property
    def messages(self) -> tuple[WallMessage, ...]:
        """What was posted so far, repeated messages too."""
        with self._lock:
            return tuple(self._messages)

    @property
    def posts(self) -> tuple[Post, ...]:
        """Every request that arrived, refused ones too."""
        with self._lock:
            return tuple(self._posts)

    def chat(self, kind: str, name: str, **settings: Any) -> Chat:
        """The chat; `settings` change its `secret`, `keyword`, `access_token`. Empty switches that check off."""
        with self._lock:
            chat = self._chats.get((kind, name)) or chat_kind(kind).create_chat(name)
            self._chats[kind, name] = replace(chat, **settings)
            return self._chats[kind, name]

    def url(self, kind: str, name: str) -> str:
        """The address that a channel posts to."""
        return f"http://127.0.0.1:{self.port}/{kind}/{name}{chat_kind(kind).address(self.chat(kind, name))}"

    def entry(self, kind: str, name: str, **more: Any) -> dict[str, Any]:
        """The chat as an entry of REFRESH_WATCH_CHANNELS (with 127.0.0.1 in REFRESH_WATCH_ALLOWED_HOSTS)."""
        chat = self.chat(kind, name)
        entry = {"name": name, "kind": kind, "url": self.url(kind, name)}
        settings = {"secret": chat.secret, "keyword": chat.keyword}
        return {**entry, **{key: value for key, value in settings.items() if value}, **more}

    def script(self, kind: str, name: str, *answers: ScriptedAnswer) -> None:
        """The chat's next answers, each for one request: a ScriptedAnswer, RESET or HANG. Then it answers by itself."""
        with self._lock:
            self._scripts.setdefault((kind, name), deque()).extend(answers)

    def take(self, post: Post) -> ScriptedAnswer:
        """What to answer; called by the server for each request."""
        key = (post.kind, post.chat)
        with self._lock:
            post = replace(post, at=self._clock.now())
            script = self._scripts.get(key)
            scripted = script.popleft() if script else None
            if scripted is not None:
                reply = ChatAnswer(accepted=scripted.posts)
            elif post.kind in KINDS:
                receive = chat_kind(post.kind).receive
                reply = receive(self.chat(*key), post, self._recent(post), limited=self._rate_limits)
            else:
                reply = json_answer(404, error="no such chat")
            self._posts.append(replace(post, accepted=reply.accepted))
            message = None
            if reply.accepted:
                body = post.json() or {}
                mentioned = chat_kind(post.kind).mentioned(body) if post.kind in KINDS else ()
                message = WallMessage(*key, post.at, post.header("webhook-id"), body, mentioned)
                self._messages.append(message)
        if message is not None and self._on_message is not None:
            self._on_message(message)
        return scripted if scripted is not None else ScriptedAnswer(reply.status, reply.body, reply.headers)

    def page(self) -> str:
        """Every message so far, drawn from what was sent."""
        from refresh_watch_emulator.chat_page.page import Drawn, page

        newest_first = sorted(self.messages, key=lambda message: (message.kind, -message.at))
        drawn = [
            Drawn(message.kind, f"{message.chat} {format_instant(message.at)[11:19]}", "", message.body)
            for message in newest_first
        ]
        return page("The chat wall", "What the chats were sent, the newest first. Reload for more.", drawn)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            kind, name, path = _route(request.path)
            headers = tuple((key.lower(), value) for key, value in request.headers)
            answer = self.take(Post(kind, name, request.query, headers, request.body, path=path))
        elif request.path == "/":
            answer = ScriptedAnswer(200, self.page(), (("content-type", "text/html; charset=utf-8"),))
        else:
            answer = ScriptedAnswer(404, '{"error":"no such page"}')
        headers = answer.headers
        if "content-type" not in (name.lower() for name, _ in headers):
            headers = (*headers, JSON_TYPE)
        return HttpResponse(answer.status, headers, answer.body.encode(), answer.wire, _AS_LONG_AS_THE_WALL)

    def _recent(self, post: Post) -> tuple[Instant, ...]:
        return tuple(each.at for each in self._posts if (each.kind, each.chat) == (post.kind, post.chat))


def _route(path: str) -> tuple[str, str, str]:
    """Kind, name, and what follows: ``/telegram/oncall/bot1:x/sendMessage`` ends in ``/bot1:x/sendMessage``."""
    kind, _, rest = path.removeprefix("/").partition("/")
    name, slash, more = rest.partition("/")
    return kind, name, slash + more
