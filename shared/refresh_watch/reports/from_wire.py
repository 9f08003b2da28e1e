"""A report read again from the JSON that `wire.py` wrote (docs/contracts.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any, TypeVar

from refresh_watch.errors import BadInput, Described, wrong_type
from refresh_watch.instants import Instant, parse_instant
from refresh_watch.model import AnyNote, FailedObject, Kind, Note, Outcome, Reason, Refusal, Word
from refresh_watch.report import Counts, Report, ReportKind, TaskReport
from refresh_watch.reports.texts import is_known

_W = TypeVar("_W", bound=Word)
_T = TypeVar("_T")


def decode(data: bytes | str) -> Report:
    """The report that `encode` wrote. Raises BadInput, which names the key and what is allowed, when it is none."""
    try:
        value = json.loads(data)
    except ValueError:
        raise BadInput("report", Described("text that is not JSON"), "the JSON of a report") from None
    return from_json(value)


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
        notes=_notes(_texts(entry, "notes"), _list(entry, "note_keys")),
        request_id=_text(entry, "api_request_id"),
        caller_request_id=_text(entry, "request_id"),
        channels=_texts(entry, "channels"),
    )


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


def _notes(sentences: Sequence[str], keys: Sequence[Any]) -> tuple[AnyNote, ...]:
    """A note that is not a text of ours stays a sentence."""
    pairs = zip_longest(sentences, keys[: len(sentences)])
    return tuple(_note(key) or sentence for sentence, key in pairs)


def _note(given: Any) -> Note | None:
    if not isinstance(given, Mapping) or not isinstance(given.get("words", {}), Mapping):
        return None
    words = given.get("words", {})
    note = Note(str(given.get("key", "")), tuple((str(name), str(value)) for name, value in words.items()))
    return note if is_known(note) else None


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
