"""A message made to fit: samples go one by one, then it takes a lower rung of the ladder; a field's words are cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from refresh_watch.reports.message import LAST_STEP, Message

_T = TypeVar("_T")


def fit_message(message: Message, step: int, write: Callable[[Message, int], _T], fits: Callable[[_T], bool]) -> _T:
    """What `write` makes of the message on rung `step`, or on the first rung below it that fits.

    The lowest rung is answered whether it fits or not: it holds no words of others, so it is short.
    """
    for rung in range(step, LAST_STEP + 1):
        for shorter in _with_fewer_samples(message.reduced(rung), 1 if rung == 0 else 0):
            written = write(shorter, rung)
            if fits(written):
                return written
    return written


def fit_bytes(message: Message, step: int, limit: int, write: Callable[[Message, int], bytes]) -> bytes:
    """`fit_message` where the vendor counts the bytes of the whole body."""
    return fit_message(message, step, write, lambda body: len(body) <= limit)


def _with_fewer_samples(message: Message, least: int) -> Iterator[Message]:
    """The message, then with one sample after another taken away until no reason has more than `least`.

    On rung 0 each reason keeps one: the rung below, which drops a long command, is better than no sample at all.
    Counts stay as they are.
    """
    yield message
    while (most := max((len(group.samples) for group in message.groups), default=0)) > least:
        last = max(place for place, group in enumerate(message.groups) if len(group.samples) == most)
        groups = list(message.groups)
        groups[last] = replace(groups[last], samples=groups[last].samples[:-1])
        message = replace(message, groups=tuple(groups))
        yield message


def characters(text: str) -> int:
    """The length in UTF-16 code units: an emoji counts as two. No vendor's own way of counting gives more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(words: str, most: int, form: Callable[[str], str] = str) -> str:
    """`form(words)` in at most `most` characters: what does not fit is cut off the words, never off the form.

    Cut words end in an ellipsis. `form` gives no shorter text for longer words.
    """
    made = form(words)
    if characters(made) <= most:
        return made
    kept, too_many = 0, len(words)
    while kept + 1 < too_many:
        middle = (kept + too_many) // 2
        if characters(form(words[:middle] + "…")) <= most:
            kept = middle
        else:
            too_many = middle
    return form(words[:kept] + "…")


def paragraphs(lines: Iterable[str], most: int) -> list[str]:
    """The lines in as few texts of at most `most` characters as hold them in their order. No line is longer."""
    texts: list[str] = []
    for line in lines:
        longer = f"{texts[-1]}\n{line}" if texts else line
        if texts and characters(longer) <= most:
            texts[-1] = longer
        else:
            texts.append(line)
    return texts
