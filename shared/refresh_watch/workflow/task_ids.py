"""The task ids that make every effect of a watch happen once (CONTRIBUTING.md, "How a watch flows").

Those of a sweep and of a probe stand in their own files.
"""

from __future__ import annotations

import re

WATCH = "watch"
NOTIFY = "notify"
INTAKE = "intake"


def hop_id(watch_id: str, number: int) -> str:
    """Hop `number` of a watch."""
    return f"{hop_prefix(watch_id)}{number:04d}"


def hop_prefix(watch_id: str) -> str:
    """What the ids of all hops of a watch begin with."""
    return f"w-{watch_id}-h"


def hop_number(task_id: str) -> int:
    """The number in a hop's id; -1 when it is no hop's."""
    match = re.fullmatch(r"w-.+-h(\d{4,})", task_id)
    return int(match.group(1)) if match else -1


def guard_id(watch_id: str, number: int) -> str:
    """Guard `number` of a watch."""
    return f"g-{watch_id}-{number:02d}"


def delivery_id(report_id: str, channel: str, visit: int, *, replay: bool = False) -> str:
    """One visit of a report to a channel; a replay counts on its own."""
    return f"{delivery_prefix(report_id)}{channel}-{'r' if replay else 'a'}{visit:02d}"


def fallback_name(channel: str, fallback: str) -> str:
    """What stands in a delivery's id in place of a channel, when `fallback` is sent what `channel` did not get."""
    return f"{channel}-to-{fallback}"


def delivery_prefix(report_id: str) -> str:
    """What the ids of all deliveries of a report begin with."""
    letter, _, key = report_id.partition("-")
    return f"n-{key}-{_KINDS[letter]}-"


def final_id(watch_id: str) -> str:
    """The task that commits a watch's final report."""
    return f"f-{watch_id}"


def broken_id(watch_id: str) -> str:
    """The task that commits the news that we ourselves gave up on a watch."""
    return f"b-{watch_id}"


def again_id(report_id: str, number: int) -> str:
    """Repeat `number` of a committed report whose fan-out had failed; `report_id` is that of the report itself."""
    return f"{report_id}-again{number:02d}"


def report_id_of(task_id: str) -> str:
    """The report that a fan-out task carries: its own id, or that of which it is a repeat."""
    return task_id.partition("-again")[0]


def delivery_of(task_id: str) -> tuple[str, tuple[bool, int]] | None:
    """What a delivery's id names: which report to which channel, and the order of the visit (replays come last)."""
    match = re.fullmatch(r"(n-.+-[a-z][a-z0-9_]*)-([ar])(\d{2,})", task_id)
    return (match.group(1), (match.group(2) == "r", int(match.group(3)))) if match else None


REPORT_PREFIXES = ("f-", "i-", "b-", "r-")
_KINDS = {"f": "final", "i": "interim", "b": "broken", "r": "rejected"}
