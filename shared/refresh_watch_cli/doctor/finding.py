"""What a check says: one finding a line, with how bad it is and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from refresh_watch.model import Word
from refresh_watch_cli.doctor.context import DoctorContext


class Level(Word):
    """How bad it is. Only `bad` makes the command fail."""

    OK = "ok"
    WARNING = "warning"  # it may be meant so, or works for now
    BAD = "bad"
    SKIPPED = "skipped"  # it was not looked at


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, and what to do about it. No secret is in it."""

    level: Level
    what: str
    said: str
    do: str = ""


Check = Callable[[DoctorContext], Iterable[Finding]]
"""One check. It may raise: what it had found before that is kept."""

ok = partial(Finding, Level.OK)
warning = partial(Finding, Level.WARNING)
bad = partial(Finding, Level.BAD)
skipped = partial(Finding, Level.SKIPPED)
