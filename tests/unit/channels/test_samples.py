"""Samples are taken away one by one, and only as many as have to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refresh_watch.channels.formatting.samples import with_samples_that_fit
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
    fitting = with_samples_that_fit(MESSAGE, _at_most(room), step=0)
    assert tuple("".join(group.samples) for group in fitting.groups) == left
    assert [group.count for group in fitting.groups] == [9, 5, 7]
    assert [group.count - len(group.samples) for group in fitting.groups] == [group.more for group in fitting.groups]


def test_on_the_full_rung_each_reason_keeps_one_and_below_it_none_has_to() -> None:
    full = with_samples_that_fit(MESSAGE, _at_most(1), step=0)
    assert [group.samples for group in full.groups] == [("a",), ("d",), ("f",)]
    lower = with_samples_that_fit(MESSAGE, _at_most(1), step=1)
    assert [group.samples for group in lower.groups] == [("a",), (), ()]


def test_a_message_that_fits_in_no_way_comes_back_without_samples() -> None:
    bare = with_samples_that_fit(MESSAGE, lambda message: False, step=2)
    assert [group.samples for group in bare.groups] == [(), (), ()]
