"""What an invocation of each function was measured to take, for reckoning where nothing can be measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refresh_watch.instants import Seconds


@dataclass(frozen=True)
class Cost:
    """Of one invocation, in seconds."""

    cpu: Seconds
    wall: Seconds

    def lasts(self, vcpu: float, network: Seconds = 0.0) -> Seconds:
        """How long it takes on a share of a core: what computes is stretched, what waits is not.

        `network`: what the calls take beyond 127.0.0.1.
        """
        return self.cpu / min(vcpu, 1.0) + max(0.0, self.wall - self.cpu) + network


@dataclass(frozen=True)
class Costs:
    """Of one thing that a function does: in a fresh interpreter, imports included, and in one that is warm."""

    cold: Cost
    warm: Cost


MEASURED_ON = "2026-11-22"
MEASURED: Mapping[str, Costs] = {
    "intake": Costs(Cost(0.390, 0.489), Cost(0.0027, 0.0047)),
    "hop": Costs(Cost(0.452, 0.485), Cost(0.0038, 0.0058)),
    "guard": Costs(Cost(0.341, 0.348), Cost(0.0042, 0.0067)),
    "fan-out": Costs(Cost(0.359, 0.366), Cost(0.0020, 0.0034)),
    "delivery": Costs(Cost(0.124, 0.125), Cost(0.0040, 0.0050)),
}
"""Seconds, by `make bench BENCH=compute`: the deployed code with the official SDKs over sockets, on two shared cores of
an Intel Xeon, Python 3.11 with .pyc; the least of two times three runs."""
