"""What a probe found out, as a table to send back: each fact, what was seen, and what the code takes for likely."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from refresh_watch.model import Word
from refresh_watch.reports.plain import one_line

LONGEST_TEXT = 300


class Same(Word):
    """How what was seen stands to what is taken for likely."""

    YES = "yes"
    OTHER = "other"  # one of the other positions of docs/open-facts.md: the code holds there too
    NO = "NO"  # neither
    UNSEEN = "?"
    OPEN = "-"  # nothing is taken for likely


LEGEND = (
    "other: not what is taken for likely, and the code holds all the same (docs/open-facts.md)",
    "NO: refresh-watch rests on it, or it was never seen so: please send this table with a bug report",
    "?: could not be seen",
)


@dataclass(frozen=True)
class Measurement:
    """One fact. `fact` is the name of the stand-ins' switch where there is one."""

    fact: str
    seen: str
    likely: str
    same: Same


_HEADINGS = ("FACT", "SEEN", "TAKEN FOR LIKELY", "SAME")
_WIDTHS = (26, 50, 26)


def table(findings: Sequence[Measurement]) -> Iterator[str]:
    """Lines of at most 112 columns, the headings first; what is longer goes on in the next line."""
    yield _line(_HEADINGS)
    for measurement in findings:
        cells = (measurement.fact, measurement.seen, measurement.likely or "-")
        columns = [textwrap.wrap(text, width) or [""] for text, width in zip(cells, _WIDTHS, strict=True)]
        for row in range(max(map(len, columns))):
            words = [column[row] if row < len(column) else "" for column in columns]
            yield _line((*words, measurement.same.value if row == 0 else ""))


def as_json(findings: Sequence[Measurement]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [{"fact": f.fact, "seen": f.seen, "likely": f.likely, "same": f.same.value} for f in findings]


def measurement(fact: str, seen: str, likely: str, same: Same) -> Measurement:
    """A finding whose words are fit to be shown, wherever they came from."""
    return Measurement(fact, one_line(seen, LONGEST_TEXT), likely, same)


def _line(cells: Sequence[str]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, (*_WIDTHS, 0), strict=True)]
    return "  ".join(padded).rstrip()
