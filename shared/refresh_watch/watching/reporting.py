"""How a watch ended, and its reports: a task's outcome follows from its objects, and a watch's from its tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from refresh_watch.instants import Instant
from refresh_watch.model import FailedObject, Outcome, Reason
from refresh_watch.report import Counts, Report, ReportKind, TaskReport
from refresh_watch.watch import Watch, WatchedItem


def outcome_of(*, complete: int, failed: int, overdue: int = 0, unverifiable: int = 0) -> Outcome:
    """The outcome of a task or a watch by how its objects ended; at least one count is over 0."""
    if failed:
        return Outcome.PARTLY_FAILED if complete else Outcome.FAILED
    if overdue:
        return Outcome.OVERDUE
    return Outcome.UNVERIFIABLE if unverifiable else Outcome.COMPLETE


def counts_of(items: Iterable[WatchedItem]) -> Counts:
    """How many objects ended how; an item that never showed one counts as one."""
    complete = failed = overdue = unverifiable = running = 0
    for item in items:
        complete += item.complete
        failed += item.failed
        rest = item.running if item.seen else 1
        if item.outcome is None:
            running += rest
        elif item.reason is not None:
            # how the objects ended that were running when the API began to refuse is not known
            unverifiable += rest
        else:
            overdue += rest
    return Counts(complete, failed, overdue, unverifiable, running)


def interim_report(watch: Watch, now: Instant) -> Report:
    """The first failure, published at once while the rest is still running."""
    counts = counts_of(watch.items)
    outcome = outcome_of(complete=counts.complete, failed=counts.failed)
    return _report(watch, now, f"i-{watch.id}", ReportKind.INTERIM, outcome=outcome)


def final_report(watch: Watch, now: Instant) -> Report:
    """How every item ended."""
    settled = [item.settled_at for item in watch.items if item.settled_at is not None]
    counts = counts_of(watch.items)
    return _report(
        watch,
        now,
        f"f-{watch.id}",
        ReportKind.FINAL,
        outcome=outcome_of(
            complete=counts.complete,
            failed=counts.failed,
            overdue=counts.overdue,
            unverifiable=counts.unverifiable,
        ),
        settled_at=max(settled, default=now),
    )


def broken_report(watch: Watch, now: Instant, problem: str) -> Report:
    """refresh-watch itself failed on this watch; `problem` says in one line how."""
    return _report(watch, now, f"b-{watch.id}", ReportKind.BROKEN, problem=problem)


def _report(watch: Watch, now: Instant, report_id: str, kind: ReportKind, **rest: object) -> Report:
    request = watch.request
    given: dict[str, object] = {
        "watch_id": watch.id,
        "product": request.product.value,
        "job": watch.kind,
        "label": request.label,
        "counts": counts_of(watch.items),
        "reasons": _total(item.reasons for item in watch.items),
        "tasks": tuple(_task_report(watch, item) for item in watch.items),
        "by_path": bool(request.object_paths),
        "submitted_at": watch.started_at,
        "submission_unknown": request.submitted_at is None,
        "looks": watch.looks,
        "api_calls": watch.api_calls,
        "refusal": watch.refusal,
        "problem": watch.problem if any(item.reason is Reason.NO_ANSWER for item in watch.items) else "",
        "notes": watch.notes,
        "request_id": watch.request_id,
        "caller_request_id": request.request_id,
        "channels": request.channels,
    }
    return Report(report_id, kind, now, **{**given, **rest})  # type: ignore[arg-type]


def _task_report(watch: Watch, item: WatchedItem) -> TaskReport:
    failed = samples_of(watch, item.item)
    return TaskReport(
        item=item.item,
        outcome=item.outcome,
        objects=max(1, item.complete + item.failed + item.running),
        settled_at=item.settled_at,
        status=item.status_word,
        reason=item.reason,
        task_ids=item.task_ids if watch.request.object_paths else (),
        failed=failed,
        failed_left_out=item.failed - len(failed),
    )


def samples_of(watch: Watch, item: str) -> tuple[FailedObject, ...]:
    """The failed objects of one item that the state carries."""
    return tuple(sample for name, sample in watch.samples if name == item)


def bounded_samples(
    samples: Iterable[tuple[str, FailedObject]], most: int, most_bytes: int
) -> tuple[tuple[str, FailedObject], ...]:
    """The first samples that fit: at most `most`, and `most_bytes` bytes of UTF-8 together."""
    kept: list[tuple[str, FailedObject]] = []
    used = 0
    for item, sample in samples:
        size = len(f"{item}{sample.object_path}{sample.status}{sample.description}".encode())
        if len(kept) == most or used + size > most_bytes:
            break
        kept.append((item, sample))
        used += size
    return tuple(kept)


def _total(tallies: Iterable[tuple[tuple[str, int], ...]]) -> tuple[tuple[str, int], ...]:
    """The sum of several tallies, the most frequent first."""
    counts: Counter[str] = Counter()
    for one in tallies:
        counts.update(dict(one))
    return tuple(counts.most_common())
