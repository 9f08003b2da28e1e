"""What to do about it: the next steps of a report, and the commands that list what failed."""

from __future__ import annotations

import re

from shared.model import Outcome, Product, Reason
from shared.report import Report, ReportKind
from shared.reports.failures import Failures
from shared.reports.plain import name_only
from shared.reports.texts import text

_TASK_ID = re.compile(r"[0-9]{1,32}")
MOST_STEPS = 4
MOST_COMMANDS = 3

_RAM_ACTIONS = {
    Product.CDN.value: "cdn:DescribeRefreshTasks, cdn:DescribeRefreshTaskById",
    Product.DCDN.value: "dcdn:DescribeDcdnRefreshTasks, dcdn:DescribeDcdnRefreshTaskById",
    Product.VOD.value: "vod:DescribeVodRefreshTasks",
    Product.VOD_LEGACY.value: "vod:DescribeVodRefreshTasks",
}
"""What the queries need (the RAM tables of the API documents), where the refusal does not name the missing one."""


def next_steps(report: Report, failures: tuple[Failures, ...], language: str) -> tuple[str, ...]:
    """One sentence a reason, in the order failures, overdue, unverifiable; at most MOST_STEPS."""
    if report.kind in (ReportKind.REJECTED, ReportKind.BROKEN):
        return (text(language, f"next.{report.kind}"),)
    keys = [group.key for group in failures]
    if report.counts.failed and not keys:
        keys.append("no_reason")
    if report.kind is ReportKind.FINAL:
        if report.counts.overdue:
            keys.append("overdue")
        keys.extend(reason.value for reason in reasons_of(report))
    refusal = report.refusal
    action = (refusal.action if refusal else "") or _RAM_ACTIONS.get(report.product, "")
    values = {"action": name_only(action, 200), "code": name_only(refusal.code if refusal else "", 100) or "-"}
    return tuple(text(language, f"next.{key}", **values) for key in dict.fromkeys(keys))[:MOST_STEPS]


def reasons_of(report: Report) -> dict[Reason, int]:
    """Why tasks are unverifiable: each reason and how many tasks it has among those that the report names."""
    found: dict[Reason, int] = {}
    for task in report.tasks:
        if task.reason is not None:
            found[task.reason] = found.get(task.reason, 0) + 1
    if not found and report.refusal is not None:
        found[report.refusal.reason] = 0
    return found


def commands(report: Report) -> tuple[str, ...]:
    """For each task that has failures, the command that lists its failed URLs, to submit them again.

    One task a command: only the by-id operations are known to take several ids (their SDK comments).
    """
    if report.product not in _RAM_ACTIONS:
        return ()
    ids: list[str] = []
    for task in report.tasks:
        if task.outcome in (Outcome.FAILED, Outcome.PARTLY_FAILED) or task.failed:
            ids.extend(task.task_ids if report.by_path else (task.item,))
    return tuple(
        f"refresh-watch list {report.product} --task-id {task_id} --status failed --urls"
        for task_id in dict.fromkeys(ids)
        if _TASK_ID.fullmatch(task_id)
    )
