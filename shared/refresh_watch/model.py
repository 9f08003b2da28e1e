"""The words of the project: products, their answers, and requests. Frozen dataclasses and enums.

An `item` is what a watch follows: a task id, or an object path where the id is not known.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from refresh_watch.instants import Instant, Seconds

MAX_SAMPLES = 20
"""Failed objects carried in an observation, a watch's state or a report; the rest is counted."""

CHANNEL_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


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
    """Why an object is unverifiable. Append only: the payload of a hop that waits holds the position of each."""

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
        """Process as a number from 0 to 100, or None when it is not a number."""
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
    """A remark in a report: `note.<key>` of the texts, with words for its placeholders."""

    key: str
    words: tuple[tuple[str, str], ...] = ()


AnyNote = Note | str
"""A string was written by others, or by another version of ours: it is shown literally."""


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
    """The API refuses for good: a retry would get the same answer."""

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
    """A request to watch tasks (docs/contracts.md). Exactly one of `task_ids` and `object_paths` is filled."""

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
