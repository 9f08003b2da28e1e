"""A report between two functions and in a webhook: bounded UTF-8 JSON (docs/contracts.md) and back."""

from __future__ import annotations

import json

from refresh_watch.errors import BadInput, Described
from refresh_watch.report import Report
from refresh_watch.reports.as_json import compact, from_json, to_json
from refresh_watch.reports.bound import MAX_REPORT_BYTES, bounded

__all__ = ["MAX_REPORT_BYTES", "bounded", "compact", "decode", "encode", "from_json", "to_json"]


def encode(report: Report) -> bytes:
    """The report as UTF-8 JSON of at most MAX_REPORT_BYTES: what does not fit is left out and counted."""
    return compact(to_json(bounded(report)))


def decode(data: bytes | str) -> Report:
    """The report that `encode` wrote. Raises BadInput, which names the key and what is allowed, when it is none."""
    try:
        value = json.loads(data)
    except ValueError:
        raise BadInput("report", Described("text that is not JSON"), "the JSON of a report") from None
    return from_json(value)
