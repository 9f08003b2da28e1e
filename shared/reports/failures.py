"""Why objects failed: the API's words for it, and how many failed for each reason.

Description is passed on verbatim by the product APIs, in spellings with and without spaces
(product-apis sheet, section 4.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.model import FailedObject, Status
from shared.report import Report
from shared.reports.plain import one_line

MOST_GROUPS = 6
"""Reasons that a message names; the objects of the others are counted together."""

_KNOWN = {"origintimeout": "origin_timeout", "internalerror": "internal_error"}
_ORIGIN_5XX = re.compile(r"originreturnstatuscode5(xx|\d\d)")


@dataclass(frozen=True)
class Failures:
    """The failed objects that a report names, of one reason."""

    key: str  # of the texts: `failure.<key>`, `next.<key>`
    words: str  # the API's own, where the key is `other`
    urls: tuple[str, ...]


def reason_of(failed: FailedObject) -> tuple[str, str]:
    """The key of the reason, and the API's own words for it where no text of ours knows them."""
    words = one_line(failed.description, 80)
    letters = re.sub(r"[^a-z0-9]", "", words.lower())
    if letters in _KNOWN:
        return _KNOWN[letters], ""
    if _ORIGIN_5XX.fullmatch(letters):
        return "origin_5xx", ""
    status = Status.of(failed.status)
    if status is Status.TIMEOUT:
        return "timeout", ""
    if status is Status.CANCELED:
        return "canceled", ""
    return ("other", words) if words else ("no_reason", "")


def by_reason(report: Report) -> tuple[Failures, ...]:
    """The named failed objects by reason, the most frequent reason first, at most MOST_GROUPS reasons."""
    urls: dict[tuple[str, str], list[str]] = {}
    for task in report.tasks:
        for failed in task.failed:
            urls.setdefault(reason_of(failed), []).append(failed.object_path)
    groups = [Failures(key, words, tuple(paths)) for (key, words), paths in urls.items()]
    return tuple(sorted(groups, key=lambda group: -len(group.urls))[:MOST_GROUPS])
