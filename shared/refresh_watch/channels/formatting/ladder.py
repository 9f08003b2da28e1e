"""A message made as short as it has to be."""

from __future__ import annotations

from collections.abc import Callable

from refresh_watch.reports.message import LAST_STEP


def fitting(make: Callable[[int], bytes], step: int, limit: int, size: Callable[[bytes], int] = len) -> bytes:
    """What `make` makes on rung `step`, or on the first rung below it where `size` of it is at most `limit`.

    The lowest rung is answered whatever its size: it holds no words of others, so it is short.
    """
    made = make(step)
    while size(made) > limit and step < LAST_STEP:
        step += 1
        made = make(step)
    return made
