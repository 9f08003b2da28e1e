"""A report as a JSON object and back (docs/contracts.md). Nothing is cut here; see `bound.py`.

More keys than the contract shows, where they are filled: `report` (the kind), `id`, `made_at`, `refusal` (`reason`,
`code`, `message`, `action`, `request_id`), `problem`, `notes`, `note_keys` (notes.py), `request_id` (the caller's),
`api_request_id`, `failed_by_reason`, `tasks_left_out`, `submission_unknown`, `channels`; and in a task
`reason`, `failed_left_out`. A watch by path has `object_path` (and `task_ids` once bound) in place of `task_id`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, TypeVar

from refresh_watch.errors import BadInput, wrong_type
from refresh_watch.instants import Instant, format_instant, parse_instant
from refresh_watch.model import FailedObject, Kind, Outcome, Reason, Refusal, Word
from refresh_watch.report import Counts, Report, ReportKind, TaskReport
from refresh_watch.reports.notes import notes_from_json, notes_to_json

_W = TypeVar("_W", bound=Word)
_T = TypeVar("_T")


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
        "tasks": [task_to_json(task, by_path=report.by_path) for task in report.tasks],
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
        **notes_to_json(report.notes),
        "request_id": report.caller_request_id,
        "api_request_id": report.request_id,
        "channels": list(report.channels),
        "by_path": report.by_path and not report.tasks,  # where no task shows it
    }
    return contract | {key: value for key, value in more.items() if value}


def task_to_json(task: TaskReport, *, by_path: bool) -> dict[str, Any]:
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


def from_json(value: Any) -> Report:
    """The report that `to_json` wrote. Unknown keys, which a newer version may write, are ignored.

    Raises BadInput, which names the key and what is allowed.
    """
    entry = _object("report", value)
    counts = _object("counts", entry.get("counts", {}))
    entries = [_object("tasks", task) for task in _list(entry, "tasks")]
    failed_by_reason = _object("failed_by_reason", entry.get("failed_by_reason", {}))
    refusal = entry.get("refusal")
    return Report(
        id=_text(entry, "id"),
        kind=_word(ReportKind, "report", entry.get("report")),
        made_at=_instant(entry, "made_at") or 0.0,
        watch_id=_text(entry, "watch_id"),
        product=_text(entry, "product"),
        job=_word(Kind, "kind", entry.get("kind", Kind.UNKNOWN.value)),
        label=_text(entry, "label"),
        outcome=_maybe(Outcome, "outcome", entry),
        counts=Counts(**{name: _number(counts, name) for name in asdict(Counts())}),
        tasks=tuple(_task(task) for task in entries),
        reasons=tuple((key, _number(failed_by_reason, key)) for key in failed_by_reason),
        tasks_left_out=_number(entry, "tasks_left_out"),
        by_path=bool(entry.get("by_path")) or any("object_path" in task for task in entries),
        submitted_at=_instant(entry, "submitted_at"),
        submission_unknown=bool(entry.get("submission_unknown")),
        settled_at=_instant(entry, "settled_at"),
        looks=_number(entry, "looks"),
        api_calls=_number(entry, "api_calls"),
        refusal=_refusal(_object("refusal", refusal)) if refusal is not None else None,
        problem=_text(entry, "problem"),
        notes=notes_from_json(_texts(entry, "notes"), _list(entry, "note_keys")),
        request_id=_text(entry, "api_request_id"),
        caller_request_id=_text(entry, "request_id"),
        channels=_texts(entry, "channels"),
    )


def compact(value: Any) -> bytes:
    """JSON as it is sent: UTF-8, no spaces. A lone surrogate, which UTF-8 cannot carry, becomes ``?``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _failed_to_json(failed: FailedObject) -> dict[str, str]:
    entry = {"object_path": failed.object_path, "status": failed.status}
    return entry | ({"description": failed.description} if failed.description else {})


def _refusal(entry: dict[str, Any]) -> Refusal:
    texts = {key: _text(entry, key) for key in ("code", "message", "action", "request_id")}
    return Refusal(_word(Reason, "refusal.reason", entry.get("reason")), **texts)


def _task(entry: dict[str, Any]) -> TaskReport:
    failed = [_object("failed", each) for each in _list(entry, "failed")]
    return TaskReport(
        item=_text(entry, "object_path" if "object_path" in entry else "task_id"),
        outcome=_maybe(Outcome, "outcome", entry),
        objects=_number(entry, "objects"),
        settled_at=_instant(entry, "settled_at"),
        status=_text(entry, "status"),
        reason=_maybe(Reason, "reason", entry),
        task_ids=_texts(entry, "task_ids"),
        failed=tuple(
            FailedObject(_text(each, "object_path"), _text(each, "status"), _text(each, "description"))
            for each in failed
        ),
        failed_left_out=_number(entry, "failed_left_out"),
    )


def _written(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)


def _instant(entry: dict[str, Any], key: str) -> Instant | None:
    text = _text(entry, key)
    try:
        return parse_instant(text) if text else None
    except ValueError:
        raise BadInput(key, text, "an instant such as 2026-11-22T08:00:00Z") from None


def _word(words: type[_W], key: str, value: Any) -> _W:
    try:
        return words(value)
    except ValueError:
        raise BadInput(key, value, ", ".join(word.value for word in words)) from None


def _maybe(words: type[_W], key: str, entry: dict[str, Any]) -> _W | None:
    return None if entry.get(key) is None else _word(words, key, entry[key])


def _object(key: str, value: Any) -> dict[str, Any]:
    return _typed(key, value, dict, "an object")


def _list(entry: dict[str, Any], key: str) -> list[Any]:
    return _typed(key, entry.get(key, []), list, "a list")


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return "" if value is None else _typed(key, value, str, "a string")


def _texts(entry: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(_typed(key, value, str, "a list of strings") for value in _list(entry, key))


def _number(entry: dict[str, Any], key: str) -> int:
    value = entry.get(key, 0)
    if isinstance(value, bool):
        raise wrong_type(key, value, "a whole number")
    return _typed(key, value, int, "a whole number")


def _typed(key: str, value: Any, kind: type[_T], allowed: str) -> _T:
    if not isinstance(value, kind):
        raise wrong_type(key, value, allowed)
    return value
