"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from refresh_watch.model import Word
from refresh_watch_cli.doctor.context import DoctorContext


class Level(Word):
    """How bad it is. Only `bad` makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, and what to do about it. No secret is in it."""

    level: Level
    what: str
    said: str
    do: str = ""


Check = Callable[[DoctorContext], Iterable[Finding]]
"""One check. It may raise: what it had found before that is kept."""


def ok(what: str, said: str) -> Finding:
    """As it should be."""
    return Finding(Level.OK, what, said)


def warning(what: str, said: str, do: str = "") -> Finding:
    """It may be meant so, or works for now."""
    return Finding(Level.WARNING, what, said, do)


def bad(what: str, said: str, do: str) -> Finding:
    """Something does not work."""
    return Finding(Level.BAD, what, said, do)


def skipped(what: str, said: str, do: str = "") -> Finding:
    """It was not looked at, and why."""
    return Finding(Level.SKIPPED, what, said, do)
