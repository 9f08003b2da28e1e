"""All pages, and never whole on a guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from refresh_watch.model import ObjectRow, Page, Status
from refresh_watch.products.polling.all_pages import read_all_pages

OURS = "1"


def row(number: int, task_id: str = OURS) -> ObjectRow:
    return ObjectRow(task_id, f"http://example.com/{number}", "file", Status.COMPLETE, "Complete")


def script(*pages: tuple[Sequence[ObjectRow], int]) -> Callable[[int], Page]:
    """Answers in order, whatever page is asked for; the last one for ever."""
    left = list(pages)

    def ask(number: int) -> Page:
        rows, total = left.pop(0) if len(left) > 1 else left[0]
        return Page(rows=tuple(rows), total=total, page_number=number)

    return ask


def ours(candidate: ObjectRow) -> bool:
    return candidate.task_id == OURS


def rows(*numbers: int) -> list[ObjectRow]:
    return [row(number) for number in numbers]


def test_every_page_is_read() -> None:
    asked: list[int] = []

    def ask(number: int) -> Page:
        asked.append(number)
        return Page(rows=tuple(rows(2 * number, 2 * number + 1)), total=6)

    read = read_all_pages(ask, ours)
    assert (len(read.rows), read.whole, asked) == (6, True, [1, 2, 3])


def test_nothing_with_a_total_of_nothing_is_whole() -> None:
    read = read_all_pages(script(([], 0)), ours)
    assert (read.rows, read.whole) == ((), True)


@pytest.mark.parametrize("total", [1, 3])
def test_a_total_that_the_rows_contradict_is_not_whole(total: int) -> None:
    assert not read_all_pages(script((rows(1, 2), total), ([], total)), ours).whole


def test_pages_that_shifted_are_read_once_more() -> None:
    shifted = [(rows(1, 2), 4), (rows(2, 3), 4)]
    steady = [(rows(1, 2), 4), (rows(3, 4), 4)]
    read = read_all_pages(script(*shifted, *steady), ours)
    assert read.whole
    assert [r.object_path[-1] for r in read.rows] == ["1", "2", "3", "4"]


def test_pages_that_keep_shifting_are_not_whole() -> None:
    read = read_all_pages(script((rows(1, 2), 4), (rows(2, 3), 4), (rows(0, 1), 4), (rows(1, 2), 4)), ours)
    assert not read.whole


def test_a_total_that_changes_between_pages_is_read_once_more() -> None:
    read = read_all_pages(script((rows(1, 2), 3), (rows(3, 4), 4), (rows(1, 2), 4), (rows(3, 4), 4)), ours)
    assert (len(read.rows), read.whole) == (4, True)


def test_an_object_that_was_submitted_twice_counts_twice() -> None:
    pages = [(rows(1, 2), 4), (rows(2, 3), 4)]
    read = read_all_pages(script(*pages, *pages), ours)
    assert (len(read.rows), read.whole) == (4, True)


def test_a_server_that_ignores_the_page_number_is_never_whole() -> None:
    assert not read_all_pages(script((rows(1, 2), 4)), ours).whole


def test_rows_of_another_task_are_dropped_and_not_counted() -> None:
    read = read_all_pages(script(([*rows(1, 2), row(9, "2")], 2)), ours)
    assert (len(read.rows), read.whole) == (2, True)


def test_a_row_of_another_task_in_the_place_of_ours_is_not_whole() -> None:
    page = Page(rows=(row(1), row(9, "2")), total=2)
    read = read_all_pages(lambda number: page if number == 1 else Page(rows=(), total=2), ours)
    assert ([r.object_path for r in read.rows], read.whole) == ([row(1).object_path], False)


def test_an_answer_of_other_tasks_only_ends_at_once() -> None:
    asked: list[int] = []

    def ask(number: int) -> Page:
        asked.append(number)
        return Page(rows=(row(number, "2"),), total=100_000)

    read = read_all_pages(ask, ours)
    assert (read.rows, read.whole, asked) == ((), False, [1])
