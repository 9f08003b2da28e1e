"""A listing of the time in which a watch's tasks were created: which time, and of which items it shows enough. Pure.

EndTime stays the same for all pages, so that newer tasks stay outside and the pages do not shift.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ObjectRow
from refresh_watch.observation import ItemObservation
from refresh_watch.products.polling.cost import known_of
from refresh_watch.products.polling.observations import CLOCK_SLACK, all_final, seen
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.schedule import QUERY_WINDOW

SUBMITTING: Seconds = 180
"""Where the submission's instant is not known, tasks may be so much older than the acceptance: many take a while."""

WIDER: Seconds = 5
"""Around the CreationTime of what has been seen."""

EDGE: Seconds = 3
"""Rows nearer to an end of the window may have others beyond it: submissions of one second share an id
(DescribeRefreshTasks: "merged"), and clocks round."""

LOOKED_FOR_WIDELY: Seconds = 120
"""So long after the submission, ids that were never seen are looked for in the whole time since, not one by one."""

_AGE_SLACK: Seconds = 60


@dataclass(frozen=True)
class Window:
    """From `start` to `end`, whole seconds since 1970, both included. `narrow`: cut to what has been seen."""

    start: Instant
    end: Instant
    narrow: bool

    def holds(self, row: ObjectRow) -> bool:
        """The row was created in it."""
        return row.created_at is not None and self.start <= row.created_at <= self.end

    def holds_clearly(self, row: ObjectRow) -> bool:
        """No row of the same submission can be outside."""
        return row.created_at is not None and self.start + EDGE <= row.created_at <= self.end - EDGE


def window_of(
    watch: Watch, created: tuple[Instant, Instant] | None, *, seen: bool, unseen: bool, now: Instant
) -> Window | None:
    """The time to list: around what has been seen, else from the submission to now; None where there is none.

    `created`: the earliest and the latest CreationTime seen. `seen`, `unseen`: before this look some open items were,
    some were not. While those may still appear, the time since the submission is listed. If none was seen, then
    `created` is of a few, just seen outside of that time, and the others are looked for near them.
    """
    slack = CLOCK_SLACK if watch.request.submitted_at is not None else SUBMITTING
    start, end = watch.started_at - slack, now
    narrow = False
    if created is not None:
        wider = WIDER if seen else CLOCK_SLACK
        around = created[0] - wider, max(created[1], min(created[1] + wider, now))
        narrow = seen and not (unseen and now < watch.started_at + LOOKED_FOR_WIDELY)
        near = narrow or not seen
        start, end = around if near else (min(start, around[0]), max(end, around[1]))
    # a little less than what the API shows, since the clocks need not agree
    start = max(start, now - QUERY_WINDOW + _AGE_SLACK)
    window = Window(float(math.floor(start)), float(math.floor(end)), narrow)
    return window if window.start < min(window.end, now) else None


class Ended(enum.Enum):
    """How a listing ended."""

    WHOLE = enum.auto()  # every row of that time was read
    UNSTEADY = enum.auto()  # read to its end, but its pages did not hold still, or TotalCount is another
    NOT_WORTH_IT = enum.auto()  # the pages still to read cost more than asking directly
    TOO_SLOW = enum.auto()  # there is no time for the pages still to read
    UNUSABLE = enum.auto()  # it shows rows of another time, or is refused
    NO_ANSWER = enum.auto()  # the error says why


@dataclass(frozen=True)
class WindowListing:
    """How a listing ended, its TotalCount, and what it shows of the items that it was asked for.

    `rows`: if it is whole, every row of that time, of other tasks too. `by_id`: the rows of each task, as far as read.
    """

    window: Window
    ended: Ended
    total: int = 0
    rows: tuple[ObjectRow, ...] = ()
    by_id: Mapping[str, Sequence[ObjectRow]] = field(default_factory=dict)
    error: Retryable | None = None

    @property
    def read_through(self) -> bool:
        """It was read to its end."""
        return self.ended in (Ended.WHOLE, Ended.UNSTEADY)

    def shows(self, item: WatchedItem, *, late: bool) -> ItemObservation | None:
        """What it shows of an item; None when that needs a question of its own.

        All rows of an id are certain to be in the window when none is near an end of it and no fewer are shown than are
        known. What is not certain is enough while it runs; in a late look, which may say that it is overdue, not even
        the whole is.
        """
        rows = self.by_id.get(item.item, ())
        if late and not all_final(rows):
            return None
        certain = self.ended is Ended.WHOLE and rows and len(rows) >= known_of(item)
        if certain and all(map(self.window.holds_clearly, rows)):
            return seen(item.item, rows, whole=True)
        return seen(item.item, rows, whole=False) if is_enough(item, rows, read_through=self.read_through) else None


def is_enough(item: WatchedItem, rows: Sequence[ObjectRow], *, read_through: bool) -> bool:
    """Whether these rows of a listing are enough of an item because it runs."""
    known = known_of(item)
    return len(rows) >= known and (read_through or known > 0) and not all_final(rows)
