"""The failed objects that a report names, by reason; the counts are of all failed objects."""

from __future__ import annotations

from dataclasses import dataclass, replace

from refresh_watch.report import Report
from refresh_watch.reports.plain import one_line
from refresh_watch.watching.reasons import OTHER, failure_reason_of

MOST_GROUPS = 6
"""Reasons that a message names; objects with other reasons are counted together."""


@dataclass(frozen=True)
class Failures:
    """The failed objects of one reason: how many, and the URLs of those that a report names."""

    key: str  # of the texts: `failure.<key>`, `next.<key>`
    words: str  # the API's own, where the key is `other`
    urls: tuple[str, ...]
    count: int


def by_reason(report: Report) -> tuple[Failures, ...]:
    """The failures by reason, the most frequent reason first, at most MOST_GROUPS reasons.

    Their counts add up to no more than all failed objects; what is missing belongs to no group.
    """
    urls: dict[tuple[str, str], list[str]] = {}
    for task in report.tasks:
        for failed in task.failed:
            key = failure_reason_of(failed)
            urls.setdefault((key, one_line(failed.description, 80) if key == OTHER else ""), []).append(
                failed.object_path
            )
    counted = dict(report.reasons)
    for key in counted:
        if key != OTHER:
            urls.setdefault((key, ""), [])
    groups = [
        # of unknown words only the samples are counted: `reasons` has one number for all of them
        Failures(key, words, tuple(paths), len(paths) if key == OTHER else max(counted.get(key, 0), len(paths)))
        for (key, words), paths in urls.items()
    ]
    left = report.counts.failed
    shown = []
    for group in sorted(groups, key=lambda group: -group.count)[:MOST_GROUPS]:
        count = min(group.count, left)
        left -= count
        if count:
            shown.append(replace(group, count=count, urls=group.urls[:count]))
    return tuple(shown)
