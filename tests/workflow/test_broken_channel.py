"""One channel that is set wrong does not silence the others, and the reports to it are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from refresh_watch.report import Report, ReportKind
from refresh_watch.reports.wire import encode
from refresh_watch.workflow.replay import undelivered
from refresh_watch_emulator.chat_wall import ChatWall
from tests.workflow.house import house, wait_for

SECRET = "T0PSECRET"
PAGER = {"name": "pager", "kind": "webhook", "url": f"http://hooks.example.com/{SECRET}"}


@pytest.mark.parametrize("named", [(), ("pager", "audit")], ids=["to all", "named"])
def test_a_wrong_channel_leaves_the_others_their_reports_and_keeps_its_own(
    tmp_path: Path, named: tuple[str, ...]
) -> None:
    report = Report("r-0123456789abcdef", ReportKind.REJECTED, 1795334400.0, problem="product: ...", channels=named)
    with ChatWall() as wall, house(tmp_path, channels=[PAGER, wall.entry("webhook", "audit")]) as home:
        home.fc.start_later("notify", encode(report), 0, report.id)
        wait_for(lambda: wall.messages, "the message of the channel that is set right")
        kept = wait_for(lambda: undelivered(home.fc), "the report to the channel that is set wrong")
        assert [(one.channel, one.report.id) for one in kept] == [("pager", report.id)]
        assert "REFRESH_WATCH_CHANNELS[0].url: http to hooks.example.com is not allowed" in kept[0].why
        assert [message.body["type"] for message in wall.messages] == ["refresh_watch.rejected"]
        reported = [line for line in home.log if "channel pager is set wrong" in line]
        assert reported
        assert all('"level": "ERROR"' in line and '"logger": "refresh_watch.notify"' in line for line in reported)
        assert SECRET not in "".join(home.log) + kept[0].why
