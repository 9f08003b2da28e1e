"""From a report to the message that on-call reads."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import islice

from refresh_watch.deployment import Deployment
from refresh_watch.model import Kind, Outcome, Reason
from refresh_watch.product_specs.registry import spec_named
from refresh_watch.report import Counts, Report, ReportKind
from refresh_watch.reports.advice import causes_of, next_steps, unverifiable_reasons
from refresh_watch.reports.command import command
from refresh_watch.reports.facts import counted, facts, listed
from refresh_watch.reports.failures import Failures, by_reason
from refresh_watch.reports.message import SAMPLES, FailureGroup, Link, Message, Severity
from refresh_watch.reports.plain import name_only, one_line
from refresh_watch.reports.texts import text

_COUNTED = {
    **dict.fromkeys(("failed", "partly_failed", "interim"), ("failed",)),
    "overdue": ("overdue",),
    "unverifiable": ("unverifiable",),
    "stopped": ("overdue", "unverifiable"),
}
"""The objects that the sentence of a state counts; the other sentences are about all, or about the watch."""

_LONGEST_NAME = 80  # a lock screen shows less
_LONGEST_URL = 1024  # the longest that the submit APIs take (SDK comment of PushObjectCache)


def compose(report: Report, *, language: str, deployment: Deployment) -> Message:
    """The report in that language. What is not known of `deployment` is left out."""
    failures = by_reason(report)
    state = _state(report)
    tags = (_job(report, language), deployment.environment, _status(report, state, language))
    return Message(
        language=language,
        severity=_severity(report),
        tags=tuple(tag for tag in tags if tag),
        name=_name(report, language),
        summary=_summary(report, state, language),
        facts=facts(report, language, deployment),
        groups=_groups(report, failures, language),
        next_steps=next_steps(report, failures, language),
        is_failure=report.counts.failed > 0 or report.kind is ReportKind.BROKEN,
        command=command(report),
        links=_links(report, language),
        event=name_only(report.id, 40),
    )


def _state(report: Report) -> str:
    """The key of title and summary in the texts."""
    if report.kind is not ReportKind.FINAL:
        return str(report.kind)
    outcome = report.outcome or Outcome.UNVERIFIABLE
    if outcome in (Outcome.UNVERIFIABLE, Outcome.OVERDUE) and Reason.STOPPED in unverifiable_reasons(report):
        return "stopped"
    return str(outcome)


def _severity(report: Report) -> Severity:
    if report.kind is ReportKind.FINAL and report.outcome is Outcome.COMPLETE:
        return Severity.OK
    failed = report.kind is ReportKind.FINAL and report.outcome is Outcome.FAILED
    # an interim report is as of a partial failure: the end may be worse, not better
    return Severity.BAD if failed or report.kind is ReportKind.BROKEN else Severity.WARNING


def _job(report: Report, language: str) -> str:
    # a rejected request may name a product that does not exist: its words stay out of the title
    spec = spec_named(report.product)
    if spec is None:
        return text(language, "job.none")
    kind = {Kind.REFRESH: "refresh", Kind.PREFETCH: "prefetch"}.get(report.job, "unknown")
    return text(language, f"job.{kind}", product=spec.names[language])


def _status(report: Report, state: str, language: str) -> str:
    counts = report.counts
    count = {
        "complete": counts.complete,
        "overdue": counts.overdue,
        "unverifiable": counts.unverifiable,
        "stopped": counts.overdue + counts.unverifiable,
    }.get(state, counts.failed)
    return text(language, f"title.{state}", count=count, total=counts.total)


def _summary(report: Report, state: str, language: str) -> str:
    """What happened, in one or two sentences of our own: the part of a message that is never cut.

    How many objects ended in that state, why their end is not known, and how the others ended.

    `state` is the key of the sentence in the texts.
    """
    counts = report.counts
    numbers = {**asdict(counts), "total": counts.total, "open": counts.overdue + counts.unverifiable}
    sentence = text(language, f"summary.{state}", **numbers)
    causes = causes_of(report) if state == "unverifiable" else ()
    if causes:
        why = listed([text(language, f"reason.{cause}") for cause in causes], language)
        sentence = text(language, "summary.with_why", summary=sentence, why=why)
    rest = replace(counts, **dict.fromkeys(_COUNTED[state], 0)) if state in _COUNTED else Counts()
    others = counted(rest, language)
    return text(language, "summary.with_others", summary=sentence, counts=others) if others else sentence


def _name(report: Report, language: str) -> str:
    label = one_line(report.label, _LONGEST_NAME)
    if label:
        return label
    if not report.by_path and report.tasks:
        first = one_line(report.tasks[0].item, 40)
        others = len(report.tasks) + report.tasks_left_out - 1
        return text(language, "title.more_tasks", first=first, count=others) if others else first
    return one_line(report.watch_id, 40)


def _groups(report: Report, failures: tuple[Failures, ...], language: str) -> tuple[FailureGroup, ...]:
    groups = []
    for each in failures:
        urls = (one_line(url, _LONGEST_URL) for url in dict.fromkeys(each.urls))
        samples = tuple(islice((url for url in urls if url), SAMPLES))
        reason = text(language, f"failure.{each.key}", words=each.words)
        groups.append(FailureGroup(reason, each.count, samples, untrusted=each.key == "other"))
    rest = report.counts.failed - sum(group.count for group in groups)
    if rest > 0:
        key = "failure.rest" if groups else "failure.no_reason"
        groups.append(FailureGroup(text(language, key), rest))
    return tuple(groups)


def _links(report: Report, language: str) -> tuple[Link, ...]:
    """A page of the product's console, without anything that a request or an API wrote."""
    spec = spec_named(report.product)
    if spec is None:
        return ()  # a rejected request may name a product that does not exist
    return (Link(text(language, "link.console", product=spec.names[language]), spec.console),)
