"""Numbers to the way that is expected to cost the fewest calls."""

from __future__ import annotations

import pytest

from refresh_watch.products.polling.plan import (
    SKIP_ONCE,
    UNUSABLE,
    Choice,
    How,
    Means,
    Situation,
    direct_calls,
    packs,
    plan,
)

CDN, DCDN, VOD = Means(100, 10), Means(50, 10), Means(50, 0)
CUT = Means(100, 10, by_id_cut=True)


def situation(many: int, means: Means, *, rows: int = 0, **more: object) -> Situation:
    return Situation(rows=(rows,) * many, means=means, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "how", "expected"),
    [
        # the first look
        (situation(1, CDN), How.BY_ID, 1),
        (situation(20, CDN), How.BY_ID, 2),
        (situation(30, CDN), How.WINDOW, 2),
        (situation(1000, CDN), How.WINDOW, 11),
        (situation(1000, DCDN), How.WINDOW, 21),
        (situation(1, VOD), How.LIST, 1),
        (situation(3, VOD), How.LIST, 3),
        (situation(4, VOD), How.WINDOW, 3),
        (situation(1000, VOD), How.WINDOW, 22),
        # other people's tasks, as the last listing counted them
        (situation(1000, CDN, rows=1, window_rows=9_800), How.WINDOW, 99),
        (situation(1000, CDN, rows=1, window_rows=9_900), How.BY_ID, 100),
        (situation(1000, VOD, rows=1, window_rows=21_000), How.WINDOW, 422),
        (situation(200, VOD, rows=1, window_rows=21_000), How.LIST, 200),
        # many objects an id
        (situation(100, CDN, rows=3), How.WINDOW, 4),
        (situation(100, CDN, rows=100), How.BY_ID, 10),
        (situation(1, CDN, rows=2000), How.BY_ID, 1),
        (situation(1, CUT, rows=2000), How.COUNT, 4),
        (situation(1, VOD, rows=2000), How.COUNT, 4),
        (Situation(rows=(2000, 1), means=CUT), How.BY_ID, 5),
        (situation(1, VOD, rows=120), How.LIST, 3),
        # some were never seen, and the listing will not show them
        (Situation(rows=(1,) * 90 + (0,) * 10, means=VOD, unseen_outside=True), How.WINDOW, 2 + 10 + 2),
        (Situation(rows=(0,) * 100, means=VOD, unseen_outside=True), How.LIST, 100),
        # no listing
        (situation(1000, VOD, window_rows=UNUSABLE), How.LIST, 1000),
        (situation(1000, VOD, window_rows=SKIP_ONCE), How.LIST, 1000),
        (situation(1000, VOD, window=False), How.LIST, 1000),
        (situation(1000, VOD, fits=19.5), How.LIST, 1000),
        (situation(1000, VOD, fits=20.0), How.WINDOW, 22),
        (situation(100, CDN, by_path=True), How.BY_PATH, 100),
    ],
)
def test_the_cheapest_way_is_chosen(given: Situation, how: How, expected: int) -> None:
    choice = plan(given)
    assert (choice.how, choice.expected) == (how, expected)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (situation(1000, CDN), "1000 ids: about 1000 rows in 10 pages and 1 calls besides; directly 100 calls"),
        (
            situation(100, CDN, window_rows=2000),
            "100 ids: about 2000 rows in 20 pages and 1 calls besides; directly only 10 calls",
        ),
        (
            situation(2, VOD, rows=2000),
            "2 ids: about 4000 rows in 80 pages and 2 calls besides; directly only 8 calls, 2 ids counted",
        ),
        (situation(9, VOD, window_rows=SKIP_ONCE), "the last listing had no answer in time; directly 9 calls"),
        (situation(9, VOD, window_rows=UNUSABLE), "a listing of that time cannot be used; directly 9 calls"),
    ],
)
def test_a_choice_says_which_numbers_decided(given: Situation, why: str) -> None:
    assert plan(given).why == why


def test_a_choice_is_plain_data() -> None:
    choice = plan(situation(1, CDN, by_path=True))
    assert choice == Choice(How.BY_PATH, "1 paths, each has its own list", 1)


@pytest.mark.parametrize(
    ("rows", "means", "calls"),
    [
        ([], CDN, 0),
        ([0] * 11, CDN, 2),
        ([3] * 10, CDN, 1),
        ([3] * 10, CUT, 2),
        ([19] * 3, CUT, 3),
        ([20, 1, 1], CUT, 2),
        ([250], CUT, 3),
        ([2000], CUT, 4),
        ([0, 1, 50, 51], VOD, 5),
    ],
)
def test_what_the_direct_way_costs(rows: list[int], means: Means, calls: int) -> None:
    assert direct_calls(rows, means) == calls


def test_packs_keep_the_order_and_both_bounds() -> None:
    assert packs([0, 5, 5, 9, 30, 1], most=3, below=20) == [[0, 1, 2], [3], [4], [5]]
    assert packs([], most=10, below=20) == []
