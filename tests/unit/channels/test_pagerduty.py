"""What is sent to PagerDuty's Events API."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.pagerduty import LIMIT, dedup_key
from refresh_watch.deployment import Deployment
from refresh_watch.model import Kind, Outcome
from refresh_watch.model import Reason as Why
from refresh_watch.report import Counts, Report, ReportKind, TaskReport
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chats import pagerduty as chat
from tests.channels.judging import rendered, taken
from tests.unit.reports.sample_reports import (
    BROKEN,
    BY_PATH,
    COMPLETE,
    FEW,
    INTERIM,
    NO_PERMISSION,
    OVERDUE,
    PARTLY_FAILED,
    REJECTED,
    reports,
)

SERVICE = chat.create_chat("oncall")
CHANNEL = ChannelSetting(
    "oncall", "pagerduty", Secret("https://events.pagerduty.com/v2/enqueue"), Secret(SERVICE.secret)
)
NOW = 1700000000.0
STOPPED = replace(
    OVERDUE,
    outcome=Outcome.UNVERIFIABLE,
    counts=Counts(unverifiable=2),
    tasks=(TaskReport("704225667", Outcome.UNVERIFIABLE, 2, reason=Why.STOPPED),),
)


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> dict[str, Any]:
    request = rendered(report, channel, language=language, deployment=Deployment("prod"), now=NOW, step=step)
    assert len(request.body) <= LIMIT
    assert request.url == channel.url.value
    return taken(channel, SERVICE, request)


@pytest.mark.parametrize(
    ("report", "action", "severity", "kind"),
    [
        (BROKEN, "trigger", "critical", "broken"),
        (PARTLY_FAILED, "trigger", "error", "partly_failed"),
        (BY_PATH, "trigger", "error", "failed"),
        (INTERIM, "trigger", "error", "interim"),
        (OVERDUE, "trigger", "warning", "overdue"),
        (NO_PERMISSION, "trigger", "warning", "unverifiable"),
        (REJECTED, "trigger", "warning", "rejected"),
        (STOPPED, "trigger", "info", "unverifiable"),
        (replace(COMPLETE, outcome=None), "trigger", "warning", "final"),
        (replace(BROKEN, outcome=Outcome.COMPLETE), "trigger", "critical", "broken"),
        (COMPLETE, "resolve", "info", "complete"),
    ],
    ids=lambda value: value.id if isinstance(value, Report) else str(value),
)
def test_what_did_not_succeed_triggers_and_what_did_resolves(
    report: Report, action: str, severity: str, kind: str
) -> None:
    body = _sent(report)
    assert body["event_action"] == action
    assert (body["payload"]["severity"], body["payload"]["class"]) == (severity, kind)


def test_the_event_says_what_where_and_how_many() -> None:
    body = _sent(PARTLY_FAILED)
    payload = body["payload"]
    assert payload["summary"] == "[CDN refresh][prod][failed 6/120] release 2026.11.22"
    assert (payload["source"], payload["component"], payload["group"]) == ("refresh-watch/prod", "cdn refresh", "prod")
    assert payload["timestamp"] == "2026-11-22T08:05:31Z"
    details = payload["custom_details"]
    assert details["counts"]["failed"] == 6
    assert details["counts"]["total"] == 120
    assert details["failures"][0] == {
        "reason": "OriginTimeout (the origin did not answer in time)",
        "count": 4,
        "samples": [f"http://example.com/{n}.txt" for n in range(3)],
        "more": 1,
    }
    assert details["command"] == "refresh-watch list cdn --task-id 704222904 --status failed --urls"
    assert len(details["next_steps"]) == 2
    assert (details["watch_id"], details["event"]) == ("0a1b2c3d", "f-0a1b2c3d")
    assert details["facts"]["Submitted"].startswith("2026-11-22 ")
    assert body["client"] == "refresh-watch"
    assert body["links"][0]["href"].startswith("https://cdn.console.aliyun.com/")
    assert body["routing_key"] == SERVICE.secret


def test_the_chinese_event_has_the_same_keys_and_chinese_words() -> None:
    en, zh = (_sent(PARTLY_FAILED, language=language)["payload"] for language in ("en", "zh"))
    assert zh["summary"].startswith("[CDN刷新][prod][失败 6/120]")
    assert zh["custom_details"].keys() == en["custom_details"].keys()


def test_a_success_of_the_same_label_resolves_the_failure_before_it() -> None:
    failed = replace(PARTLY_FAILED, id="f-1", watch_id="1")
    again = replace(COMPLETE, id="f-2", watch_id="2")
    assert dedup_key(failed, "prod") == dedup_key(again, "prod")
    assert dedup_key(replace(failed, id="i-1", kind=ReportKind.INTERIM), "prod") == dedup_key(again, "prod")
    assert dedup_key(replace(failed, id="b-1", kind=ReportKind.BROKEN), "prod") == dedup_key(again, "prod")
    assert _sent(failed)["dedup_key"] == _sent(again, language="zh", step=3)["dedup_key"] == dedup_key(again, "prod")


@pytest.mark.parametrize(
    "other",
    [
        replace(COMPLETE, product="dcdn"),
        replace(COMPLETE, job=Kind.PREFETCH),
        replace(COMPLETE, job=Kind.UNKNOWN),
        replace(COMPLETE, label="release 2026.11.23"),
        replace(COMPLETE, label=""),
    ],
    ids=["product", "kind", "unknown kind", "label", "no label"],
)
def test_a_success_of_something_else_resolves_nothing(other: Report) -> None:
    assert dedup_key(other, "prod") != dedup_key(PARTLY_FAILED, "prod")


def test_staging_resolves_nothing_of_production() -> None:
    assert dedup_key(COMPLETE, "staging") != dedup_key(COMPLETE, "prod")


def test_without_a_label_a_watch_is_tied_to_itself_alone() -> None:
    one = replace(PARTLY_FAILED, label=" ")
    assert dedup_key(replace(one, id="i-0a1b2c3d", kind=ReportKind.INTERIM), "") == dedup_key(one, "")
    assert dedup_key(replace(one, watch_id="other"), "") != dedup_key(one, "")
    assert dedup_key(REJECTED, "") != dedup_key(replace(REJECTED, id="r-other"), "")
    # a label that reads like a watch id is still another thing
    assert dedup_key(replace(one, label=one.watch_id), "") != dedup_key(one, "")


def test_the_lowest_rung_has_no_details_and_none_loses_the_counts() -> None:
    no_urls, bare = (_sent(PARTLY_FAILED, step=step)["payload"] for step in (2, 3))
    assert no_urls["custom_details"]["failures"][0]["count"] == 4
    assert "custom_details" not in bare
    assert bare["summary"] == "[CDN refresh][prod][failed 6/120]"


@FEW
@given(report=reports(), language=st.sampled_from(["en", "zh"]), step=st.integers(0, 3))
def test_whatever_the_report_says_the_event_is_taken(language: str, report: Report, step: int) -> None:
    body = _sent(report, CHANNEL, step, language)
    assert re.fullmatch(r"refresh-watch-[0-9a-f]{64}", body["dedup_key"])
    succeeded = report.kind is ReportKind.FINAL and report.outcome is Outcome.COMPLETE
    assert body["event_action"] == ("resolve" if succeeded else "trigger")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e\u2028]", chat.visible_text(body))
