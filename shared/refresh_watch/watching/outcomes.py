"""How the outcome of a task follows from its objects, and that of a watch from its tasks (docs/contracts.md)."""

from __future__ import annotations

from collections.abc import Iterable

from refresh_watch.model import Outcome
from refresh_watch.report import Counts
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


def outcome_of_watch(watch: Watch) -> Outcome:
    """The outcome of a watch whose items are all settled."""
    counts = counts_of(watch.items)
    return outcome_of(
        complete=counts.complete,
        failed=counts.failed,
        overdue=counts.overdue,
        unverifiable=counts.unverifiable,
    )
