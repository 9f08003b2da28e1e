"""The words of the project as frozen dataclasses and enums. Imports nothing of ours but instants.

An `item` is what a watch follows: a task id, or an object path where the id is not known.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from refresh_watch.instants import Instant, Seconds


class Word(str, enum.Enum):
    """An enum whose members read and print as their words."""

    def __str__(self) -> str:
        return str(self.value)


class Product(Word):
    """Which product's API is asked."""

    CDN = "cdn"
    DCDN = "dcdn"
    VOD = "vod"
    VOD_LEGACY = "vod-legacy"  # VOD 2017-03-21's older action, DescribeRefreshTasks


class Kind(Word):
    """What was submitted."""

    REFRESH = "refresh"
    PREFETCH = "prefetch"
    UNKNOWN = "unknown"  # until a row's ObjectType says


class Status(Word):
    """The status of one object, as the four documents and the newer page editions spell it."""

    COMPLETE = "Complete"
    FAILED = "Failed"
    TIMEOUT = "Timeout"
    CANCELED = "Canceled"
    REFRESHING = "Refreshing"
    PENDING = "Pending"
    UNKNOWN = "UNKNOWN"  # a word that no document has: still running, bounded by our deadline

    @classmethod
    def of(cls, word: str) -> Status:
        """Compare without case; what is not known is UNKNOWN."""
        return _STATUS_BY_WORD.get(word.strip().lower(), cls.UNKNOWN)

    @property
    def is_failure(self) -> bool:
        """The API said that this object will not become complete."""
        return self in (Status.FAILED, Status.TIMEOUT, Status.CANCELED)

    @property
    def is_final(self) -> bool:
        """The status will not change any more."""
        return self is Status.COMPLETE or self.is_failure


_STATUS_BY_WORD = {status.value.lower(): status for status in Status}


class Outcome(Word):
    """How an object, a task or a watch ended."""

    COMPLETE = "complete"
    FAILED = "failed"
    PARTLY_FAILED = "partly_failed"
    OVERDUE = "overdue"
    UNVERIFIABLE = "unverifiable"


class Reason(Word):
    """Why something is unverifiable."""

    NEVER_SEEN = "never_seen"
    TOO_OLD = "too_old"
    NO_PERMISSION = "no_permission"
    NOT_OPENED = "not_opened"
    OVERDUE_PAYMENT = "overdue_payment"
    MALFORMED_ID = "malformed_id"
    BAD_KEY = "bad_key"
    REFUSED = "refused"  # any other refusal for good; the API's code says which
    NO_ANSWER = "no_answer"  # the API gave no usable answer until long after the deadline
    STOPPED = "stopped"  # by a person


@dataclass(frozen=True)
class ObjectRow:
    """One row of an answer: one URL or directory of a task."""

    task_id: str
    object_path: str
    object_type: str  # lower case; `path` is read as `directory`
    status: Status
    status_word: str  # as the API wrote it
    process: str = ""  # as the API wrote it: "100%", "99.37%", "10"
    description: str = ""  # why it failed, as the API wrote it
    created_at: Instant | None = None

    @property
    def kind(self) -> Kind:
        """Prefetch for `preload`, refresh for every other type."""
        if not self.object_type:
            return Kind.UNKNOWN
        return Kind.PREFETCH if self.object_type == "preload" else Kind.REFRESH

    @property
    def progress(self) -> float | None:
        """Process as a number from 0 to 100, or None when it is no number."""
        try:
            return float(self.process.strip().rstrip("%"))
        except ValueError:
            return None


@dataclass(frozen=True)
class ListQuery:
    """The query of the four documents; empty means "not given". Instants are UTC."""

    task_id: str = ""
    object_path: str = ""
    object_type: str = ""
    domain_name: str = ""
    status: str = ""
    start_time: Instant | None = None
    end_time: Instant | None = None
    page_number: int | None = None
    page_size: int | None = None
    resource_group_id: str = ""


@dataclass(frozen=True)
class Note:
    """Something people should know, as a text of ours: `note.<key>` of the texts, with words for its placeholders."""

    key: str
    words: tuple[tuple[str, str], ...] = ()


