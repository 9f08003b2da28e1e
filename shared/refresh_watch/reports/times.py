"""Instants and durations in the language and the time zone of the reader."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone

from refresh_watch.instants import Instant, Seconds
from refresh_watch.reports.texts import UTC_OFFSETS, text

_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_MOST_UNITS = 2


def moment(instant: Instant | None, language: str) -> str:
    """Date and time in whole seconds, with the time zone; empty for None."""
    if instant is None:
        return ""
    zone = timezone(timedelta(seconds=UTC_OFFSETS[language]))
    return text(language, "moment", moment=datetime.fromtimestamp(int(instant), tz=zone).strftime("%Y-%m-%d %H:%M:%S"))


def at_most(seconds: Seconds, language: str) -> str:
    """A duration in its two largest units, rounded up."""
    whole = max(0, math.ceil(seconds))
    first = next((place for place, (_, size) in enumerate(_UNITS) if whole >= size), len(_UNITS) - 1)
    step = _UNITS[min(first + _MOST_UNITS, len(_UNITS)) - 1][1]
    left = math.ceil(whole / step) * step
    parts = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(text(language, f"unit.{unit}", count=count))
    return " ".join(parts) or text(language, "unit.s", count=0)
