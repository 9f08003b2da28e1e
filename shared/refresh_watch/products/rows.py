"""From an answer's JSON to a `Page`: the one place that knows the shapes.

    list, CDN        {"Tasks": {"CDNTask": [row, ...]}, "PageNumber", "PageSize", "TotalCount", "RequestId"}
    list, DCDN, VOD  {"Tasks": {"Task": [row, ...]}, ...}
    by id            {"Tasks": [row, ...], "TotalCount", "RequestId"}; documented as if wrapped like the list

A row has TaskId, ObjectPath, ObjectType, Status, Process, CreationTime, Description (documents of
DescribeRefreshTasks, DescribeDcdnRefreshTasks, DescribeVodRefreshTasks). The SDKs convert no type: numbers may come as
strings and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant, parse_instant
from refresh_watch.model import ObjectRow, Page, Status

STATUS_CHARACTERS = 40
"""Characters of a status word that are kept: the documents' longest has ten."""

NUMBER_DIGITS = 18
"""Digits that a count may have: `int` refuses thousands of them, and no task has so many objects."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def read_list(body: object, container: str, page_number: int = 1) -> Page:
    """Read a list answer whose rows lie in ``Tasks.<container>``. Raises Retryable for any other shape."""
    answer = _object(body, "the answer")
    tasks = _object(answer.get("Tasks"), "Tasks")
    return _page(answer, tasks.get(container), f"Tasks.{container}", page_number)


def read_by_id(body: object, container: str) -> Page:
    """Read a by-id answer: a plain list, or the documented wrapper. Raises Retryable for any other shape."""
    answer = _object(body, "the answer")
    tasks = answer.get("Tasks")
    return _page(answer, tasks.get(container) if isinstance(tasks, dict) else tasks, "Tasks", 1)


def _page(answer: Mapping[str, Any], rows: object, where: str, page_number: int) -> Page:
    if not isinstance(rows, list):
        raise _wrong(f"{where} is {_name(rows)}, not a list")
    total = _number(answer.get("TotalCount"))
    if total is None:
        raise _wrong("TotalCount is no number")
    if total and not rows and page_number == 1:
        raise _wrong(f"TotalCount is {total}, but there is no row")
    return Page(
        rows=tuple(_row(row) for row in rows),
        total=total,
        request_id=_text(answer.get("RequestId")),
        page_number=_number(answer.get("PageNumber")),
        page_size=_number(answer.get("PageSize")),
    )


def _row(value: object) -> ObjectRow:
    row = _object(value, "a row")
    task_id = _text(row.get("TaskId"))
    if not task_id:
        raise _wrong("a row has no TaskId")
    object_type = _text(row.get("ObjectType")).lower()
    status_word = _text(row.get("Status"))[:STATUS_CHARACTERS]
    return ObjectRow(
        task_id=task_id,
        object_path=_text(row.get("ObjectPath")),
        # DCDN's document (2025) and VOD's older one say `path` where the others say `directory`
        object_type="directory" if object_type == "path" else object_type,
        status=Status.of(status_word),
        status_word=status_word,
        process=_text(row.get("Process")),
        description=_text(row.get("Description")),
        created_at=_instant(_text(row.get("CreationTime"))),
    )


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(f"{where} is {_name(value)}, not an object")
    return value


def _name(value: object) -> str:
    return {type(None): "missing", list: "a list", dict: "an object"}.get(
        type(value), f"of type {type(value).__name__}"
    )


def _text(value: object) -> str:
    """A string or a number as text; anything else reads as missing.

    JSON can escape half an emoji, which no UTF-8 can carry on: it reads as U+FFFD. All else stays as it was written.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _SURROGATE.sub("\ufffd", str(value)).strip()


def _number(value: object) -> int | None:
    word = _text(value)
    return int(word) if word.isascii() and word.isdigit() and len(word) <= NUMBER_DIGITS else None


def _instant(word: str) -> Instant | None:
    try:
        return parse_instant(word)
    except ValueError:
        return None


def _wrong(what: str) -> Retryable:
    return Retryable(f"the API's answer has the wrong shape: {what}")
