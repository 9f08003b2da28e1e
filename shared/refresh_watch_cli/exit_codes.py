"""The exit codes of every command. `watch` and `start --wait` end with that of the outcome (docs/commands.md)."""

from __future__ import annotations

from collections.abc import Mapping

from refresh_watch.model import Outcome

DONE = 0
FAILED = 1
BAD_USAGE = 2
OUR_FAULT = 70
INTERRUPTED = 130
BROKEN_PIPE = 141
"""The output is not read any more."""

OF_OUTCOME: Mapping[Outcome, int] = {
    Outcome.COMPLETE: DONE,
    Outcome.FAILED: FAILED,
    Outcome.PARTLY_FAILED: FAILED,
    Outcome.OVERDUE: 3,
    Outcome.UNVERIFIABLE: 4,
}
