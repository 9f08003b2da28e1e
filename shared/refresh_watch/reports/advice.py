"""What to do about it: the next steps of a report."""

from __future__ import annotations

import re

from refresh_watch.model import Reason
from refresh_watch.product_specs.registry import spec_named
from refresh_watch.report import Report, ReportKind
from refresh_watch.reports.failures import Failures
from refresh_watch.reports.plain import name_only
from refresh_watch.reports.texts import text
from refresh_watch.watching.reasons import OTHER

MOST_STEPS = 4

_QUOTA = re.compile(r"Quota\w*Exceeded|Exceeded\w*Quota", re.IGNORECASE)
"""The day's quota of URLs and directories is used up. The submit operations say so (QuotaExceeded.Refresh), the queries
never: it comes from the answer of a submit or from an event."""

_NOT_SUBMITTED = "submitted.Code: "
"""How `Report.problem` begins where a request gave the answer of a submit that failed (watching/request.py)."""

_THROTTLED = re.compile(r"(HTTP \d+|the SDK): \S*(Throttling|TooManyRequests|FlowControlError)|HTTP 429: ")
"""How `Report.problem` begins where the last call was throttled (products/refusals.py)."""


def next_steps(report: Report, failures: tuple[Failures, ...], language: str) -> tuple[str, ...]:
    """One sentence a reason, in the order failures, overdue, unverifiable; at most MOST_STEPS."""
    refusal = report.refusal
    spec = spec_named(report.product)
    # where the refusal does not name the missing one, all that a watch needs
    action = (refusal.action if refusal else "") or (", ".join(spec.permissions) if spec else "")
    values = {"action": name_only(action, 200), "code": name_only(refusal.code if refusal else "", 100) or "-"}
    keys = dict.fromkeys(_keys(report, failures))
    return tuple(text(language, f"next.{key}", **values) for key in keys)[:MOST_STEPS]


def unverifiable_reasons(report: Report) -> tuple[Reason, ...]:
    """Why objects are unverifiable, each reason once, by the tasks that the report names; empty where none is."""
    if not report.counts.unverifiable:
        return ()  # a refusal before a later answer does not matter
    found = tuple(dict.fromkeys(task.reason for task in report.tasks if task.reason is not None))
    return found or ((report.refusal.reason,) if report.refusal else ())


def causes_of(report: Report) -> tuple[str, ...]:
    """`unverifiable_reasons` as keys of the texts: `reason.<key>`, `next.<key>`."""
    return tuple(_cause(report, reason) for reason in unverifiable_reasons(report))


def _cause(report: Report, reason: Reason) -> str:
    if reason is Reason.NO_ANSWER and _THROTTLED.match(report.problem):
        return "throttled"
    if reason is Reason.REFUSED and report.refusal is not None and _QUOTA.search(report.refusal.code):
        return "quota"
    return reason.value


def _keys(report: Report, failures: tuple[Failures, ...]) -> list[str]:
    if report.kind is ReportKind.REJECTED:
        if _QUOTA.search(report.problem):
            return ["quota"]
        return ["not_submitted" if report.problem.startswith(_NOT_SUBMITTED) else "rejected"]
    if report.kind is ReportKind.BROKEN:
        return ["broken"]
    keys = ["quota" if group.key == OTHER and _QUOTA.search(group.words) else group.key for group in failures]
    if report.counts.failed and not keys:
        keys.append("no_reason")
    if report.kind is ReportKind.FINAL:
        keys.extend(["overdue"] if report.counts.overdue else [])
        keys.extend(causes_of(report))
    return keys
