"""From a report to the message that people read."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import islice

from shared.deployment import Deployment
from shared.instants import Instant, format_duration
from shared.model import Kind, Outcome, Product, Reason
from shared.report import Report, ReportKind
from shared.reports.advice import MOST_COMMANDS, commands, next_steps, reasons_of
from shared.reports.failures import Failures, by_reason
from shared.reports.message import SAMPLES, Fact, FailureGroup, Message, Severity
from shared.reports.plain import name_only, one_line
from shared.reports.texts import text

_SEVERITY = {
    Outcome.COMPLETE: Severity.OK,
    Outcome.FAILED: Severity.BAD,
    Outcome.PARTLY_FAILED: Severity.WARNING,
    Outcome.OVERDUE: Severity.WARNING,
    Outcome.UNVERIFIABLE: Severity.WARNING,
}
_SEVERITY_OF_KIND = {
    ReportKind.INTERIM: Severity.BAD,
    ReportKind.REJECTED: Severity.WARNING,
    ReportKind.BROKEN: Severity.BAD,
}
_LONGEST_NAME = 80  # a lock screen shows less
_LONGEST_URL = 1024  # the longest that the submit APIs take (SDK comment of PushObjectCache)
_TASKS_NAMED = 3
_NOTES = 3
_OF_OTHERS = ("tasks", "why", "last_status", "detail", "request_id", "watch", "note")


def compose(report: Report, *, language: str, deployment: Deployment) -> Message:
    """The report in that language. What is not known of `deployment` is left out."""
    failures = by_reason(report)
    lines = commands(report)
    state = _state(report)
    counts = report.counts
    tags = (_job(report, language), deployment.environment, _status(report, state, language))
    return Message(
        language=language,
        severity=_severity(report),
        tags=tuple(tag for tag in tags if tag),
        name=_name(report, language),
        summary=text(
            language,
            f"summary.{state}",
            total=counts.total,
            complete=counts.complete,
            failed=counts.failed,
            overdue=counts.overdue,
            unverifiable=counts.unverifiable,
        ),
        facts=_facts(report, language, deployment),
        groups=_groups(report, failures, language),
        next_steps=next_steps(report, failures, language),
        is_failure=report.counts.failed > 0 or report.kind is ReportKind.BROKEN,
        commands=lines[:MOST_COMMANDS],
        more_commands=max(0, len(lines) - MOST_COMMANDS),
        event=name_only(report.id, 40),
    )


def _state(report: Report) -> str:
    """The word under which title and summary stand in the texts."""
    if report.kind is not ReportKind.FINAL:
        return str(report.kind)
    outcome = report.outcome or Outcome.UNVERIFIABLE
    if outcome in (Outcome.UNVERIFIABLE, Outcome.OVERDUE) and Reason.STOPPED in reasons_of(report):
        return "stopped"
    return str(outcome)


def _severity(report: Report) -> Severity:
    if report.kind is ReportKind.FINAL:
        return _SEVERITY[report.outcome or Outcome.UNVERIFIABLE]
    return _SEVERITY_OF_KIND[report.kind]


def _job(report: Report, language: str) -> str:
    # a rejected request may name a product that does not exist: its words stay out of the title
    if report.product not in {product.value for product in Product}:
        return text(language, "job.none")
    kind = {Kind.REFRESH: "refresh", Kind.PREFETCH: "prefetch"}.get(report.job, "unknown")
    return text(language, f"job.{kind}", product=text(language, f"product.{report.product}"))


def _status(report: Report, state: str, language: str) -> str:
    counts = report.counts
    count = {
        "complete": counts.complete,
        "overdue": counts.overdue,
        "unverifiable": counts.unverifiable,
        "stopped": counts.overdue + counts.unverifiable,
    }.get(state, counts.failed)
    return text(language, f"title.{state}", count=count, total=counts.total)


def _name(report: Report, language: str) -> str:
    label = one_line(report.label, _LONGEST_NAME)
    if label:
        return label
    if not report.by_path and report.tasks:
        first = one_line(report.tasks[0].item, 40)
        others = len(report.tasks) + report.tasks_left_out - 1
        return text(language, "title.more_tasks", first=first, count=others) if others else first
    return one_line(report.watch_id, 40)


def _facts(report: Report, language: str, deployment: Deployment) -> tuple[Fact, ...]:
    settled = report.settled_at if report.kind is ReportKind.FINAL else None
    request_id = (report.refusal.request_id if report.refusal else "") or report.request_id
    values = [
        ("objects", _objects(report, language)),
        ("tasks", _tasks(report, language)),
        ("why", _why(report, language)),
        ("last_status", _last_status(report, language)),
        ("detail", one_line(report.problem, 400)),
        ("submitted", _moment(report.submitted_at)),
        ("settled", _moment(settled)),
        ("told", _moment(report.made_at) if settled is None else ""),
        ("took", _took(report, settled)),
        ("asked", text(language, "asked", looks=report.looks, calls=report.api_calls) if report.looks else ""),
        ("region", one_line(deployment.region, 40)),
        ("request_id", one_line(request_id, 64)),
        ("watch", one_line(report.watch_id, 64)),
        *(("note", one_line(note, 200)) for note in report.notes[:_NOTES]),
    ]
    return tuple(Fact(text(language, f"fact.{key}"), value, key in _OF_OTHERS) for key, value in values if value)


def _objects(report: Report, language: str) -> str:
    counts = report.counts
    parts = [
        text(language, f"count.{name}", count=count)
        for name, count in (
            ("complete", counts.complete),
            ("failed", counts.failed),
            ("overdue", counts.overdue),
            ("unverifiable", counts.unverifiable),
            ("running", counts.running),
        )
        if count
    ]
    return _listed(parts, language)


def _tasks(report: Report, language: str) -> str:
    if report.by_path:
        return ""  # its items are URLs: they stand among the failures
    named = [one_line(task.item, 40) for task in report.tasks[:_TASKS_NAMED]]
    others = len(report.tasks) + report.tasks_left_out - len(named)
    return _listed([*named, *([text(language, "more", count=others)] if others else [])], language)


def _why(report: Report, language: str) -> str:
    if report.kind is not ReportKind.FINAL:
        return ""
    parts = [text(language, f"reason.{reason}") for reason in reasons_of(report)]
    if report.refusal is not None:
        words = (one_line(report.refusal.code, 100), one_line(report.refusal.message, 300))
        parts.append(text(language, "label.separator").join(word for word in words if word))
    return _listed([part for part in parts if part], language)


def _last_status(report: Report, language: str) -> str:
    words = [one_line(task.status, 40) for task in report.tasks if task.outcome is Outcome.OVERDUE and task.status]
    return _listed(list(dict.fromkeys(words))[:3], language)


def _groups(report: Report, failures: tuple[Failures, ...], language: str) -> tuple[FailureGroup, ...]:
    groups = []
    for each in failures:
        urls = (one_line(url, _LONGEST_URL) for url in dict.fromkeys(each.urls))
        samples = tuple(islice((url for url in urls if url), SAMPLES))
        reason = text(language, f"failure.{each.key}", words=each.words)
        groups.append(FailureGroup(reason, each.count, samples, of_others=each.key == "other"))
    rest = report.counts.failed - sum(group.count for group in groups)
    if rest > 0:
        key = "failure.rest" if groups else "failure.no_reason"
        groups.append(FailureGroup(text(language, key), rest))
    return tuple(groups)


def _took(report: Report, settled: Instant | None) -> str:
    if settled is None or report.submitted_at is None or settled < report.submitted_at:
        return ""
    return format_duration(settled - report.submitted_at)


def _moment(instant: Instant | None) -> str:
    if instant is None:
        return ""
    return datetime.fromtimestamp(int(instant), tz=timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def _listed(parts: list[str], language: str) -> str:
    return text(language, "list.separator").join(parts)
