"""Which time is listed, when its reading ends, what it says of each id, and the hints for the next look."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import cast

import pytest

from refresh_watch.errors import Retryable
from refresh_watch.model import ListQuery, ObjectRow, Page, Product, Status, WatchRequest
from refresh_watch.observation import Hints, ItemObservation
from refresh_watch.products.calling import ApiCaller
from refresh_watch.products.polling.by_window import ListWindow
from refresh_watch.products.polling.cost import Means
from refresh_watch.products.polling.hints import SKIP_ONCE, UNUSABLE, LookHints
from refresh_watch.products.polling.observations import seen as seen_by
from refresh_watch.products.polling.window import EDGE, SUBMITTING, WIDER, Ended, Window, WindowListing, window_of
from refresh_watch.watch import Watch, WatchedItem

T0 = 1_795_000_000.0
DAY = 86_400.0
WINDOW = Window(T0, T0 + 60, narrow=False)


def watch(*, submitted: float | None = T0, accepted: float = T0 + 60) -> Watch:
    request = WatchRequest(Product.VOD, task_ids=("1", "2"), submitted_at=submitted)
    return Watch("w1", request, accepted, items=(WatchedItem("1"), WatchedItem("2")))


def row(
    task_id: str = "1", *, at: float | None = T0 + 30, status: Status = Status.COMPLETE, path: str = "a"
) -> ObjectRow:
    return ObjectRow(task_id, path, "file", status, status.value, created_at=at)


@pytest.mark.parametrize(
    ("created", "seen", "unseen", "now", "window"),
    [
        # nothing seen: from the submission, less the slack, to now
        (None, False, True, T0 + 61, Window(T0 - 60, T0 + 61, narrow=False)),
        # all seen: around them
        ((T0 + 1, T0 + 50), True, False, T0 + 300, Window(T0 + 1 - WIDER, T0 + 50 + WIDER, narrow=True)),
        # but never beyond now, where the tasks of the next seconds would shift the pages
        ((T0 + 1, T0 + 50), True, False, T0 + 52, Window(T0 + 1 - WIDER, T0 + 52, narrow=True)),
        # some are not there yet: the whole time, while that may be
        ((T0 + 1, T0 + 50), True, True, T0 + 100, Window(T0 - 60, T0 + 100, narrow=False)),
        ((T0 + 1, T0 + 50), True, True, T0 + 300, Window(T0 + 1 - WIDER, T0 + 50 + WIDER, narrow=True)),
        # a sample of this look was found elsewhere: the others are near it
        ((T0 - 7000, T0 - 6990), False, True, T0 + 61, Window(T0 - 7060, T0 - 6930, narrow=False)),
    ],
)
def test_the_time_to_list(
    created: tuple[float, float] | None, seen: bool, unseen: bool, now: float, window: Window
) -> None:
    assert window_of(watch(), created, seen=seen, unseen=unseen, now=now) == window


def test_without_the_submissions_instant_more_of_the_time_before_is_listed() -> None:
    window = window_of(watch(submitted=None), None, seen=False, unseen=True, now=T0 + 61)
    assert window == Window(T0 + 60 - SUBMITTING, T0 + 61, narrow=False)


def test_no_more_than_the_last_three_days_are_listed() -> None:
    old = watch(submitted=T0 - 5 * DAY)
    window = window_of(old, None, seen=False, unseen=True, now=T0)
    assert window is not None
    assert T0 - 3 * DAY < window.start < T0 - 3 * DAY + 120
    assert window_of(old, (T0 - 5 * DAY, T0 - 4 * DAY), seen=True, unseen=False, now=T0) is None


class Script:
    """Answers pages in order, and says how many more calls there is time for."""

    def __init__(self, *pages: tuple[list[ObjectRow], int], calls_left: float = math.inf) -> None:
        self.left = list(pages)
        self.calls_left = calls_left

    def list_page(self, query: ListQuery) -> Page:
        if not self.left:
            raise Retryable("busy")
        rows, total = self.left.pop(0)
        return Page(rows=tuple(rows), total=total, page_number=query.page_number)

    def list_calls_left(self) -> float:
        return self.calls_left


def listed(script: Script, *ids: str, known: int = 0, late: bool = False, page_size: int = 2) -> WindowListing:
    """What a listing shows that is asked for these ids (else for a hundred, so that it pays)."""
    items = tuple(WatchedItem(task_id, running=known) for task_id in ids or map(str, range(100)))
    step = ListWindow(ListQuery(), WINDOW, items, Means(page_size, 0), late=late)
    return step.ask(cast("ApiCaller", script))


def test_a_time_is_whole_when_every_page_was_read() -> None:
    rows = [row(path=str(number)) for number in range(4)]
    listing = listed(Script((rows[:2], 4), (rows[2:], 4)))
    assert (listing.ended, listing.total, list(listing.rows)) == (Ended.WHOLE, 4, rows)


@pytest.mark.parametrize("at", [T0 - 1, T0 + 61, None])
def test_a_row_of_another_time_ends_the_listing_at_once(at: float | None) -> None:
    listing = listed(Script(([row(), row("9", at=at)], 4)))
    assert (listing.ended, listing.rows) == (Ended.UNUSABLE, ())


def test_the_reading_stops_where_the_pages_left_cost_more_than_asking() -> None:
    pages = [[row("8", path=f"{page}{number}") for number in range(2)] for page in range(3)]
    script = Script(*[(page, 9) for page in pages])
    assert listed(script, "1", "2", "3").ended is Ended.NOT_WORTH_IT
    assert len(script.left) == 2  # after page 1 four pages are left, for three ids
    script = Script(*[(page, 6) for page in pages])
    assert listed(script, "1", "2").ended is Ended.WHOLE


def test_the_reading_stops_where_there_is_no_time_for_the_pages_left() -> None:
    assert listed(Script(([row(), row("9")], 9), calls_left=3)).ended is Ended.TOO_SLOW


def test_what_was_read_before_an_error_is_kept() -> None:
    listing = listed(Script(([RUNNING, row("9")], 4)), "1", "2", known=1)
    assert (listing.ended, str(listing.error)) == (Ended.NO_ANSWER, "busy")
    assert listing.shows(WatchedItem("1", running=1), late=False) == seen_by("1", [RUNNING], whole=False)


def test_pages_that_did_not_hold_still_are_no_whole() -> None:
    pages = [([row(path="1"), row(path="2")], 4), ([row(path="2"), row(path="3")], 4)] * 2
    moved = [*pages[:3], ([row(path="4"), row(path="1")], 4)]
    assert listed(Script(*moved)).ended is Ended.UNSTEADY
    # read again only where that pays
    script = Script(*moved)
    assert listed(script, "1").ended is Ended.UNSTEADY
    assert len(script.left) == 2


RUNNING = row(status=Status.REFRESHING, path="b")
BEFORE_EDGE, AFTER_EDGE = row(at=T0 + EDGE - 1, path="b"), row(at=T0 + 60 - EDGE + 1, path="b")
CERTAIN = seen_by("1", [row()], whole=True)
RUNS = seen_by("1", [RUNNING], whole=False)


@pytest.mark.parametrize(
    ("rows", "known", "ended", "late", "shown"),
    [
        pytest.param([row()], 0, Ended.WHOLE, False, CERTAIN, id="in the middle of a whole time"),
        pytest.param([row(), BEFORE_EDGE], 0, Ended.WHOLE, False, None, id="near the beginning of the time"),
        pytest.param([row(), AFTER_EDGE], 0, Ended.WHOLE, False, None, id="near the end of the time"),
        pytest.param([row()], 2, Ended.WHOLE, False, None, id="of fewer rows than are known"),
        pytest.param([row()], 1, Ended.UNSTEADY, False, None, id="the time is not certain to be whole"),
        pytest.param([], 0, Ended.WHOLE, False, None, id="without a row"),
        pytest.param([RUNNING], 0, Ended.NO_ANSWER, False, None, id="running, never seen, not read to the end"),
        pytest.param([RUNNING], 0, Ended.UNSTEADY, False, RUNS, id="running needs no certainty"),
        pytest.param([RUNNING], 1, Ended.NO_ANSWER, False, RUNS, id="running and known, not read to the end"),
        pytest.param([RUNNING], 2, Ended.UNSTEADY, False, None, id="running, of fewer rows than are known"),
        pytest.param([RUNNING], 0, Ended.WHOLE, True, None, id="running in a late look"),
        pytest.param([row()], 0, Ended.WHOLE, True, CERTAIN, id="ended in a late look"),
    ],
)
def test_what_a_listing_shows_of_an_id(
    rows: list[ObjectRow], known: int, ended: Ended, late: bool, shown: ItemObservation | None
) -> None:
    assert WindowListing(WINDOW, ended, by_id={"1": rows}).shows(WatchedItem("1", running=known), late=late) == shown


def test_a_row_that_stood_on_an_earlier_page_counts_once() -> None:
    listing = listed(Script(([RUNNING, RUNNING], 5), ([RUNNING, row("9")], 5)), "1", known=1)
    assert list(listing.by_id["1"]) == [RUNNING, RUNNING]


def listing(ended: Ended, *rows: ObjectRow, total: int = 1000) -> WindowListing:
    return WindowListing(WINDOW, ended, total, rows)


NOTHING = Hints()


def after(hints: Hints, *rows: ObjectRow, listing: WindowListing | None = None) -> LookHints:
    """What a look adds to the hints."""
    return replace(LookHints(hints, frozenset(["1", "2"])).with_rows(rows), listing=listing)


def next_hints(hints: LookHints, *still_open: str) -> Hints:
    return hints.for_next_look(still_open, by_id_cut=hints.before.by_id_cut)


def test_the_next_look_lists_the_time_of_what_is_still_open() -> None:
    hints = after(NOTHING, row("1", at=T0 + 20), row("2", at=T0 + 40), row("9", at=T0 + 59))
    assert next_hints(hints, "1", "2").created == (T0 + 20, T0 + 40)
    assert next_hints(hints, "2").created == (T0 + 40, T0 + 40)


def test_what_was_not_seen_in_this_look_stays_in_the_time() -> None:
    hints = after(Hints(created=(T0, T0 + 10)), row("2", at=T0 + 40))
    assert next_hints(hints, "1", "2").created == (T0, T0 + 40)


def test_the_rows_of_the_next_listing_are_counted_where_all_were_read() -> None:
    rows = [row("1", at=T0 + 30), *[row("9", at=T0 + second, path=str(second)) for second in range(60)]]
    hints = after(NOTHING, rows[0], listing=listing(Ended.WHOLE, *rows))
    assert next_hints(hints, "1").window_rows == 1 + 2 * WIDER + 1


def test_else_they_are_in_proportion_to_the_time() -> None:
    hints = after(NOTHING, row("1", at=T0 + 30), listing=listing(Ended.NOT_WORTH_IT, total=6000))
    assert next_hints(hints, "1").window_rows == 1000


@pytest.mark.parametrize(
    ("ended", "rows"), [(Ended.UNUSABLE, UNUSABLE), (Ended.UNSTEADY, 2000), (Ended.TOO_SLOW, SKIP_ONCE)]
)
def test_a_listing_that_ended_badly_is_remembered(ended: Ended, rows: int) -> None:
    assert next_hints(after(NOTHING, row("1"), listing=listing(ended)), "1").window_rows == rows


def test_a_listing_is_left_out_once() -> None:
    hints = next_hints(after(NOTHING, listing=listing(Ended.NO_ANSWER)), "1")
    assert hints.window_rows == SKIP_ONCE
    assert after(hints).window_rows(None) == SKIP_ONCE
    assert next_hints(after(hints), "1").window_rows == 0


def test_hints_of_listings_outlive_a_look_without() -> None:
    hints = Hints(window_rows=700, by_id_cut=True)
    assert next_hints(after(hints), "1") == hints
