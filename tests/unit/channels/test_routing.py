"""Which reports a channel wants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refresh_watch.channels.routing import wants
from refresh_watch.model import Outcome
from refresh_watch.report import Report
from refresh_watch.settings import ChannelSetting, Secret
from tests.unit.reports.sample_reports import (
    BROKEN,
    COMPLETE,
    EVERY_KIND,
    INTERIM,
    NO_PERMISSION,
    OVERDUE,
    PARTLY_FAILED,
    REJECTED,
)

FAILED = replace(PARTLY_FAILED, outcome=Outcome.FAILED)


def _channel(*on: Outcome) -> ChannelSetting:
    return ChannelSetting("oncall", "dingtalk", Secret("https://oapi.dingtalk.com/robot/send"), on=on)


@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_a_channel_that_names_no_outcome_wants_every_report(report: Report) -> None:
    assert wants(_channel(), report)


@pytest.mark.parametrize(
    ("on", "wanted", "unwanted"),
    [
        ((Outcome.COMPLETE,), [COMPLETE], [FAILED, PARTLY_FAILED, INTERIM, OVERDUE, NO_PERMISSION]),
        ((Outcome.FAILED,), [FAILED, PARTLY_FAILED, INTERIM], [COMPLETE, OVERDUE, NO_PERMISSION]),
        ((Outcome.PARTLY_FAILED,), [PARTLY_FAILED, INTERIM], [COMPLETE, FAILED, OVERDUE]),
        ((Outcome.OVERDUE, Outcome.UNVERIFIABLE), [OVERDUE, NO_PERMISSION], [COMPLETE, FAILED, INTERIM]),
    ],
)
def test_a_channel_gets_the_outcomes_that_it_names(
    on: tuple[Outcome, ...], wanted: list[Report], unwanted: list[Report]
) -> None:
    assert all(wants(_channel(*on), report) for report in wanted)
    assert not any(wants(_channel(*on), report) for report in unwanted)


@pytest.mark.parametrize("outcome", Outcome)
def test_rejected_and_broken_reports_go_to_every_channel(outcome: Outcome) -> None:
    assert wants(_channel(outcome), REJECTED)
    assert wants(_channel(outcome), BROKEN)
