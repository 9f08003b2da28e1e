"""What happened, in one or two sentences of our own: the part of a message that is never cut."""

from __future__ import annotations

from dataclasses import asdict, replace

from refresh_watch.report import Counts, Report
from refresh_watch.reports.advice import causes_of
from refresh_watch.reports.facts import counted, listed
from refresh_watch.reports.texts import text


def summary(report: Report, state: str, language: str) -> str:
    """How many objects ended in that state, why their end is not known, and how the others ended.

    `state` is the key of the sentence in the texts.
    """
    counts = report.counts
    numbers = {**asdict(counts), "total": counts.total, "open": counts.overdue + counts.unverifiable}
    sentence = text(language, f"summary.{state}", **numbers)
    causes = causes_of(report) if state == "unverifiable" else ()
    if causes:
        why = listed([text(language, f"reason.{cause}") for cause in causes], language)
        sentence = text(language, "summary.with_why", summary=sentence, why=why)
    others = counted(_others(counts, state), language)
    return text(language, "summary.with_others", summary=sentence, counts=others) if others else sentence


def _others(counts: Counts, state: str) -> Counts:
    """The objects that the sentence of that state does not count; none where it is about all or about the watch."""
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
