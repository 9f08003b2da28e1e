"""The credentials of this machine for the embedded engine, which asks for them at every request."""

from __future__ import annotations

import threading
from collections.abc import Callable

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import NoCredentials
from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.engine.environment import Keys

FRESH: Seconds = 30


class MachineKeys:
    """Access key id, secret and token (or nothing), looked up anew when they are older than FRESH."""

    def __init__(self, find: Callable[[], Credentials], clock: Clock) -> None:
        """`find` may take seconds, as Alibaba's chain does."""
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()
        self._found: tuple[Instant, Keys] | None = None

    def __call__(self) -> Keys:
        """The keys. Raises NoCredentials when none were ever found; those found before outlive a failing chain."""
        with self._lock:
            now = self._clock.now()
            if self._found is not None and now - self._found[0] < FRESH:
                return self._found[1]
            try:
                found = self._find()
            except NoCredentials:
                if self._found is None:
                    raise
                keys = self._found[1]
            else:
                token = found.security_token.value if found.security_token else ""
                keys = (found.access_key_id, found.access_key_secret.value, token)
            self._found = (now, keys)
            return keys
