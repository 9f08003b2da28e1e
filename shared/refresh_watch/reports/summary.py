"""What happened, in one or two sentences of our own: the last thing that a message loses."""

from __future__ import annotations

from dataclasses import replace

from refresh_watch.report import Counts, Report
from refresh_watch.reports.advice import causes_of
from refresh_watch.reports.facts import counted, listed
from refresh_watch.reports.texts import text


def summary(report: Report, state: str, language: str) -> str:
    """What happened to which objects, why nothing is known of them, and how all the others stand.

    `state` is the word under which it stands in the texts.
    """
    counts = report.counts
    said = text(
        language,
        f"summary.{state}",
        total=counts.total,
        failed=counts.failed,
        overdue=counts.overdue,
        unverifiable=counts.unverifiable,
        open=counts.overdue + counts.unverifiable,
    )
    causes = causes_of(report) if state == "unverifiable" else ()
    if causes:
        why = listed([text(language, f"reason.{cause}") for cause in causes], language)
        said = text(language, "summary.with_why", summary=said, why=why)
    others = counted(_others(counts, state), language)
    return text(language, "summary.with_others", summary=said, counts=others) if others else said


def _others(counts: Counts, state: str) -> Counts:
    """The objects that the sentence of that state does not speak of; none where it speaks of all or of the watch."""
    match state:
        case "failed" | "partly_failed" | "interim":
            return replace(counts, failed=0)
        case "overdue":
            return replace(counts, overdue=0)
        case "unverifiable":
            return replace(counts, unverifiable=0)
        case "stopped":
            return replace(counts, overdue=0, unverifiable=0)
        case _:
            return Counts()
