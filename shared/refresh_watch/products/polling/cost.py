"""What asking is expected to cost in calls, from the objects that are known of each id: numbers alone. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from refresh_watch.model import Word
from refresh_watch.products.polling.observations import CUT_FROM_ROWS
from refresh_watch.watch import WatchedItem

T = TypeVar("T")

COUNT_FROM_PAGES = 3
"""An id of more pages than this is counted while it runs: reading it costs MOST_COUNT_CALLS, or more."""

MOST_COUNT_CALLS = 4
"""What one id of very many objects may cost in a look while it runs."""

CHECK_CALLS = 2
"""Ids that are asked about one by one after a listing: no document says that it shows what a question about an id does,
and asking is what updates a status (DescribeRefreshTasks, note). By id, one call of ten is as good."""


@dataclass(frozen=True)
class Means:
    """How ids can be asked about directly."""

    page_size: int
    ids_per_call: int  # of the by-id operation; 0 where it cannot be asked
    by_id_cut: bool = False  # by-id answers do not hold all rows of an id

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

    def groups(self, items: Sequence[T], known: Callable[[T], int]) -> list[tuple[T, ...]]:
        """The items as they are asked about directly, each group in one question."""
        shared = [item for item in items if self.together(known(item))]
        alone = [(item,) for item in items if not self.together(known(item))]
        return packs(shared, known, self.ids_per_call, CUT_FROM_ROWS if self.by_id_cut else math.inf) + alone


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


def direct_calls(rows: Sequence[int], means: Means) -> int:
    """The calls that asking about these ids directly is expected to cost, from the objects known of each."""
    shared = [known for known in rows if means.together(known)]
    pages = [math.ceil(max(1, known) / means.page_size) for known in rows if not means.together(known)]
    return len(means.groups(shared, int)) + sum(min(count, MOST_COUNT_CALLS) for count in pages)


def packs(items: Sequence[T], weight: Callable[[T], int], most: int, below: float) -> list[tuple[T, ...]]:
    """The items, in order, in packs of at most `most` with a sum of weights below `below`; each weighs at least 1."""
    packed: list[list[T]] = []
    held = 0
    for item in items:
        weighs = max(1, weight(item))
        if not packed or len(packed[-1]) >= most or held + weighs >= below:
            packed.append([])
            held = 0
        packed[-1].append(item)
        held += weighs
    return [tuple(pack) for pack in packed]


def known_of(item: WatchedItem) -> int:
    """How many objects of it have been seen."""
    return item.complete + item.failed + item.running
