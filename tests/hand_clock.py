"""A clock for tests: it stands still until a test moves it or the code sleeps."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class HandClock:
    """A refresh_watch.clock.Clock; `slept` lists the pauses that were taken."""

    at: float = field(default_factory=time.time)
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def chance(self) -> float:
        return 0.5
