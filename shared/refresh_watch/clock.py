"""Time, sleep and chance, handed in where they are needed, so that decisions stay functions of their arguments."""

from __future__ import annotations

import random
import time
from typing import Protocol

from refresh_watch.instants import Instant, Seconds


class Clock(Protocol):
    """What differs between two runs of the same code."""

    def now(self) -> Instant:
        """The current instant."""
        ...

    def sleep(self, seconds: Seconds) -> None:
        """Return after that long."""
        ...

    def chance(self) -> float:
        """A number from 0 up to, not including, 1."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> Instant:
        """The current instant."""
        return time.time()

    def sleep(self, seconds: Seconds) -> None:
        """Return after that long."""
        if seconds > 0:
            time.sleep(seconds)

    def chance(self) -> float:
        """A number from 0 up to, not including, 1."""
        return random.random()  # noqa: S311 - jitter, not a secret
