"""Instants and durations as text, and back.

Inside, an instant is a float of seconds since 1970-01-01T00:00:00Z and a duration is a float of seconds.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone

Instant = float
Seconds = float

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)?")
_FRACTION = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})[.,]([0-9]+)")
_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_instant(text: str, *, zone_needed: bool = False) -> Instant:
    """Read an ISO 8601 instant such as ``2026-11-22T08:00:00Z``; one without a zone is taken as UTC.

    Seconds may have any number of decimals; those after the sixth are dropped. With `zone_needed` an instant without a
    zone is refused: services mean UTC by it, users often their own time.

    Raises ValueError when the text is not an instant.
    """
    # 3.10's fromisoformat knows neither Z nor ESA-like "+Z"; the product APIs write a plain Z
    text = re.sub(r"\+?[Zz]$", "+00:00", text.strip())
    # nor does it know decimals other than three or six
    text = _FRACTION.sub(lambda found: f"{found[1]}.{found[2][:6]:0<6}", text, count=1)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        if zone_needed:
            raise ValueError(text)
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


def format_instant(instant: Instant) -> str:
    """Write an instant as the product APIs do: ``yyyy-MM-ddTHH:mm:ssZ``, UTC, whole seconds."""
    return datetime.fromtimestamp(int(instant), tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_duration(text: str) -> Seconds:
    """Read ``90s``, ``30m``, ``2h``, ``3d`` or plain seconds (``90``, ``0.5``).

    Raises ValueError when the text is not a duration.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return float(match.group(1)) * _UNIT[match.group(2) or "s"]


def format_duration(seconds: Seconds) -> str:
    """Write a duration for people: ``45s``, ``5m 30s``, ``2h 5m``, ``3d``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    parts = []
    for letter in ("d", "h", "m", "s"):
        count, whole = divmod(whole, _UNIT[letter])
        if count:
            parts.append(f"{count}{letter}")
    return " ".join(parts[:2])
