"""One bound on all of a call."""

from __future__ import annotations

import threading

import pytest

from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import BadInput


def test_an_answer_comes_through_even_an_error_object() -> None:
    failure = ValueError("an answer, not an error")
    assert within(10.0, lambda: None) is None
    assert within(10.0, lambda: failure) is failure


def test_an_error_comes_through_as_it_was_raised() -> None:
    def ask() -> None:
        raise BadInput("task_id", "x", "digits")

    with pytest.raises(BadInput, match="task_id"):
        within(10.0, ask)


@pytest.mark.parametrize("seconds", [0.05, 0.0, -1.0])
def test_a_call_that_does_not_end_is_given_up(seconds: float) -> None:
    never = threading.Event()
    with pytest.raises(DeadlinePassed, match="no complete answer within"):
        within(seconds, lambda: never.wait(60))
    never.set()
