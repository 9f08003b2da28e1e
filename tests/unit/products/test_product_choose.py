"""The state of a look, in numbers, to the way that is expected to cost the fewest calls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from refresh_watch.model import Product, WatchRequest
from refresh_watch.observation import Hints
from refresh_watch.products.polling.cost import Choice, How, Means, direct_calls, packs
from refresh_watch.products.polling.hints import SKIP_ONCE, UNUSABLE, LookHints
from refresh_watch.products.polling.plan import choose
from refresh_watch.products.polling.state import LookState
from refresh_watch.products.polling.window import Window
from refresh_watch.watch import Watch, WatchedItem

CDN, DCDN, VOD = Means(100, 10), Means(50, 10), Means(50, 0)
CUT = Means(100, 10, by_id_cut=True)
T0 = 1_795_000_000.0
NOW = T0 + 61
WIDE, NARROW = Window(T0, NOW, narrow=False), Window(T0, NOW, narrow=True)


def chosen(
    rows: Sequence[int],
    means: Means,
    *,
    window: Window | None = WIDE,
    window_rows: int = 0,
    list_calls_left: float = math.inf,
    by_path: bool = False,
    now: float = NOW,
) -> Choice:
    """`rows`: the objects known of each item."""
    names = tuple(map(str, range(len(rows))))
    request = WatchRequest(Product.CDN, () if by_path else names, names if by_path else ())
    items = tuple(WatchedItem(name, running=known) for name, known in zip(names, rows, strict=True))
    hints = LookHints(Hints(window_rows=window_rows), frozenset(names))
    state = LookState(Watch("w", request, T0, items), items, means, now, hints, list_calls_left)
    return choose(state, window)


@pytest.mark.parametrize(
    ("rows", "means", "more", "how", "expected"),
    [
        # the first look
        ([0] * 1, CDN, {}, How.BY_ID, 1),
        ([0] * 20, CDN, {}, How.BY_ID, 2),
        ([0] * 30, CDN, {}, How.WINDOW, 2),
        ([0] * 1000, CDN, {}, How.WINDOW, 11),
        ([0] * 1000, DCDN, {}, How.WINDOW, 21),
        ([0] * 1, VOD, {}, How.LIST, 1),
        ([0] * 3, VOD, {}, How.LIST, 3),
        ([0] * 4, VOD, {}, How.WINDOW, 3),
        ([0] * 1000, VOD, {}, How.WINDOW, 22),
        # other people's tasks, as the last listing counted them
        ([1] * 1000, CDN, {"window_rows": 9_800}, How.WINDOW, 99),
        ([1] * 1000, CDN, {"window_rows": 9_900}, How.BY_ID, 100),
        ([1] * 1000, VOD, {"window_rows": 21_000}, How.WINDOW, 422),
        ([1] * 200, VOD, {"window_rows": 21_000}, How.LIST, 200),
        # many objects an id
        ([3] * 100, CDN, {}, How.WINDOW, 4),
        ([100] * 100, CDN, {}, How.BY_ID, 10),
        ([2000] * 1, CDN, {}, How.BY_ID, 1),
        ([2000] * 1, CUT, {}, How.COUNT, 4),
        ([2000] * 1, VOD, {}, How.COUNT, 4),
        ([2000, 1], CUT, {}, How.BY_ID, 5),
        ([120] * 1, VOD, {}, How.LIST, 3),
        # some were never seen, and the listing will not show them
        ([1] * 90 + [0] * 10, VOD, {"window": NARROW}, How.WINDOW, 2 + 10 + 2),
        ([0] * 100, VOD, {"window": NARROW}, How.LIST, 100),
        # no listing
        ([0] * 1000, VOD, {"window_rows": UNUSABLE}, How.LIST, 1000),
        ([0] * 1000, VOD, {"window_rows": SKIP_ONCE}, How.LIST, 1000),
        ([0] * 1000, VOD, {"window": None}, How.LIST, 1000),
        ([0] * 1000, VOD, {"list_calls_left": 19.5}, How.LIST, 1000),
        ([0] * 1000, VOD, {"list_calls_left": 20.0}, How.WINDOW, 22),
        ([0] * 100, CDN, {"by_path": True}, How.BY_PATH, 100),
    ],
)
def test_the_cheapest_way_is_chosen(
    rows: list[int], means: Means, more: dict[str, Any], how: How, expected: int
) -> None:
    choice = chosen(rows, means, **more)
    assert (choice.how, choice.expected) == (how, expected)


@pytest.mark.parametrize(
    ("rows", "means", "more", "why"),
    [
        ([0] * 1000, CDN, {}, "1000 ids: about 1000 rows in 10 pages and 1 calls besides; directly 100 calls"),
        (
            [0] * 100,
            CDN,
            {"window_rows": 2000},
            "100 ids: about 2000 rows in 20 pages and 1 calls besides; directly only 10 calls",
        ),
        (
            [2000] * 2,
            VOD,
            {},
            "2 ids: about 4000 rows in 80 pages and 2 calls besides; directly only 8 calls, 2 ids counted",
        ),
        ([0] * 9, VOD, {"window_rows": SKIP_ONCE}, "the last listing had no answer in time; directly 9 calls"),
        ([0] * 9, VOD, {"window_rows": UNUSABLE}, "a listing of that time cannot be used; directly 9 calls"),
    ],
)
def test_a_choice_says_which_numbers_decided(rows: list[int], means: Means, more: dict[str, Any], why: str) -> None:
    assert chosen(rows, means, **more).why == why


def test_each_path_has_its_own_list() -> None:
    assert chosen([0], CDN, by_path=True) == Choice(How.BY_PATH, "1 paths, each has its own list", 1)


def test_past_the_deadline_ids_are_asked_by_id_and_never_listed() -> None:
    assert chosen([1] * 1000, CDN, now=T0 + 99_999).how is How.BY_ID
    assert chosen([1] * 1000, VOD, now=T0 + 99_999).how is How.WINDOW


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
    assert packs([0, 5, 5, 9, 30, 1], int, most=3, below=20) == [(0, 5, 5), (9,), (30,), (1,)]
    assert packs([], int, most=10, below=20) == []
