"""Which time is listed, when its reading ends, what it says of each id, and what the next look is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refresh_watch.model import ObjectRow, Page, Product, Status, WatchRequest
from refresh_watch.observation import Hints
from refresh_watch.products.polling.hints import Learning
from refresh_watch.products.polling.plan import SKIP_ONCE, UNUSABLE
from refresh_watch.products.polling.window import (
    EDGE,
    SUBMITTING,
    WIDER,
    Ended,
    Listing,
    Window,
    read_window,
    window_of,
)
from refresh_watch.products.polling.window_rows import Shown
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


def never(_pages: int, _read_through: bool) -> Ended | None:
    return None


def script(*pages: tuple[list[ObjectRow], int]) -> Callable[[int], Page]:
    left = list(pages)

    def ask(number: int) -> Page:
        rows, total = left.pop(0)
        return Page(rows=tuple(rows), total=total, page_number=number)

    return ask


def test_a_time_is_whole_when_every_page_was_read() -> None:
    rows = [row(path=str(number)) for number in range(4)]
    listing = read_window(WINDOW, 2, script((rows[:2], 4), (rows[2:], 4)), never)
    assert (listing.whole, listing.total, list(listing.rows)) == (True, 4, rows)


@pytest.mark.parametrize("at", [T0 - 1, T0 + 61, None])
def test_a_row_of_another_time_ends_the_listing_at_once(at: float | None) -> None:
    listing = read_window(WINDOW, 2, script(([row(), row("9", at=at)], 4)), never)
    assert (listing.ended, listing.rows) == (Ended.UNUSABLE, ())


def test_the_reading_stops_where_it_no_longer_pays() -> None:
    told = []

    def stops(pages: int, read_through: bool) -> Ended | None:
        told.append((pages, read_through))
        return Ended.NOT_WORTH_IT if len(told) == 2 else None

    rows = [[row(path=f"{page}{number}") for number in range(2)] for page in range(3)]
    listing = read_window(WINDOW, 2, script(*[(page, 9) for page in rows]), stops)
    assert (listing.ended, told) == (Ended.NOT_WORTH_IT, [(4, False), (3, False)])


def test_pages_that_did_not_hold_still_are_no_whole() -> None:
    pages = [([row(path="1"), row(path="2")], 4), ([row(path="2"), row(path="3")], 4)] * 2
    moved = [*pages[:3], ([row(path="4"), row(path="1")], 4)]
    assert read_window(WINDOW, 2, script(*moved), never).ended is Ended.UNSTEADY
    # read again only where that pays
    told = []

    def once(pages: int, read_through: bool) -> Ended | None:
        told.append((pages, read_through))
        return Ended.NOT_WORTH_IT if read_through else None

    assert read_window(WINDOW, 2, script(*pages[:2]), once).ended is Ended.UNSTEADY
    assert told == [(1, False), (2, True)]


def shown(*rows: ObjectRow, known: int = 0, late: bool = False) -> Callable[..., object]:
    """What is answered about item 1 after one page of these rows."""
    item = WatchedItem("1", running=known)
    gathered = Shown([item], WINDOW, late=late)
    gathered.add(rows)
    return lambda whole, read_through=True: gathered.answer(item, whole=whole, read_through=read_through)


RUNNING = row(status=Status.REFRESHING, path="b")


def test_an_id_in_the_middle_of_a_whole_time_is_certain() -> None:
    assert shown(row(), row("9"))(whole=True) == ([row()], True)


@pytest.mark.parametrize("at", [T0 + EDGE - 1, T0 + 60 - EDGE + 1])
def test_an_id_near_an_end_of_the_time_is_not(at: float) -> None:
    assert shown(row(), row(at=at, path="b"))(whole=True) is None


def test_an_id_of_fewer_rows_than_are_known_is_not() -> None:
    assert shown(row(), known=2)(whole=True) is None


def test_an_id_in_a_time_that_is_not_certain_to_be_whole_is_not() -> None:
    assert shown(row(), known=1)(whole=False) is None


def test_an_id_without_a_row_has_no_answer() -> None:
    assert shown(row("9"))(whole=True) is None


@pytest.mark.parametrize(
    ("known", "read_through", "enough"), [(0, False, False), (0, True, True), (1, False, True), (2, True, False)]
)
def test_a_running_id_needs_no_certainty(known: int, read_through: bool, enough: bool) -> None:
    answer = shown(RUNNING, known=known)(whole=False, read_through=read_through)
    assert answer == (([RUNNING], False) if enough else None)


def test_a_running_id_is_asked_itself_in_a_late_look() -> None:
    assert shown(RUNNING, late=True)(whole=True) is None
    assert shown(row(), late=True)(whole=True) == ([row()], True)


def test_a_row_that_stood_on_an_earlier_page_counts_once() -> None:
    gathered = Shown([WatchedItem("1")], WINDOW, late=False)
    gathered.add([RUNNING, RUNNING])
    gathered.add([RUNNING])
    assert gathered.rows["1"] == [RUNNING, RUNNING]
    assert gathered.still_to_ask(read_through=True) == []
    assert gathered.still_to_ask(read_through=False) == [0]


def listing(ended: Ended, *rows: ObjectRow, total: int = 1000) -> Listing:
    return Listing(ended, total, rows)


NOTHING = Hints()


def learned(hints: Hints = NOTHING, *rows: ObjectRow, of: Listing | None = None) -> Learning:
    learning = Learning(hints, ["1", "2"])
    learning.rows(rows)
    if of is not None:
        learning.listing(WINDOW, of)
    return learning


def test_the_next_look_lists_the_time_of_what_is_still_open() -> None:
    learning = learned(NOTHING, row("1", at=T0 + 20), row("2", at=T0 + 40), row("9", at=T0 + 59))
    assert learning.hints(["1", "2"]).created == (T0 + 20, T0 + 40)
    assert learning.hints(["2"]).created == (T0 + 40, T0 + 40)


def test_what_was_not_seen_in_this_look_stays_in_the_time() -> None:
    learning = learned(Hints(created=(T0, T0 + 10)), row("2", at=T0 + 40))
    assert learning.hints(["1", "2"]).created == (T0, T0 + 40)


def test_the_rows_of_the_next_listing_are_counted_where_all_were_read() -> None:
    rows = [row("1", at=T0 + 30), *[row("9", at=T0 + second, path=str(second)) for second in range(60)]]
    learning = learned(NOTHING, rows[0], of=listing(Ended.WHOLE, *rows))
    assert learning.hints(["1"]).window_rows == 1 + 2 * WIDER + 1


def test_else_they_are_in_proportion_to_the_time() -> None:
    learning = learned(NOTHING, row("1", at=T0 + 30), of=listing(Ended.NOT_WORTH_IT, total=6000))
    assert learning.hints(["1"]).window_rows == 1000


@pytest.mark.parametrize(
    ("ended", "rows"), [(Ended.UNUSABLE, UNUSABLE), (Ended.UNSTEADY, 2000), (Ended.TOO_SLOW, SKIP_ONCE)]
)
def test_a_listing_that_ended_badly_is_remembered(ended: Ended, rows: int) -> None:
    assert learned(NOTHING, row("1"), of=listing(ended)).hints(["1"]).window_rows == rows


def test_a_listing_is_left_out_once() -> None:
    lost = learned()
    lost.listing_lost()
    hints = lost.hints(["1"])
    assert hints.window_rows == SKIP_ONCE
    assert learned(hints).window_rows == SKIP_ONCE
    assert learned(hints).hints(["1"]).window_rows == 0


def test_what_was_learned_of_listings_outlives_a_look_without() -> None:
    assert learned(Hints(window_rows=700, by_id_cut=True)).hints(["1"]) == Hints(window_rows=700, by_id_cut=True)
    refused = learned()
    refused.listing_unusable()
    assert refused.hints(["1"]).window_rows == UNUSABLE
