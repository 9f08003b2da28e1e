"""What a look learns that makes the next one cheaper: `Hints`, from the rows and listings of one look."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from refresh_watch.instants import Instant
from refresh_watch.model import ObjectRow
from refresh_watch.observation import Hints
from refresh_watch.products.polling.plan import SKIP_ONCE, UNUSABLE
from refresh_watch.products.polling.window import WIDER, Ended, Listing, Window

Span = tuple[Instant, Instant]


class Learning:
    """Starts from the watch's hints and gathers while the look goes on."""

    def __init__(self, hints: Hints, ids: Collection[str]) -> None:
        """`ids`: the watch's, whose rows count."""
        self.by_id_cut = hints.by_id_cut
        self._hints = hints
        self._ids = frozenset(ids)
        self._spans: dict[str, Span] = {}  # CreationTime of each id's earliest and latest row of this look
        self._window_rows = hints.window_rows
        self._listed: tuple[Window, Listing] | None = None

    def rows(self, rows: Iterable[ObjectRow]) -> None:
        """Rows of an answer, whoever they belong to."""
        for row in rows:
            if row.task_id in self._ids and row.created_at is not None:
                earliest, latest = self._spans.get(row.task_id, (row.created_at, row.created_at))
                self._spans[row.task_id] = (min(earliest, row.created_at), max(latest, row.created_at))

    def listing(self, window: Window, listing: Listing) -> None:
        """A listing that was answered, however it ended."""
        if listing.ended is Ended.TOO_SLOW:
            self.listing_lost()
        else:
            self._listed = (window, listing)

    def listing_unusable(self) -> None:
        """A listing was refused: the next looks go without."""
        self._listed = None
        self._window_rows = UNUSABLE

    def listing_lost(self) -> None:
        """A listing had no answer in time: the next look goes without, so that it gets anywhere."""
        self._listed = None
        self._window_rows = SKIP_ONCE

    def created_in(self, window: Window, task_id: str) -> bool:
        """All rows that this look has seen of an id are of that time."""
        span = self._spans.get(task_id)
        return span is not None and window.start <= span[0] and span[1] <= window.end

    @property
    def created(self) -> Span | None:
        """CreationTime of the earliest and the latest row known so far."""
        return _around([*self._spans.values(), *([self._hints.created] if self._hints.created else [])])

    @property
    def window_rows(self) -> int:
        """`Hints.window_rows` as far as this look knows."""
        return self._rows_within(self.created)

    def hints(self, still_open: Collection[str]) -> Hints:
        """What the next look is to know. `still_open`: what it is going to ask about.

        Tasks that were created first end first as a rule, so the time to list shrinks with those that are left.
        """
        all_seen = bool(still_open) and all(task_id in self._spans for task_id in still_open)
        created = _around([self._spans[task_id] for task_id in still_open]) if all_seen else self.created
        rows = self._rows_within(created)
        if self._hints.window_rows == SKIP_ONCE == rows:
            rows = 0  # once, and this was it
        return Hints(created, rows, self.by_id_cut)

    def _rows_within(self, created: Span | None) -> int:
        """TotalCount that a listing around `created` is going to have: counted, or in proportion to its time."""
        if self._listed is None:
            return self._window_rows
        window, listing = self._listed
        if listing.ended is Ended.UNUSABLE:
            return UNUSABLE
        if created is None:
            return listing.total
        if listing.ended is Ended.UNSTEADY:
            return 2 * listing.total  # it was read twice, and may have to be again
        start, end = max(window.start, created[0] - WIDER), min(window.end, created[1] + WIDER)
        if listing.whole:
            return sum(row.created_at is not None and start <= row.created_at <= end for row in listing.rows)
        share = max(0.0, end - start) / (window.end - window.start)
        return math.ceil(listing.total * min(1.0, share))


def _around(spans: Collection[Span]) -> Span | None:
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None
