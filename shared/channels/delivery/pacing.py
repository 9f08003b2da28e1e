"""How fast a robot may be posted to, and when a message's turn comes."""

from __future__ import annotations

from dataclasses import dataclass

from shared.instants import Seconds


@dataclass(frozen=True)
class Rate:
    """At most `most` messages in any `per` seconds."""

    most: int
    per: Seconds
