"""Rows as a table: on a terminal long URLs are cut, here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refresh_watch.instants import format_instant
from refresh_watch.model import ObjectRow
from refresh_watch.reports.plain import one_line

WIDTH = 100
GAP = "  "
_HEADINGS = ("CREATED", "TASK", "TYPE", "STATUS", "PROCESS", "PATH", "DESCRIPTION")
_MOST = (20, 20, 12, 10, 7, WIDTH, 24)
_PATH = _HEADINGS.index("PATH")
_LEAST_PATH = 12
_LONGEST_PATH = 10_000


def table(rows: Sequence[ObjectRow], width: int | None = WIDTH) -> Iterator[str]:
    """The lines of the table, its headings first. No line is wider than `width` columns; with None no path is cut."""
    from rich.cells import cell_len, set_cell_size

    cells = [_HEADINGS, *(_cells(row) for row in rows)]
    needed = [max(cell_len(line[i]) for line in cells) for i in range(len(_HEADINGS))]
    widths = [min(most, columns) for most, columns in zip(_MOST, needed, strict=True)]
    others = sum(widths) - widths[_PATH] + len(GAP) * (len(widths) - 1)
    widths[_PATH] = needed[_PATH] if width is None else max(_LEAST_PATH, min(widths[_PATH], width - others))

    def fit(text: str, columns: int) -> str:
        return set_cell_size(text, columns) if cell_len(text) <= columns else set_cell_size(text, columns - 1) + "…"

    for line in cells:
        yield GAP.join(fit(text, columns) for text, columns in zip(line, widths, strict=True)).rstrip()


def _cells(row: ObjectRow) -> tuple[str, ...]:
    return (
        "-" if row.created_at is None else format_instant(row.created_at),
        row.task_id,
        row.object_type or "-",
        one_line(row.status_word, 40) or "-",
        one_line(row.process, 20) or "-",
        one_line(row.object_path, _LONGEST_PATH),
        one_line(row.description),
    )
