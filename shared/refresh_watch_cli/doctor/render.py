"""The findings as people and as programs read them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from refresh_watch.reports.plain import one_line
from refresh_watch_cli.doctor.context import DoctorContext
from refresh_watch_cli.doctor.finding import Finding, Level

_WIDEST = 40


@dataclass(frozen=True)
class Group:
    """What one check found."""

    heading: str
    findings: tuple[Finding, ...]


def as_lines(group: Group, context: DoctorContext) -> list[str]:
    """A heading, then one line a finding; what is to be done stands below it."""
    widest = max((len(finding.what) for finding in group.findings), default=0)
    width = min(widest, _WIDEST)
    lines = [group.heading]
    for finding in group.findings:
        lines.append(
            f"  {finding.level.value:<7}  {_shown(finding.what, context):<{width}}  {_shown(finding.said, context)}"
        )
        if finding.do:
            lines.append(f"           -> {_shown(finding.do, context)}")
    return lines


def as_json(groups: Sequence[Group], context: DoctorContext) -> str:
    """All of it on one line."""
    findings = [
        {
            "check": group.heading,
            "level": finding.level.value,
            "what": _shown(finding.what, context),
            "said": _shown(finding.said, context),
            "do": _shown(finding.do, context),
        }
        for group in groups
        for finding in group.findings
    ]
    return json.dumps({"findings": findings, "counts": _counts(groups)}, ensure_ascii=False)


def summary(groups: Sequence[Group]) -> str:
    """The last line."""
    counts = _counts(groups)
    words = ", ".join(f"{counts[level.value]} {level.value}" for level in Level)
    return f"{words}: {'something has to be mended' if counts[Level.BAD.value] else 'nothing has to be mended'}"


def _counts(groups: Sequence[Group]) -> dict[str, int]:
    found = Counter(finding.level for group in groups for finding in group.findings)
    return {level.value: found[level] for level in Level}


def _shown(text: str, context: DoctorContext) -> str:
    return context.masked(one_line(text, 500))
