"""Cuts a report to a size: what is left out, in which order, and how many."""

from __future__ import annotations

from dataclasses import replace

from refresh_watch.model import AnyNote, Outcome
from refresh_watch.report import Report, TaskReport
from refresh_watch.reports.as_json import compact, task_to_json, to_json

MAX_REPORT_BYTES = 18_000
"""A webhook's body stays under 20 KB (Standard Webhooks asks for it); its envelope needs the rest."""

_SAMPLES = (20, 3, 1)  # failed objects a task keeps, the first that lets all failed tasks stay
_FIRST_TO_STAY = (Outcome.FAILED, Outcome.PARTLY_FAILED, None, Outcome.OVERDUE, Outcome.UNVERIFIABLE, Outcome.COMPLETE)
MOST_NOTES = 5
"""Notes that a report keeps, and that a message shows."""


def bounded(report: Report, most: int = MAX_REPORT_BYTES) -> Report:
    """The report cut so that its JSON has at most `most` bytes (not under 8,000). `counts` are never cut.

    Complete tasks are left out first and failed ones last; before that, failed tasks lose samples. How many were left
    out is in `tasks_left_out` and `failed_left_out`. A report that fits is returned as it is.
    """
    if len(compact(to_json(report))) <= most:
        return report
    short = _short_texts(report)
    frame = replace(short, tasks=(), tasks_left_out=report.tasks_left_out + len(report.tasks))
    room = most - len(compact(to_json(frame))) - len(',"by_path":true')
    failed = [task for task in report.tasks if task.outcome in _FIRST_TO_STAY[:2]]
    for samples in _SAMPLES:
        if sum(_size(report, _with_samples(task, samples)) for task in failed) <= room:
            break
    kept: dict[int, TaskReport] = {}
    by_worth = sorted(enumerate(report.tasks), key=lambda each: _FIRST_TO_STAY.index(each[1].outcome))
    for place, task in by_worth:
        for most_samples in (samples, 0):
            candidate = _with_samples(task, most_samples)
            size = _size(report, candidate)
            if size <= room:
                kept[place] = candidate
                room -= size
                break
    tasks = tuple(task for _, task in sorted(kept.items()))
    return replace(short, tasks=tasks, tasks_left_out=report.tasks_left_out + len(report.tasks) - len(tasks))


def _size(report: Report, task: TaskReport) -> int:
    return len(compact(task_to_json(task, by_path=report.by_path))) + 1  # and its comma


def _with_samples(task: TaskReport, samples: int) -> TaskReport:
    left_out = max(0, len(task.failed) - samples)
    if not left_out:
        return task
    return replace(task, failed=task.failed[:samples], failed_left_out=task.failed_left_out + left_out)


def _short_texts(report: Report) -> Report:
    refusal = report.refusal
    if refusal is not None:
        refusal = replace(
            refusal,
            code=_cut_bytes(refusal.code, 200),
            message=_cut_bytes(refusal.message, 800),
            action=_cut_bytes(refusal.action, 200),
            request_id=_cut_bytes(refusal.request_id, 100),
        )
    return replace(
        report,
        product=_cut_bytes(report.product, 40),
        label=_cut_bytes(report.label, 400),
        problem=_cut_bytes(report.problem, 800),
        notes=tuple(_short_note(note) for note in report.notes[:MOST_NOTES]),
        refusal=refusal,
        request_id=_cut_bytes(report.request_id, 100),
    )


def _short_note(note: AnyNote) -> AnyNote:
    if isinstance(note, str):
        return _cut_bytes(note, 300)
    # JSON holds its words twice: in the sentence too
    return replace(note, words=tuple((name, _cut_bytes(value, 150)) for name, value in note.words))


def _cut_bytes(text: str, most: int) -> str:
    """The longest beginning of the text that has at most `most` bytes in JSON."""
    if len(compact(text)) <= most:
        return text
    end = min(len(text), most)
    while len(compact(text[:end] + "…")) > most:
        end -= max(1, (len(compact(text[:end])) - most) // 6)
    return text[:end] + "…"
