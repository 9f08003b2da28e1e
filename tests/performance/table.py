"""Tables and check-lists as text: what `make bench` prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One line of the check-list. `met` is computed from the figure, never written down."""

    claim: str
    figure: str
    met: bool


def at_most(claim: str, figure: float, bound: float, unit: str = "") -> Check:
    """A figure that may not exceed its bound; one that is missing (NaN) does not meet it."""
    return Check(claim, f"{number(figure)}{unit}, bound {number(bound)}{unit}", figure <= bound)


def number(value: float) -> str:
    """Three digits or so: 0.52, 5.24, 52.4, 524; a whole one as it is, and a dash for what there is none of."""
    if math.isnan(value):
        return "-"
    if value == int(value):
        return f"{int(value)}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"


def print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str | float]]) -> None:
    """A title, then columns as wide as they need to be: words to the left, numbers to the right."""
    cells = [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(heads), *cells]) for i in range(len(heads))]
    left = [all(isinstance(row[i], str) for row in rows) for i in range(len(heads))]
    print(f"\n{title}")
    for row in [list(heads), *cells]:
        texts = (text.ljust(w) if words else text.rjust(w) for text, w, words in zip(row, widths, left, strict=True))
        print("  " + "  ".join(texts).rstrip())


def print_checks(checks: Sequence[Check]) -> None:
    """Each claim with its figure, its bound, and whether it is met."""
    print("\nMust show")
    for check in checks:
        print(f"  {'met    ' if check.met else 'NOT MET'}  {check.claim}: {check.figure}")
    missed = sum(not check.met for check in checks)
    print(f"  {len(checks) - missed} of {len(checks)} met")
