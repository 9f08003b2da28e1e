"""What a look sees that makes the next one cheaper: `Hints`, from the rows and listings of one look. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from refresh_watch.instants import Instant
from refresh_watch.model import ObjectRow
from refresh_watch.observation import Hints
from refresh_watch.products.polling.window import WIDER, Ended, WindowListing

UNUSABLE = 10**9
"""`Hints.window_rows` of a listing that was refused, or showed rows of another time: never tried again."""

SKIP_ONCE = -1
"""`Hints.window_rows` of a listing that had no answer, or not in time: the next look goes without."""

_MARKS = {Ended.UNUSABLE: UNUSABLE, Ended.TOO_SLOW: SKIP_ONCE, Ended.NO_ANSWER: SKIP_ONCE}

Span = tuple[Instant, Instant]


@dataclass(frozen=True)
class LookHints:
    """The watch's hints, and what this look adds to them.

    `ids`: the watch's, whose rows count. `spans`: CreationTime of the earliest and the latest row that this look has
    seen of each.
    """

    before: Hints
    ids: frozenset[str]
    spans: Mapping[str, Span] = field(default_factory=dict)
    listing: WindowListing | None = None

    def with_rows(self, rows: Iterable[ObjectRow]) -> LookHints:
        """The rows of an answer added, other tasks' left out."""
        spans: dict[str, Span] = {}
        for row in rows:
            if row.task_id in self.ids and row.created_at is not None:
                span = spans.get(row.task_id) or self.spans.get(row.task_id) or (row.created_at, row.created_at)
                spans[row.task_id] = (min(span[0], row.created_at), max(span[1], row.created_at))
        known = all(self.spans.get(task_id) == span for task_id, span in spans.items())
        return self if known else replace(self, spans={**self.spans, **spans})

    def is_of_listed_time(self, task_id: str) -> bool:
        """All rows that this look has seen of an id are of the time that was listed."""
        span = self.spans.get(task_id)
        window = self.listing.window if self.listing else None
        return span is not None and window is not None and window.start <= span[0] and span[1] <= window.end

    @property
    def created(self) -> Span | None:
        """CreationTime of the earliest and the latest row known so far."""
        return _around([*self.spans.values(), *([self.before.created] if self.before.created else [])])

    def for_next_look(self, still_open: Collection[str], *, by_id_cut: bool) -> Hints:
        """`still_open`: what the next look is going to ask about.

        Tasks that were created first end first as a rule, so the time to list shrinks with those that are left.
        """
        all_seen = bool(still_open) and all(task_id in self.spans for task_id in still_open)
        created = _around([self.spans[task_id] for task_id in still_open]) if all_seen else self.created
        rows = self.window_rows(created)
        if self.before.window_rows == SKIP_ONCE == rows:
            rows = 0  # once, and this was it
        return Hints(created, rows, by_id_cut)

    def window_rows(self, created: Span | None) -> int:
        """`Hints.window_rows` of a listing around `created`: counted, or in proportion to its time."""
        listing = self.listing
        if listing is None:
            return self.before.window_rows
        if listing.ended in _MARKS:
            return _MARKS[listing.ended]
        if created is None:
            return listing.total
        if listing.ended is Ended.UNSTEADY:
            return 2 * listing.total  # it was read twice, and may have to be again
        window = listing.window
        start, end = max(window.start, created[0] - WIDER), min(window.end, created[1] + WIDER)
        if listing.ended is Ended.WHOLE:
            return sum(row.created_at is not None and start <= row.created_at <= end for row in listing.rows)
        share = max(0.0, end - start) / (window.end - window.start)
        return math.ceil(listing.total * min(1.0, share))


def _around(spans: Collection[Span]) -> Span | None:
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None
