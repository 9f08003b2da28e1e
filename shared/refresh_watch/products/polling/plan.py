"""Which questions cover the open items in the fewest calls: a choice made of numbers alone. Pure.

By-id: ten ids in one call (CDN, DCDN). List: one id a question, in pages. Window: one listing of the time in which the
tasks were created, which shows them all at once, and whatever else the account created then.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from refresh_watch.model import Word
from refresh_watch.products.polling.observations import CUT_FROM_ROWS
from refresh_watch.watch import WatchedItem

COUNT_FROM_PAGES = 3
"""An id of more pages than this is counted while it runs: reading it costs MOST_COUNT_CALLS, or more."""

MOST_COUNT_CALLS = 4
"""What one id of very many objects may cost in a look while it runs."""

CHECK_CALLS = 2
"""Ids that are asked about one by one after a listing: no document says that it shows what a question about an id does,
and asking is what updates a status (DescribeRefreshTasks, note). By id, one call of ten is as good."""

UNUSABLE = 10**9
"""`Hints.window_rows` of a listing that was refused, or showed rows of another time: never tried again."""

SKIP_ONCE = -1
"""`Hints.window_rows` of a listing that had no answer, or not in time: the next look goes without."""


class How(Word):
    """The way a look takes."""

    WINDOW = "window"
    BY_ID = "by_id"
    LIST = "list"
    COUNT = "count"  # by the list, but by counts instead of pages while they run
    BY_PATH = "by_path"


@dataclass(frozen=True)
class Choice:
    """The way a look takes, why in a few words with the numbers that decided, and the calls expected of it."""

    how: How
    why: str
    expected: int


@dataclass(frozen=True)
class Means:
    """How ids can be asked about directly."""

    page_size: int
    ids_per_call: int  # of the by-id operation; 0 where it cannot be asked
    by_id_cut: bool = False  # by-id answers do not hold all rows of an id

    @property
    def rows_below(self) -> float:
        """Fewer rows than this are certain to fit into one by-id answer."""
        return CUT_FROM_ROWS if self.by_id_cut else math.inf

    @property
    def check_calls(self) -> int:
        """What holding a listing against a few direct answers costs."""
        return 1 if self.ids_per_call else CHECK_CALLS

    def counted(self, known: int) -> bool:
        """Whether an id of so many objects is counted while it runs."""
        return not self.together(known) and known > COUNT_FROM_PAGES * self.page_size

    def together(self, known: int) -> bool:
        """Whether an id of so many objects shares a by-id call; one that the answer would cut is asked by the list."""
        return self.ids_per_call > 0 and not (self.by_id_cut and known >= CUT_FROM_ROWS)


@dataclass(frozen=True)
class Situation:
    """What is known before a look. `rows` holds, for each open item, the objects known of it; 0: never seen."""

    rows: tuple[int, ...]
    means: Means
    window_rows: int = 0  # Hints.window_rows
    by_path: bool = False
    window: bool = True  # there is a time that could be listed
    unseen_outside: bool = False  # that time was cut to what has been seen: what was never seen is asked besides
    fits: float = math.inf  # list calls that the quota allows in the look's time
    late: bool = False  # the watch's deadline has passed


def plan(given: Situation) -> Choice:
    """The way that is expected to cost the fewest calls."""
    items = len(given.rows)
    if given.by_path:
        return Choice(How.BY_PATH, f"{items} paths, each has its own list", items)
    direct = direct_calls(given.rows, given.means)
    counted = sum(map(given.means.counted, given.rows))
    way = How.COUNT if counted == items else How.BY_ID if given.means.ids_per_call else How.LIST
    directly = f"{direct} calls" + (f", {counted} ids counted" if counted else "")
    cannot = _cannot_list(given)
    if cannot:
        return Choice(way, f"{cannot}; directly {directly}", direct)
    rows = max(given.window_rows, sum(max(1, known) for known in given.rows))
    pages = math.ceil(rows / given.means.page_size)
    besides = direct_calls([known for known in given.rows if not known], given.means) if given.unseen_outside else 0
    besides += given.means.check_calls
    listing = f"{items} ids: about {rows} rows in {pages} pages and {besides} calls besides"
    if pages > given.fits:
        return Choice(way, f"{listing}, too many for the time; directly {directly}", direct)
    if pages + besides < direct:
        return Choice(How.WINDOW, f"{listing}; directly {directly}", pages + besides)
    return Choice(way, f"{listing}; directly only {directly}", direct)


def direct_calls(rows: Sequence[int], means: Means) -> int:
    """The calls that asking about these ids directly is expected to cost, from the objects known of each."""
    shared = [known for known in rows if means.together(known)]
    pages = [math.ceil(max(1, known) / means.page_size) for known in rows if not means.together(known)]
    by_id = len(packs(shared, means.ids_per_call, means.rows_below))
    return by_id + sum(min(count, MOST_COUNT_CALLS) for count in pages)


def packs(rows: Sequence[int], most: int, below: float) -> list[list[int]]:
    """The indices of `rows`, in order, in packs of at most `most` with a sum below `below`; each counts at least 1."""
    made: list[list[int]] = []
    held = 0
    for index, known in enumerate(rows):
        if not made or len(made[-1]) >= most or held + max(1, known) >= below:
            made.append([])
            held = 0
        made[-1].append(index)
        held += max(1, known)
    return made


def known_of(item: WatchedItem) -> int:
    """How many objects of it have been seen."""
    return item.complete + item.failed + item.running


def _cannot_list(given: Situation) -> str:
    """Why no listing can be tried now; empty if one can."""
    if given.late and given.means.ids_per_call:
        # whatever is listed as running would have to be asked about by id all the same
        return "past the deadline no listing is enough"
    if not given.window:
        return "there is no time to list"
    if given.window_rows == SKIP_ONCE:
        return "the last listing had no answer in time"
    return "a listing of that time cannot be used" if given.window_rows >= UNUSABLE else ""
