"""A listing of the time in which a watch's tasks were created: which time, and what its pages show. Pure but for `ask`.

EndTime stays the same for all pages, so that newer tasks stay outside and the pages do not shift.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from dataclasses import dataclass

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ObjectRow, Page
from refresh_watch.products.polling.observations import CLOCK_SLACK
from refresh_watch.products.polling.reading import read_all
from refresh_watch.watch import Watch
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
    UNUSABLE = enum.auto()  # it shows rows of another time


@dataclass(frozen=True)
class Listing:
    """How a listing ended, its TotalCount, and, if it is whole, every row of that time, other people's too."""

    ended: Ended
    total: int
    rows: tuple[ObjectRow, ...] = ()

    @property
    def whole(self) -> bool:
        """Every row of that time was read, for certain."""
        return self.ended is Ended.WHOLE

    @property
    def read_through(self) -> bool:
        """It was read to its end."""
        return self.ended in (Ended.WHOLE, Ended.UNSTEADY)


class _Stop(Exception):
    def __init__(self, listing: Listing) -> None:
        self.listing = listing


def read_window(
    window: Window, page_size: int, ask: Callable[[int], Page], stops: Callable[[int, bool], Ended | None]
) -> Listing:
    """Ask for page 1, 2, … until it `stops`; raises what `ask` raises.

    `stops` is given how many pages are left, and whether all have been read before and did not hold still.

    Whole by the rules of `read_all`: as many rows as TotalCount, the same on every page, and each of that time. A row
    of another time ends it at once: whoever ignores the question may have left out what was asked.
    """
    read: list[int] = []  # rows, in each pass of `read_all`
    total = 0

    def next_page(number: int) -> Page:
        nonlocal total
        again = bool(read)
        if number == 1:
            read.append(0)
        read_through = len(read) > 1
        ended = stops(math.ceil(max(0, total - read[-1]) / page_size), read_through) if again else None
        if ended is not None:
            raise _Stop(Listing(Ended.UNSTEADY if read_through else ended, total))
        page = ask(number)
        total = page.total
        read[-1] += len(page.rows)
        if not all(window.holds(row) for row in page.rows):
            raise _Stop(Listing(Ended.UNUSABLE, total))
        return page

    try:
        reading = read_all(next_page, window.holds)
    except _Stop as stop:
        return stop.listing
    return Listing(Ended.WHOLE, total, reading.rows) if reading.whole else Listing(Ended.UNSTEADY, total)
