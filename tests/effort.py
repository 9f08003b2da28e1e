"""How many examples the tests draw that draw them: EFFORT=quick, usual (the default) or full."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Effort:
    """What one run looks at."""

    examples: int  # of each property
    storm: int  # events
    seeds: int  # of the simulation


EFFORTS = {
    "quick": Effort(examples=15, storm=2_000, seeds=100),
    "usual": Effort(examples=50, storm=10_000, seeds=400),
    "full": Effort(examples=100, storm=100_000, seeds=2_000),
}
_WORD = os.environ.get("EFFORT") or "usual"
if _WORD not in EFFORTS:
    raise pytest.UsageError(f"EFFORT: {_WORD!r} is not allowed; allowed: {', '.join(EFFORTS)}")
EFFORT = EFFORTS[_WORD]
