"""A gate before the engine: what a network, a RAM policy or a lost record does to the requests of those who wait."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

Refuses = Callable[[str, str], tuple[int, str] | None]
"""Given a method and a path: the status and the code to refuse it with, or None to let it pass."""


class Gate:
    """Listens on a port of its own; what it lets pass reaches the engine as it was sent."""

    def __init__(self, engine_url: str) -> None:
        self._engine = (urlsplit(engine_url).hostname or "", urlsplit(engine_url).port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.is_open = True
        self.refuses: Refuses = lambda method, path: None
        self.asked: list[tuple[str, str]] = []
        self.turned_away = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.close()

    def paths(self, part: str) -> list[str]:
        """The GET requests whose path holds `part`."""
        return [path for method, path in self.asked if method == "GET" and part in path]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._engine) as engine, suppress(OSError):
            threading.Thread(target=_copy, args=(engine, client), daemon=True).start()
            while chunk := client.recv(65536):
                if not self.is_open:
                    self.turned_away += 1
                    return
                method, _, rest = chunk.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
                path = rest.partition(" ")[0]
                refusal = None
                if method in ("GET", "POST", "PUT"):
                    self.asked.append((method, path))
                    refusal = self.refuses(method, path)
                if refusal is not None:
                    client.sendall(_answer(*refusal))
                    return
                engine.sendall(chunk)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)


def _answer(status: int, code: str) -> bytes:
    said: dict[str, Any] = {"Code": code, "Message": "said by the gate", "RequestId": "1-gate"}
    body = json.dumps(said).encode()
    head = f"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body
