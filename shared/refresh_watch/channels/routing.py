"""Whether a channel wants a report."""

from __future__ import annotations

from refresh_watch.model import Outcome
from refresh_watch.report import Report, ReportKind
from refresh_watch.settings import ChannelSetting


def wants(channel: ChannelSetting, report: Report) -> bool:
    """By the outcomes in the channel's `on`; without any, every report.

    `failed` takes in `partly_failed`: a channel for failures misses none. An interim report is a failure of which it is
    not yet known whether it will be a partial one. Rejected and broken reports go to every channel: they have no
    outcome, and no other message would report them.
    """
    if not channel.on or report.kind in (ReportKind.REJECTED, ReportKind.BROKEN):
        return True
    if report.kind is ReportKind.INTERIM:
        return Outcome.FAILED in channel.on or Outcome.PARTLY_FAILED in channel.on
    if report.outcome is Outcome.PARTLY_FAILED and Outcome.FAILED in channel.on:
        return True
    return report.outcome in channel.on
