"""What a look shows: an observation of each item, and what the look cost."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import AnyNote, FailedObject, Kind, Refusal


class Answer(enum.Enum):
    """What a look learned about one item."""

    SEEN = enum.auto()  # rows were read; they may be not all of them
    NOT_SEEN = enum.auto()  # the API answered, and had no row of this item
    REFUSED = enum.auto()
    NO_ANSWER = enum.auto()  # asked, but throttled, unreachable or of the wrong shape
    NOT_REACHED = enum.auto()  # the look's budget ended first


@dataclass(frozen=True)
class ItemObservation:
    """What one look showed of one item. The counts are of objects."""

    item: str
    answer: Answer
    whole: bool = False  # every row, over all pages, was read
    complete: int = 0
    failed: int = 0
    running: int = 0
    failures: tuple[FailedObject, ...] = ()  # samples: at most MAX_SAMPLES
    status_word: str = ""  # of the first object that is not complete, else of the first one
    progress: float | None = None  # mean of the objects' Process, 0 to 100
    kind: Kind = Kind.UNKNOWN
    task_ids: tuple[str, ...] = ()  # of the rows; a watch by path binds to them
    refusal: Refusal | None = None
    problem: str = ""  # why there was no answer
    throttled: bool = False  # because of the quota, which delays a verdict and never changes it
    reasons: tuple[tuple[str, int], ...] = ()  # of all that failed: how many for each reason (watching/reasons.py)

    @property
    def is_settled(self) -> bool:
        """All rows were read, and all are final."""
        return self.answer is Answer.SEEN and self.whole and self.running == 0


@dataclass(frozen=True)
class Hints:
    """What looks have shown that makes the next one cheaper. A wrong hint costs calls, but never changes a verdict."""

    created: tuple[Instant, Instant] | None = None  # CreationTime of the earliest and the latest row of what is open
    window_rows: int = (
        0  # of a listing of that time, with the account's other tasks; 0: never listed (polling/hints.py: marks)
    )
    by_id_cut: bool = False  # a by-id answer has held fewer rows of an id than the list


@dataclass(frozen=True)
class Observation:
    """One look: what the product's API showed, and what it cost."""

    items: tuple[ItemObservation, ...]
    started_at: Instant
    ended_at: Instant
    api_calls: int = 0
    request_id: str = ""  # of the last answer
    notes: tuple[AnyNote, ...] = ()
    cost: Seconds = 0.0  # of the account's quota: each call takes one over its operation's calls a second
    hints: Hints = Hints()
    turn_in: Seconds | None = None  # no call was made: the slot that is reserved in the quota comes so much later
