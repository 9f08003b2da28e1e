"""Samples that give way to a channel's limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refresh_watch.channels.formatting.fitting import fit_message
from refresh_watch.reports.message import FailureGroup, Message, Severity

MESSAGE = Message(
    "en",
    Severity.BAD,
    ("CDN refresh",),
    "name",
    "summary",
    groups=(
        FailureGroup("first", 9, ("a", "b", "c")),
        FailureGroup("second", 5, ("d", "e")),
        FailureGroup("third", 7, ("f", "g", "h")),
    ),
)


def _fitted(step: int, fits: Callable[[Message], bool]) -> tuple[int, Message]:
    return fit_message(MESSAGE, step, lambda message, rung: (rung, message), lambda written: fits(written[1]))


def _at_most(samples: int) -> Callable[[Message], bool]:
    return lambda message: sum(len(group.samples) for group in message.groups) <= samples


@pytest.mark.parametrize(
    ("room", "left"),
    [
        (9, ("abc", "de", "fgh")),
        (7, ("abc", "de", "fg")),
        (6, ("ab", "de", "fg")),
        (5, ("ab", "de", "f")),
        (3, ("a", "d", "f")),
    ],
)
def test_the_reasons_with_most_samples_give_them_up_first_from_the_end(room: int, left: tuple[str, ...]) -> None:
    rung, message = _fitted(0, _at_most(room))
    assert rung == 0
    assert tuple("".join(group.samples) for group in message.groups) == left
    assert [group.count for group in message.groups] == [9, 5, 7]
    assert [group.count - len(group.samples) for group in message.groups] == [group.more for group in message.groups]


def test_on_the_full_rung_each_reason_keeps_one_and_below_it_none_has_to() -> None:
    rung, message = _fitted(0, _at_most(1))
    assert rung == 1, "the rung below, which drops a long command, is better than a reason without a sample"
    assert [group.samples for group in message.groups] == [("a",), (), ()]


def test_a_message_that_fits_in_no_way_takes_the_lowest_rung() -> None:
    assert _fitted(0, lambda message: False) == (3, MESSAGE.reduced(3))
