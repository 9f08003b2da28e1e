"""All pages of one question, and whether they are certain to be all rows of what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from refresh_watch.model import ObjectRow, Page

Key = tuple[str, str, str, float | None]


@dataclass(frozen=True)
class RowsRead:
    """The rows that belong to what was asked. `whole`: there is no further one."""

    rows: tuple[ObjectRow, ...]
    whole: bool


@dataclass(frozen=True)
class _Pass:
    rows: tuple[ObjectRow, ...]
    pages: int
    complete: bool  # as many rows that belong as TotalCount says, on every page the same
    overlaps: bool  # a row stood on two pages: they shifted between two calls
    repeats: bool  # a page held nothing new at all

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(key_of(row) for row in self.rows)


def read_all_pages(ask: Callable[[int], Page], belongs: Callable[[ObjectRow], bool]) -> RowsRead:
    """Read page 1, 2, … until TotalCount is reached. `ask` is given the page number; what it raises comes through.

    Rows that do not belong (another task's) are dropped, and TotalCount is held against those that do: where they were
    counted in it, what was read is not whole. Pages that shifted are read once more. Overlaps that come back exactly
    equal are objects that were submitted twice; a page that only repeats others never makes the whole.
    """
    first = _read_once(ask, belongs)
    if first.complete and not first.overlaps:
        return RowsRead(first.rows, whole=True)
    if first.pages == 1:
        return RowsRead(first.rows, whole=False)
    second = _read_once(ask, belongs)
    steady = not second.overlaps or (second.keys == first.keys and not second.repeats)
    return RowsRead(second.rows, whole=second.complete and steady)


def _read_once(ask: Callable[[int], Page], belongs: Callable[[ObjectRow], bool]) -> _Pass:
    rows: list[ObjectRow] = []
    totals: set[int] = set()
    seen: set[Key] = set()
    overlaps = repeats = False
    number = 0
    while True:
        number += 1
        page = ask(number)
        totals.add(page.total)
        own = [row for row in page.rows if belongs(row)]
        rows.extend(own)
        keys = {key_of(row) for row in page.rows}
        overlaps = overlaps or bool(keys & seen)
        repeats = repeats or bool(keys and keys <= seen)
        seen |= keys
        if not own or repeats or len(rows) >= page.total:
            complete = totals == {len(rows)}
            return _Pass(tuple(rows), number, complete=complete, overlaps=overlaps, repeats=repeats)


def key_of(row: ObjectRow) -> Key:
    """What distinguishes two rows; equal for an object that was submitted twice."""
    return (row.task_id, row.object_path, row.object_type, row.created_at)
