"""Whose requests the engine lets in: those signed with the credentials that it gives to its functions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from refresh_watch_emulator.engine.environment import Keys
from refresh_watch_emulator.signature import Nonces, verify
from refresh_watch_emulator.web.messages import HttpRequest

_REMEMBERED = 16
"""Credentials that rotate stay good for as long as runs that were given them may last."""


class KnownKeys:
    """The current credentials and the ones before them."""

    def __init__(self, current: Callable[[], Keys]) -> None:
        """``current`` is asked each time, so that rotation needs nothing else."""
        self._current = current
        self._known: dict[str, tuple[str, str]] = {}
        self._nonces = Nonces()
        self._lock = threading.Lock()

    def current(self) -> Keys:
        """Give the credentials of now, and remember them."""
        keys = self._current()
        key_id, secret, token = keys
        with self._lock:
            self._known.pop(key_id, None)
            self._known[key_id] = (secret, token)
            while len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        return keys

    def verify(self, request: HttpRequest) -> None:
        """Return when the request is signed as it should be. Raises SignatureRefused."""
        verify(
            request.method,
            request.path,
            request.query,
            request.headers,
            request.body,
            secret_of=lambda key_id: self._find(key_id)[0] or None,
            token_of=lambda key_id: self._find(key_id)[1] or None,
            now=time.time(),
            nonces=self._nonces,
        )

    def _find(self, key_id: str) -> tuple[str, str]:
        with self._lock:
            known = self._known.get(key_id)
        if known is None and self.current()[0] == key_id:
            return self._known[key_id]
        return known or ("", "")
