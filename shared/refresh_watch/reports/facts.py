"""The facts of a message, one a line. What is not known is left out."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime, timedelta, timezone

from refresh_watch.deployment import Deployment
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Note, Outcome
from refresh_watch.report import Counts, Report, ReportKind
from refresh_watch.reports.advice import causes_of
from refresh_watch.reports.message import Fact
from refresh_watch.reports.plain import one_line
from refresh_watch.reports.texts import UTC_OFFSETS, is_ours, note_text, text
from refresh_watch.reports.wire import MOST_NOTES

_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_MOST_UNITS = 2
_TASKS_NAMED = 3
# the masked number of an account has asterisks, which are markup in some chats
_UNTRUSTED = ("tasks", "why", "last_status", "detail", "account", "request_id", "watch")


def facts(report: Report, language: str, deployment: Deployment) -> tuple[Fact, ...]:
    """All lines, in the order in which they are read."""
    request_id = (report.refusal.request_id if report.refusal else "") or report.request_id
    values = (
        ("objects", counted(report.counts, language)),
        ("tasks", _tasks(report, language)),
        ("why", _why(report, language)),
        ("last_status", _last_status(report, language)),
        ("detail", one_line(report.problem, 400)),
        *_times(report, language),
        ("asked", text(language, "asked", looks=report.looks, calls=report.api_calls) if report.looks else ""),
        ("account", one_line(deployment.masked_account, 40)),
        ("region", one_line(deployment.region, 40)),
        ("request_id", one_line(request_id, 64)),
        ("watch", one_line(report.watch_id, 64)),
    )
    made = [Fact(text(language, f"fact.{key}"), value, key in _UNTRUSTED) for key, value in values if value]
    for note in report.notes[:MOST_NOTES]:
        words = one_line(note_text(note, language), 300)
        if words:
            made.append(Fact(text(language, "fact.note"), words, not is_ours(note)))
    return tuple(made)


def counted(counts: Counts, language: str) -> str:
    """How many objects ended how; outcomes without an object are left out."""
    return listed(
        [text(language, f"count.{name}", count=count) for name, count in asdict(counts).items() if count], language
    )


def listed(parts: list[str], language: str) -> str:
    """The parts joined by the separator of the language."""
    return text(language, "list.separator").join(parts)


def _times(report: Report, language: str) -> tuple[tuple[str, str], ...]:
    """When it was submitted and settled, and how long that took at most: an end is seen only at a look.

    The labels say what is known: a request may not name its submission, and a watch may end before its job.
    """
    began, ended = report.submitted_at, report.settled_at
    first = ("accepted" if report.submission_unknown else "submitted", moment(began, language))
    if report.kind is not ReportKind.FINAL or ended is None:
        return (first, ("told", moment(report.made_at, language)))
    is_settled = not (report.counts.overdue or report.counts.unverifiable)
    lasted = "" if began is None or ended < began else at_most(ended - began, language)
    return (
        first,
        ("settled" if is_settled else "ended", moment(ended, language)),
        ("took" if is_settled and not report.submission_unknown else "waited", lasted),
    )


def _tasks(report: Report, language: str) -> str:
    if report.by_path:
        return ""  # its items are URLs, which the failures show
    named = [one_line(task.item, 40) for task in report.tasks[:_TASKS_NAMED]]
    others = len(report.tasks) + report.tasks_left_out - len(named)
    # joined as `list --task-id` takes them, in every language
    return listed([",".join(named), *([text(language, "more", count=others)] if others else [])], language)


def _why(report: Report, language: str) -> str:
    if report.kind is not ReportKind.FINAL:
        return ""
    parts = [text(language, f"reason.{cause}") for cause in causes_of(report)]
    refusal = report.refusal
    if refusal is not None and parts and not _is_noted(report):
        words = (one_line(refusal.code, 100), one_line(refusal.message, 300))
        parts.append(text(language, "label.separator").join(word for word in words if word))
    return listed([part for part in parts if part], language)


def _is_noted(report: Report) -> bool:
    """A note says, in the reader's language, who stopped the watch."""
    return any(isinstance(note, Note) and note.key == "stopped_by" for note in report.notes)


def _last_status(report: Report, language: str) -> str:
    words = [one_line(task.status, 40) for task in report.tasks if task.outcome is Outcome.OVERDUE and task.status]
    return listed(list(dict.fromkeys(words))[:3], language)


def moment(instant: Instant | None, language: str) -> str:
    """Date and time in whole seconds, with the time zone; empty for None."""
    if instant is None:
        return ""
    zone = timezone(timedelta(seconds=UTC_OFFSETS[language]))
    return text(language, "moment", moment=datetime.fromtimestamp(int(instant), tz=zone).strftime("%Y-%m-%d %H:%M:%S"))


def at_most(seconds: Seconds, language: str) -> str:
    """A duration in its two largest units, rounded up."""
    whole = max(0, math.ceil(seconds))
    first = next((place for place, (_, size) in enumerate(_UNITS) if whole >= size), len(_UNITS) - 1)
    step = _UNITS[min(first + _MOST_UNITS, len(_UNITS)) - 1][1]
    left = math.ceil(whole / step) * step
    parts = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(text(language, f"unit.{unit}", count=count))
    return " ".join(parts) or text(language, "unit.s", count=0)
