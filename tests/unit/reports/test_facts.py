"""The facts of a message: who, when, how long, and what else there is to know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refresh_watch.deployment import Deployment
from refresh_watch.model import Note, Outcome, Reason, Refusal
from refresh_watch.report import Counts, Report, TaskReport
from refresh_watch.reports.compose import compose
from refresh_watch.reports.facts import at_most
from tests.unit.reports.reading import fact_of, message_of
from tests.unit.reports.sample_reports import (
    NO_PERMISSION,
    NOTED,
    OVERDUE,
    PARTLY_FAILED,
    REJECTED,
    SETTLED,
)


def test_a_stopped_watch_says_that_it_was_stopped_and_by_whom() -> None:
    report = replace(
        OVERDUE,
        outcome=Outcome.UNVERIFIABLE,
        counts=Counts(complete=1, unverifiable=1),
        tasks=(TaskReport("1", Outcome.UNVERIFIABLE, 1, SETTLED, reason=Reason.STOPPED),),
        refusal=Refusal(Reason.STOPPED, "", "stopped by alice"),
        notes=(Note("stopped_by", (("who", "alice"),)),),
    )
    message = message_of(report)
    assert "[stopped 1/2]" in message.title
    assert fact_of(message, "Why") == "stopped by a person"
    assert fact_of(message, "Note") == "stopped by alice"
    chinese = message_of(report, "zh")
    assert (fact_of(chinese, "原因"), fact_of(chinese, "备注")) == ("被人工停止", "由 alice 停止")
    assert fact_of(message_of(replace(report, notes=())), "Why") == "stopped by a person, stopped by alice"


@pytest.mark.parametrize(("language", "label", "more"), [("en", "Tasks", ", 2 more"), ("zh", "任务", "，另有 2 个")])
def test_the_task_ids_can_be_copied_into_a_command_as_they_stand(language: str, label: str, more: str) -> None:
    report = replace(PARTLY_FAILED, tasks=tuple(TaskReport(str(n), Outcome.COMPLETE, 1) for n in range(1, 6)))
    assert fact_of(message_of(report, language), label) == f"1,2,3{more}"


def test_our_notes_are_in_the_readers_language_and_untrusted_words_are_literal() -> None:
    report = replace(NOTED, notes=(*NOTED.notes, "words of another version"))
    english, chinese = (message_of(report, each).facts[-3:] for each in ("en", "zh"))
    assert [fact.value for fact in english] == [
        "VOD no longer knows the action DescribeRefreshTasks; DescribeVodRefreshTasks was asked instead",
        "Channel oncall has not received this: HTTP 503: `busy`",
        "words of another version",
    ]
    assert chinese[0].value == "VOD 已不再支持 DescribeRefreshTasks，已改用 DescribeVodRefreshTasks 查询"
    assert chinese[1].value == "通知渠道 oncall 未收到本消息：HTTP 503: `busy`"
    assert chinese[2].value == "words of another version"
    assert [fact.untrusted for fact in english] == [False, True, True]


def test_an_english_reader_sees_utc_and_a_duration_that_is_an_upper_bound() -> None:
    message = message_of(PARTLY_FAILED)
    assert fact_of(message, "Submitted") == "2026-11-22 08:00:00 UTC"
    assert fact_of(message, "Settled by") == "2026-11-22 08:05:30 UTC"
    assert fact_of(message, "Took at most") == "5m 30s"
    assert fact_of(message, "Request ID") == "174F6032-AA26-470D-B90E-36F0EB205BEE"


def test_a_chinese_reader_sees_the_time_of_beijing_and_chinese_units() -> None:
    message = message_of(PARTLY_FAILED, "zh")
    assert fact_of(message, "提交时间") == "2026-11-22 16:00:00 (UTC+8)"
    assert fact_of(message, "确认结束于") == "2026-11-22 16:05:30 (UTC+8)"
    assert fact_of(message, "耗时不超过") == "5 分 30 秒"
    assert fact_of(message_of(REJECTED, "zh"), "报告时间") == "2026-11-22 16:00:00 (UTC+8)"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0s"),
        (0.2, "1s"),
        (59.1, "1m"),
        (61, "1m 1s"),
        (3600, "1h"),
        (7540, "2h 6m"),
        (86399, "1d"),
        (3 * 86400 - 1, "3d"),
        (86400 + 1, "1d 1h"),
    ],
)
def test_a_duration_is_never_shown_shorter_than_it_was(seconds: float, shown: str) -> None:
    assert at_most(seconds, "en") == shown


def test_an_unknown_submission_is_not_shown_as_known() -> None:
    message = message_of(replace(PARTLY_FAILED, submission_unknown=True))
    assert fact_of(message, "Submitted") == ""
    assert fact_of(message, "Watched since") == "2026-11-22 08:00:00 UTC"
    assert fact_of(message, "Waited") == "5m 30s"
    assert fact_of(message, "Took at most") == ""


@pytest.mark.parametrize("report", [OVERDUE, NO_PERMISSION])
def test_a_watch_that_ends_without_its_job_claims_neither_its_end_nor_its_duration(report: Report) -> None:
    message = message_of(report)
    assert [fact_of(message, label) for label in ("Settled by", "Took at most")] == ["", ""]
    assert fact_of(message, "Watch ended") == "2026-11-22 08:05:30 UTC"
    assert fact_of(message, "Waited") == "5m 30s"


@pytest.mark.parametrize(
    ("language", "account", "region"), [("en", "Account", "Watched from"), ("zh", "账号", "运行地域")]
)
def test_account_and_region_tell_deployments_apart_and_the_account_is_masked(
    language: str, account: str, region: str
) -> None:
    deployment = Deployment("prod", "cn-hangzhou", "1234567890123456")
    message = compose(PARTLY_FAILED, language=language, deployment=deployment)
    assert fact_of(message, account) == "***3456"
    assert fact_of(message, region) == "cn-hangzhou"
    assert "123456789012" not in repr(message)
    assert fact_of(message_of(PARTLY_FAILED, language), account) == ""