AnyNote = Note | str
"""A string is words of others, or of another version of ours: shown as they are."""


@dataclass(frozen=True)
class Page:
    """One answer of a product's API."""

    rows: tuple[ObjectRow, ...]
    total: int
    request_id: str = ""
    page_number: int | None = None  # the by-id operations do not page
    page_size: int | None = None
    note: AnyNote = ""  # such as that an older action no longer exists


@dataclass(frozen=True)
class Refusal:
    """The API refuses for good: asking again would bring the same answer."""

    reason: Reason
    code: str
    message: str
    action: str = ""  # the RAM action that is missing
    request_id: str = ""


@dataclass(frozen=True)
class FailedObject:
    """An object that the API says has failed."""

    object_path: str
    status: str
    description: str = ""


@dataclass(frozen=True)
class WatchRequest:
    """What someone wants watched (docs/contracts.md). Exactly one of `task_ids` and `object_paths` is filled."""

    product: Product
    task_ids: tuple[str, ...] = ()
    object_paths: tuple[str, ...] = ()
    kind: Kind = Kind.UNKNOWN
    submitted_at: Instant | None = None
    label: str = ""
    deadline: Seconds | None = None
    channels: tuple[str, ...] = ()
    request_id: str = ""
    domain_name: str = ""
    object_type: str = ""
    resource_group_id: str = ""
    schedule: str = ""

    @property
    def items(self) -> tuple[str, ...]:
        """What is followed, sorted, each once."""
        return tuple(sorted(set(self.task_ids or self.object_paths)))


class Answer(enum.Enum):
    """What a look learned about one item."""

    SEEN = enum.auto()  # rows were read; they may be not all of them
    NOT_SEEN = enum.auto()  # the API answered, and had no row of this item
    REFUSED = enum.auto()
    NO_ANSWER = enum.auto()  # asked, but throttled, unreachable or of the wrong shape
    NOT_REACHED = enum.auto()  # the look's budget ended first


@dataclass(frozen=True)
class Sighting:
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
    throttled: bool = False  # that was because of the quota, which delays a verdict and never changes it
    reasons: tuple[tuple[str, int], ...] = ()  # of all that failed: how many for each reason (watching/reasons.py)

    @property
    def is_settled(self) -> bool:
        """All rows were read, and all are final."""
        return self.answer is Answer.SEEN and self.whole and self.running == 0


@dataclass(frozen=True)
class Hints:
    """What looks have learned that makes the next one cheaper. A wrong hint costs calls, and never a verdict."""

    created: tuple[Instant, Instant] | None = None  # CreationTime of the earliest and the latest row of what is open
    window_rows: int = 0  # of a listing of that time, other people's included; 0: never listed (looking/plan.py: marks)
    by_id_cut: bool = False  # a by-id answer has held fewer rows of an id than the list


MAX_SAMPLES = 20
"""Failed objects carried in a sighting, a watch's state or a report; the rest is counted."""


@dataclass(frozen=True)
class Observation:
    """One look: what the product's API showed, and what it cost."""

    sightings: tuple[Sighting, ...]
    started_at: Instant
    ended_at: Instant
    api_calls: int = 0
    request_id: str = ""  # of the last answer
    notes: tuple[AnyNote, ...] = ()
    cost: Seconds = 0.0  # of the account's quota: each call takes one over its operation's calls a second
    hints: Hints = Hints()
    turn_in: Seconds | None = (
        None  # nothing was asked: the place in the quota that was taken for it comes so much later
    )


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
    paired: bool = False  # a look that showed nothing but Pending has been made twice: once is enough
    lags: bool | None = None  # an answer shows what the question before it brought up to date; None: not known


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
    first_failure_told: bool = False
    next_item: int = 0  # where the next look starts: round robin
    samples: tuple[tuple[str, FailedObject], ...] = ()  # (item, object)
    refusal: Refusal | None = None
    problem: str = ""  # why the API last gave no answer
    request_id: str = ""
    notes: tuple[AnyNote, ...] = ()
    hints: Hints = Hints()
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
