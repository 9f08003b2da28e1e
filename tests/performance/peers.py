"""What others use to wait, modelled on the same API: when each asks, how it reads an answer, what it says at its end.

One question an id and call, as they do it, and the first page of its answer, which has 20 rows. Sources: Alibaba Cloud's
Refresh.py (help 151829, 2025-08-15); aliyun-cli openapi/waiter.go (eadd68d, 2026-07-30); botocore's waiter
`invalidation_completed` and legacy retries; azure-core's base_polling; google-api-core's operation polling; the Smithy
waiter specification; AWS Lambda durable execution's default wait strategy. The last five know no Alibaba product: they
are given a correct reading of a page, and those without a cap of their own our deadline.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random

from refresh_watch.instants import Seconds
from refresh_watch.model import Page, Status, Word


class Said(Word):
    """The end of a wait, as the peer tells it."""

    COMPLETE = "complete"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    BROKE_OFF = "broke off"


Pauses = Callable[[Random, Seconds], Iterator[Seconds]]
"""From chance and our deadline to the pauses before each question; they end where the peer gives up."""


@dataclass(frozen=True)
class Peer:
    """One way to wait for one id."""

    name: str
    pauses: Pauses
    read: Callable[[Page], Said | None]  # None: not finished
    at_the_end: Said = Said.TIMED_OUT
    tries: int = 1  # of a question that is throttled, by the SDK beneath, with full jitter from one second on
    sleeps: bool = True  # in the process that waits; else it is started anew for each question


def first_row_is_complete(page: Page) -> Said | None:
    """The CLI's ``Tasks.CDNTask[0].Status`` to=Complete: no row is no string, and ends it."""
    if not page.rows:
        return Said.BROKE_OFF
    return Said.COMPLETE if page.rows[0].status is Status.COMPLETE else None


def none_is_incomplete(page: Page) -> Said | None:
    """Refresh.py counts the rows that are not Complete: an empty list has none, and Failed stays one for ever."""
    return None if any(row.status is not Status.COMPLETE for row in page.rows) else Said.COMPLETE


def all_are_final(page: Page) -> Said | None:
    """The correct reading of one page."""
    if not page.rows or not all(row.status.is_final for row in page.rows):
        return None
    return Said.FAILED if any(row.status.is_failure for row in page.rows) else Said.COMPLETE


def every(dice: Random, deadline: Seconds, *, step: Seconds, until: Seconds | None = None) -> Iterator[Seconds]:
    """At once, then every `step`, up to `until` or our deadline."""
    yield 0.0
    yield from itertools.repeat(step, int((until or deadline) / step))


def growing(
    dice: Random, deadline: Seconds, *, first: Seconds, factor: float, cap: Seconds, until: Seconds | None = None
) -> Iterator[Seconds]:
    """At once, then after full jitter below a ceiling that grows from `first` to `cap`."""
    yield 0.0
    passed, ceiling = 0.0, first
    while passed < (until or deadline):
        pause = dice.uniform(0, ceiling)
        passed += pause
        ceiling = min(cap, ceiling * factor)
        yield pause


def smithy(dice: Random, deadline: Seconds, *, low: Seconds, high: Seconds) -> Iterator[Seconds]:
    """Smithy's: jitter between `low` and a ceiling that doubles up to `high`; the last attempt falls on the deadline."""
    yield 0.0
    passed = 0.0
    for attempt in itertools.count():
        pause = dice.uniform(low, min(high, low * 2.0 ** min(attempt, 20)))
        if deadline - passed - pause <= low:
            yield max(0.0, deadline - passed)
            return
        passed += pause
        yield pause


def durable(
    dice: Random, deadline: Seconds, *, first: Seconds, factor: float, cap: Seconds, attempts: int
) -> Iterator[Seconds]:
    """AWS durable execution's: full jitter in whole seconds, at least one, so many attempts in all."""
    yield 0.0
    for attempt in range(attempts - 1):
        yield max(1.0, round(dice.uniform(0, min(cap, first * factor ** min(attempt, 40)))))


REFRESH_PY = Peer("Refresh.py", partial(every, step=10, until=60), none_is_incomplete, at_the_end=Said.COMPLETE)
CLI = Peer("aliyun CLI waiter 180/5", partial(every, step=5, until=180), first_row_is_complete)
CLI_LONGEST = Peer("aliyun CLI waiter 600/10", partial(every, step=10, until=600), first_row_is_complete)
BOTOCORE = Peer("botocore CloudFront 20 s x 30", partial(every, step=20, until=580), all_are_final, tries=5)
AZURE = Peer("Azure 30 s", partial(every, step=30), all_are_final, tries=10)
GOOGLE = Peer("Google 1 s x1.5 to 20, 900 s", partial(growing, first=1, factor=1.5, cap=20, until=900), all_are_final)
SMITHY = Peer("Smithy 2-120", partial(smithy, low=2, high=120), all_are_final, tries=3)
DURABLE = Peer(
    "AWS durable 5 s x1.5 to 300",
    partial(durable, first=5, factor=1.5, cap=300, attempts=60),
    all_are_final,
    tries=6,
    sleeps=False,
)
PEERS = (REFRESH_PY, CLI, CLI_LONGEST, BOTOCORE, AZURE, GOOGLE, SMITHY, DURABLE)
