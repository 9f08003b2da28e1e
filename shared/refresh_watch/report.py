"""A report as data: how a watch ended, why a request was rejected, that refresh-watch failed (docs/contracts.md)."""

from __future__ import annotations

from dataclasses import dataclass, field

from refresh_watch.instants import Instant
from refresh_watch.model import AnyNote, FailedObject, Kind, Outcome, Reason, Refusal, Word


class ReportKind(Word):
    """What a report is about."""

    INTERIM = "interim"  # the first failure, once
    FINAL = "final"
    REJECTED = "rejected"  # a request we could not accept
    BROKEN = "broken"  # refresh-watch itself failed


@dataclass(frozen=True)
class Counts:
    """How many objects ended how. A task that never showed one counts as one."""

    complete: int = 0
    failed: int = 0
    overdue: int = 0
    unverifiable: int = 0
    running: int = 0  # only in an interim report

    @property
    def total(self) -> int:
        """All objects."""
        return self.complete + self.failed + self.overdue + self.unverifiable + self.running


@dataclass(frozen=True)
class TaskReport:
    """How one item ended."""

    item: str
    outcome: Outcome | None  # None: still open, in an interim report
    objects: int
    settled_at: Instant | None = None
    status: str = ""  # the API's word, where it is not complete
    reason: Reason | None = None
    task_ids: tuple[str, ...] = ()
    failed: tuple[FailedObject, ...] = ()
    failed_left_out: int = 0


@dataclass(frozen=True)
class Report:
    """What on-call reads (docs/contracts.md). `id` is the task id that commits it, the same on every retry."""

    id: str
    kind: ReportKind
    made_at: Instant
    watch_id: str = ""
    product: str = ""
    job: Kind = Kind.UNKNOWN
    label: str = ""
    outcome: Outcome | None = None
    counts: Counts = field(default_factory=Counts)
    reasons: tuple[tuple[str, int], ...] = ()  # how many objects failed for each reason (watching/reasons.py)
    tasks: tuple[TaskReport, ...] = ()
    tasks_left_out: int = 0
    by_path: bool = False
    submitted_at: Instant | None = None
    submission_unknown: bool = False  # the request did not say: `submitted_at` is when the watch was accepted
    settled_at: Instant | None = None
    looks: int = 0
    api_calls: int = 0
    refusal: Refusal | None = None
    problem: str = ""  # one line: why a request was rejected, what broke, why the API did not answer
    notes: tuple[AnyNote, ...] = ()
    request_id: str = ""  # of the API's last answer
    caller_request_id: str = ""  # as the request gave it
    channels: tuple[str, ...] = ()  # names; empty means all that are configured
    recorded: bool = True  # Function Compute has the watch; False: a watch of this process alone. Not in JSON
