"""One bound on all of a call. A socket's time-out bounds each read only: a server that sends slowly outlives it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from refresh_watch.errors import RefreshWatchError
from refresh_watch.instants import Seconds

T = TypeVar("T")


class DeadlinePassed(RefreshWatchError):
    """There was no answer in time. The call may have had its effect, or may still have it."""


def within(seconds: Seconds, ask: Callable[[], T]) -> T:
    """The answer of `ask`, which runs in a daemon thread of its own; its exceptions come through.

    Raises DeadlinePassed when it takes longer than `seconds`. The thread then runs on: nothing can end it.
    """
    answers: queue.SimpleQueue[tuple[T] | BaseException] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((ask(),))
        except BaseException as error:  # raised again where the answer is waited for
            answers.put(error)

    threading.Thread(target=run, name="within", daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise DeadlinePassed(f"no complete answer within {seconds:.1f} s") from None
    if isinstance(answer, BaseException):
        raise answer
    return answer[0]
