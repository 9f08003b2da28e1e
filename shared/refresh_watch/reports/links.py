"""The links of a message: pages of the vendor's console, without anything that a request or an API wrote."""

from __future__ import annotations

from refresh_watch.product_specs.registry import spec_named
from refresh_watch.report import Report
from refresh_watch.reports.message import Link
from refresh_watch.reports.texts import text


def links(report: Report, language: str) -> tuple[Link, ...]:
    """The links of a message, the most useful first."""
    spec = spec_named(report.product)
    if spec is None:
        return ()  # a rejected request may name a product that does not exist
    return (Link(text(language, "link.console", product=spec.names[language]), spec.console),)
