"""What RAM refuses to the functions' roles, on request: here every function has the same credentials."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Denial:
    """The role of function ``role`` lacks ``action`` (such as ``fc:InvokeFunction``) on function ``on``; by their keys
    in the manifest.
    """

    role: str
    action: str
    on: str


class Roles:
    """All that is refused; may be changed at any time. An engine that is given one tells its functions' calls apart."""

    def __init__(self) -> None:
        """Begin with nothing refused."""
        self._denials: set[Denial] = set()
        self._lock = threading.Lock()

    def deny(self, role: str, action: str, on: str) -> None:
        """Refuse from now on."""
        with self._lock:
            self._denials.add(Denial(role, action, on))

    def clear(self) -> None:
        """Refuse nothing any more."""
        with self._lock:
            self._denials.clear()

    def may(self, role: str, action: str, on: str) -> bool:
        """Whether the role may do it. A caller without a role (empty) may do everything."""
        with self._lock:
            return Denial(role, action, on) not in self._denials
