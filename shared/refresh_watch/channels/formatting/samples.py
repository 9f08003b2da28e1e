"""As many sample URLs as a channel's limit leaves room for: better a few of them than none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from refresh_watch.reports.message import Message


def with_samples_that_fit(message: Message, fits: Callable[[Message], bool], *, step: int) -> Message:
    """The message with one sample after another taken away until it fits. Counts stay as they are.

    On rung 0 each reason keeps one: there the rung below, which drops a long command, is better than no sample at all.
    """
    least = 1 if step == 0 else 0
    while not fits(message):
        most = max((len(group.samples) for group in message.groups), default=0)
        if most <= least:
            break
        last = max(place for place, group in enumerate(message.groups) if len(group.samples) == most)
        groups = list(message.groups)
        groups[last] = replace(groups[last], samples=groups[last].samples[:-1])
        message = replace(message, groups=tuple(groups))
    return message
