"""A report as bounded UTF-8 JSON (docs/contracts.md), between two functions and in a webhook. `from_wire.py` reads it.

Further keys than those of the contract's example, where they are filled: `report` (the kind), `id`, `made_at`,
`refusal` (`reason`, `code`, `message`, `action`, `request_id`), `problem`, `notes`, `note_keys`, `request_id` (the
caller's), `api_request_id`, `failed_by_reason`, `tasks_left_out`, `submission_unknown`, `channels`; and in a task
`reason`, `failed_left_out`. A watch by path has `object_path` (and `task_ids` once bound) in place of `task_id`.

`notes` are English sentences. `note_keys` says which of them are texts of ours, so that a message can show them in the
reader's language; a version that does not know a key shows the sentence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from refresh_watch.instants import Instant, format_instant
from refresh_watch.model import AnyNote, FailedObject, Note, Outcome
from refresh_watch.report import Report, TaskReport
from refresh_watch.reports.texts import JSON_LANGUAGE, note_text

MAX_REPORT_BYTES = 18_000
"""A webhook's body stays under 20 KB (Standard Webhooks asks for it); its envelope needs the rest."""

_SAMPLES = (20, 3, 1)  # failed objects a task keeps, the first that lets all failed tasks stay
_FIRST_TO_STAY = (Outcome.FAILED, Outcome.PARTLY_FAILED, None, Outcome.OVERDUE, Outcome.UNVERIFIABLE, Outcome.COMPLETE)
MOST_NOTES = 5
"""Notes that a report keeps, and that a message shows."""


def encode(report: Report) -> bytes:
    """The report as UTF-8 JSON of at most MAX_REPORT_BYTES: what does not fit is left out and counted."""
    return compact(to_json(bounded(report)))


def compact(value: Any) -> bytes:
    """JSON as it is sent: UTF-8, no spaces. A lone surrogate, which UTF-8 cannot carry, becomes ``?``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def to_json(report: Report) -> dict[str, Any]:
    """The report in the shape of the contract, nothing cut. Instants are written in whole seconds."""
    counts = asdict(report.counts)
    if not report.counts.running:
        del counts["running"]
    contract = {
        "watch_id": report.watch_id,
        "product": report.product,
        "kind": report.job.value,
        "label": report.label,
        "outcome": report.outcome.value if report.outcome else None,
        "counts": counts,
        "tasks": [_task_to_json(task, by_path=report.by_path) for task in report.tasks],
        "submitted_at": _written(report.submitted_at),
        "settled_at": _written(report.settled_at),
        "looks": report.looks,
        "api_calls": report.api_calls,
        "report": report.kind.value,
        "id": report.id,
        "made_at": _written(report.made_at),
    }
    more = {
        "failed_by_reason": dict(report.reasons),
        "tasks_left_out": report.tasks_left_out,
        "submission_unknown": report.submission_unknown,
        "refusal": report.refusal and {**asdict(report.refusal), "reason": report.refusal.reason.value},
        "problem": report.problem,
        **_notes_to_json(report.notes),
        "request_id": report.caller_request_id,
        "api_request_id": report.request_id,
        "channels": list(report.channels),
        "by_path": report.by_path and not report.tasks,  # where no task shows it
    }
    return contract | {key: value for key, value in more.items() if value}


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


def _task_to_json(task: TaskReport, *, by_path: bool) -> dict[str, Any]:
    """One entry of `tasks`."""
    fixed = {
        "object_path" if by_path else "task_id": task.item,
        "outcome": task.outcome.value if task.outcome else None,
        "objects": task.objects,
    }
    more = {
        "settled_at": _written(task.settled_at),
        "status": task.status,
        "reason": task.reason.value if task.reason else None,
        "task_ids": list(task.task_ids),
        "failed": [_failed_to_json(failed) for failed in task.failed],
        "failed_left_out": task.failed_left_out,
    }
    return fixed | {key: value for key, value in more.items() if value not in (None, "", [], 0)}


def _failed_to_json(failed: FailedObject) -> dict[str, str]:
    entry = {"object_path": failed.object_path, "status": failed.status}
    return entry | ({"description": failed.description} if failed.description else {})


def _notes_to_json(notes: Sequence[AnyNote]) -> dict[str, Any]:
    """`notes`; and where a note is a text of ours, `note_keys` with as many entries, null for the others."""
    written: dict[str, Any] = {"notes": [note_text(note, JSON_LANGUAGE) for note in notes]}
    if any(isinstance(note, Note) for note in notes):
        written["note_keys"] = [
            {"key": note.key, "words": dict(note.words)} if isinstance(note, Note) else None for note in notes
        ]
    return written


def _written(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)


def _size(report: Report, task: TaskReport) -> int:
    return len(compact(_task_to_json(task, by_path=report.by_path))) + 1  # and its comma


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
