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


THEIRS = row(9, "2")
SHIFTED = [(rows(1, 2), 4), (rows(2, 3), 4)]


@pytest.mark.parametrize(
    ("pages", "read", "whole"),
    [
        pytest.param([([], 0)], "", True, id="nothing, with a total of nothing"),
        pytest.param([(rows(1, 2), 1), ([], 1)], "12", False, id="a total below the rows"),
        pytest.param([(rows(1, 2), 3), ([], 3)] * 2, "12", False, id="a total above the rows"),
        pytest.param([*SHIFTED, (rows(1, 2), 4), (rows(3, 4), 4)], "1234", True, id="shifted, then steady"),
        pytest.param([*SHIFTED, (rows(0, 1), 4), (rows(1, 2), 4)], "0112", False, id="shifting again and again"),
        pytest.param(
            [(rows(1, 2), 3), (rows(3, 4), 4), (rows(1, 2), 4), (rows(3, 4), 4)], "1234", True, id="a new total"
        ),
        pytest.param([*SHIFTED, *SHIFTED], "1223", True, id="an object that was submitted twice"),
        pytest.param([(rows(1, 2), 4)], "1212", False, id="a server that ignores the page number"),
        pytest.param([([*rows(1, 2), THEIRS], 2)], "12", True, id="another task's row is not counted"),
        pytest.param([([row(1), THEIRS], 2), ([], 2)] * 2, "1", False, id="another task's row in the place of ours"),
    ],
)
def test_the_rows_are_whole_or_not(pages: list[tuple[list[ObjectRow], int]], read: str, whole: bool) -> None:
    found = read_all_pages(script(*pages), ours)
    assert ("".join(one.object_path[-1] for one in found.rows), found.whole) == (read, whole)


def test_an_answer_of_other_tasks_only_ends_at_once() -> None:
    asked: list[int] = []

    def ask(number: int) -> Page:
        asked.append(number)
        return Page(rows=(row(number, "2"),), total=100_000)

    read = read_all_pages(ask, ours)
    assert (read.rows, read.whole, asked) == ((), False, [1])
