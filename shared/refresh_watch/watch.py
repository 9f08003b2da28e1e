"""A watch and the state of each of its items: how it is opened, and what a hop hands to the next one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import AnyNote, FailedObject, Kind, Outcome, Reason, Refusal, WatchRequest
from refresh_watch.observation import Hints


@dataclass(frozen=True)
class WatchedItem:
    """What a watch knows of one item. `outcome` is None while it is open, and never changes afterwards."""

    item: str
    outcome: Outcome | None = None
    reason: Reason | None = None
    complete: int = 0
    failed: int = 0
    running: int = 0  # at the end: overdue
    status_word: str = ""
    settled_at: Instant | None = None
    late_since: Instant | None = None  # the first look at or after the deadline that got an answer about this item
    task_ids: tuple[str, ...] = ()  # what a path is bound to
    reasons: tuple[tuple[str, int], ...] = ()  # how many objects failed for each reason

    @property
    def is_open(self) -> bool:
        """Not settled yet."""
        return self.outcome is None

    @property
    def seen(self) -> bool:
        """The API has shown it at least once."""
        return self.complete + self.failed + self.running > 0


@dataclass(frozen=True)
class Pace:
    """How fast the open items move, and how old the answers about them are (watching/pace.py)."""

    looked_at: Seconds | None = None  # the last look that showed every open item, in seconds since submission
    gap: Seconds = 0.0  # between that look and the one before it
    progress: float = 0.0  # of the slowest open item at that look, 0 to 100
    points: tuple[tuple[Seconds, float], ...] = ()  # the last two: seconds since submission, such progress
    pending: bool = False  # the last look showed nothing but Pending
    again: bool = False  # the next look is the second of a pair
    paired: bool = False  # a look that showed nothing but Pending was already made in a pair: one pair is enough
    lags: bool | None = None  # an answer shows the state at the question before it; None: not known


@dataclass(frozen=True)
class Watch:
    """The ids that were submitted together, followed together until they settle, reported together."""

    id: str
    request: WatchRequest
    accepted_at: Instant
    items: tuple[WatchedItem, ...]
    kind: Kind = Kind.UNKNOWN
    looks: int = 0
    api_calls: int = 0
    interim_published: bool = False
    next_item: int = 0  # where the next look starts: round robin
    samples: tuple[tuple[str, FailedObject], ...] = ()  # (item, object)
    refusal: Refusal | None = None
    problem: str = ""  # why the API last gave no answer
    request_id: str = ""
    notes: tuple[AnyNote, ...] = ()
    hints: Hints = field(default_factory=Hints)
    pace: Pace = Pace()

    @property
    def open_items(self) -> tuple[WatchedItem, ...]:
        """The items that are not settled."""
        return tuple(item for item in self.items if item.is_open)

    @property
    def turn(self) -> tuple[WatchedItem, ...]:
        """The open items in the order in which the next look asks about them."""
        order = self.items[self.next_item :] + self.items[: self.next_item]
        return tuple(item for item in order if item.is_open)

    @property
    def started_at(self) -> Instant:
        """What the schedule counts from: submission, or acceptance where submission is unknown or in the future."""
        submitted = self.request.submitted_at
        return self.accepted_at if submitted is None else min(submitted, self.accepted_at)


def watch_id(prefix: str, request: WatchRequest) -> str:
    """A short digest of what is watched: the same event delivered twice is one watch.

    To watch the same ids again, give another `request_id`. A watch by path counts rows from its submission on, so
    that instant belongs to it too.
    """
    identity = [
        prefix,
        request.product.value,
        sorted(set(request.task_ids)),
        sorted(set(request.object_paths)),
        request.request_id,
        request.submitted_at if request.object_paths else None,
    ]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]


def open_watch(prefix: str, request: WatchRequest, now: Instant) -> Watch:
    """The state of a watch before its first look."""
    items = tuple(WatchedItem(item) for item in request.items)
    return Watch(watch_id(prefix, request), request, accepted_at=now, items=items, kind=request.kind)
