"""The command in a message: it lists every failed URL of a report, to submit them again."""

from __future__ import annotations

import re

from refresh_watch.model import Outcome
from refresh_watch.product_specs.registry import spec_named
from refresh_watch.report import Report, TaskReport

MOST_IDS = 20
"""Task ids that a command names; with more of them it names the watch, whose record has the ids."""

_TASK_ID = re.compile(r"[0-9]{1,32}")
_WATCH_ID = re.compile(r"[0-9A-Za-z]{1,40}")


def command(report: Report) -> str:
    """The command, or nothing where no object has failed. It has digits, letters and our own words only.

    It names the failing tasks, where the report has the ids of all of them and they are few; else the watch, whose
    record Function Compute keeps. A watch of one process alone has no such record, so its ids are named, however many.
    """
    if not report.counts.failed or spec_named(report.product) is None:
        return ""
    ids = _ids(report)
    is_recorded = report.recorded and _WATCH_ID.fullmatch(report.watch_id) is not None
    if ids and (len(ids) <= MOST_IDS or not is_recorded):
        return f"refresh-watch list {report.product} --task-id {','.join(ids)} --status failed --urls"
    if is_recorded:
        return f"refresh-watch list {report.product} --watch {report.watch_id} --status failed --urls"
    return ""


def _ids(report: Report) -> tuple[str, ...]:
    """The ids of all failing tasks, each once; none where the report does not name them all."""
    failing = [task for task in report.tasks if _has_failures(task)]
    named = sum(len(task.failed) + task.failed_left_out for task in failing)
    if report.tasks_left_out and named != report.counts.failed:
        return ()
    of_each = [task.task_ids if report.by_path else (task.item,) for task in failing]
    ids = tuple(dict.fromkeys(task_id for ids in of_each for task_id in ids))
    return ids if all(of_each) and all(_TASK_ID.fullmatch(task_id) for task_id in ids) else ()


def _has_failures(task: TaskReport) -> bool:
    return task.outcome in (Outcome.FAILED, Outcome.PARTLY_FAILED) or bool(task.failed or task.failed_left_out)
