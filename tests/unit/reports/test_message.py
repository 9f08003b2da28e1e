"""What on-call reads."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given

from refresh_watch.model import FailedObject, Kind, Outcome, Reason
from refresh_watch.report import Counts, Report, TaskReport
from refresh_watch.reports.message import LAST_STEP, Severity
from tests.unit.reports.reading import fact_of, message_of
from tests.unit.reports.sample_reports import (
    BROKEN,
    BY_PATH,
    COMPLETE,
    EVERY_KIND,
    FEW,
    INTERIM,
    NO_PERMISSION,
    OVERDUE,
    PARTLY_FAILED,
    REJECTED,
    SETTLED,
    reports,
)

STOPPED = replace(
    OVERDUE,
    outcome=Outcome.UNVERIFIABLE,
    tasks=(TaskReport("1", Outcome.UNVERIFIABLE, 20, SETTLED, reason=Reason.STOPPED),),
)


@pytest.mark.parametrize(
    ("report", "english", "chinese"),
    [
        (PARTLY_FAILED, "[CDN refresh][prod][failed 6/120] ", "[CDN刷新][prod][失败 6/120] "),
        (COMPLETE, "[CDN refresh][prod][complete 100/100] ", "[CDN刷新][prod][完成 100/100] "),
        (INTERIM, "[CDN refresh][prod][failed 6/120 so far] ", "[CDN刷新][prod][已失败 6/120] "),
        (OVERDUE, "[CDN refresh][prod][overdue 2/2] ", "[CDN刷新][prod][超时未完成 2/2] "),
        (NO_PERMISSION, "[DCDN refresh][prod][unverifiable 1/1] ", "[DCDN刷新][prod][无法确认 1/1] "),
        (REJECTED, "[refresh-watch][prod][request rejected]", "[refresh-watch][prod][请求被拒绝]"),
        (BROKEN, "[CDN refresh][prod][watch broken] ", "[CDN刷新][prod][跟踪中断] "),
    ],
)
def test_the_title_says_what_happened_in_both_languages(report: Report, english: str, chinese: str) -> None:
    assert message_of(report, "en").title == english + report.label
    assert message_of(report, "zh").title == chinese + report.label


@pytest.mark.parametrize(
    ("report", "english", "chinese"),
    [
        (COMPLETE, "Everything is complete: 100 of 100.", "全部 100 个对象已完成。"),
        (PARTLY_FAILED, "6 of 120 objects failed. The others: 114 complete.", "120 个对象中有 6 个失败。其余：完成 114。"),
        (replace(PARTLY_FAILED, counts=Counts(complete=90, failed=3, overdue=2, unverifiable=5)), "3 of 100 objects failed. The others: 90 complete, 2 overdue, 5 unverifiable.", "100 个对象中有 3 个失败。其余：完成 90，超时未完成 2，无法确认 5。"),
        (replace(PARTLY_FAILED, outcome=Outcome.FAILED, counts=Counts(failed=6)), "6 of 6 objects failed.", "6 个对象中有 6 个失败。"),
        (replace(OVERDUE, counts=Counts(complete=1, overdue=2)), "Still running at the deadline: 2 of 3 objects. The others: 1 complete.", "到截止时间时，3 个对象中有 2 个仍在执行。其余：完成 1。"),
        (replace(NO_PERMISSION, counts=Counts(complete=4, unverifiable=1)), "How 1 of 5 objects ended is not known. Why: the key lacks a permission. The others: 4 complete.", "5 个对象中有 1 个无法确认结果。原因：密钥缺少权限。其余：完成 4。"),
        (replace(STOPPED, counts=Counts(complete=100, unverifiable=20)), "The watch was stopped. How 20 of 120 objects ended is not known. The others: 100 complete.", "跟踪已被停止，120 个对象中有 20 个结果未知。其余：完成 100。"),
        (INTERIM, "The first failures: 6 of 120 objects so far. The watch goes on. The others: 10 complete, 104 still running.", "出现首批失败：目前 120 个对象中有 6 个失败，跟踪仍在继续。其余：完成 10，仍在执行 104。"),
    ],
)  # fmt: skip
def test_the_summary_accounts_for_every_object_on_every_rung(report: Report, english: str, chinese: str) -> None:
    for step in range(LAST_STEP + 1):
        assert message_of(report, "en").reduced(step).summary == english
        assert message_of(report, "zh").reduced(step).summary == chinese


def test_the_title_leaves_an_empty_environment_out() -> None:
    assert message_of(PARTLY_FAILED, environment="").title == "[CDN refresh][failed 6/120] release 2026.11.22"


def test_without_a_label_the_title_names_the_tasks() -> None:
    assert message_of(replace(PARTLY_FAILED, label="")).title.endswith("] 704225667 and 1 more")
    assert message_of(replace(PARTLY_FAILED, label=""), "zh").title.endswith("] 704225667 及另外 1 个")
    assert message_of(replace(COMPLETE, label="")).title.endswith("] 704225667")
    assert message_of(replace(BY_PATH, label="")).title.endswith("] 0a1b2c3d")


def test_prefetch_and_a_kind_not_yet_known_have_their_words() -> None:
    assert message_of(replace(PARTLY_FAILED, product="vod-legacy", job=Kind.PREFETCH)).tags[0] == "VOD prefetch"
    assert message_of(replace(PARTLY_FAILED, job=Kind.UNKNOWN), "zh").tags[0] == "CDN任务"


@pytest.mark.parametrize(
    ("report", "severity"),
    [
        (COMPLETE, Severity.OK),
        (PARTLY_FAILED, Severity.WARNING),
        (replace(PARTLY_FAILED, outcome=Outcome.FAILED), Severity.BAD),
        (OVERDUE, Severity.WARNING),
        (NO_PERMISSION, Severity.WARNING),
        (INTERIM, Severity.WARNING),
        (REJECTED, Severity.WARNING),
        (BROKEN, Severity.BAD),
    ],
)
def test_severity_comes_from_the_outcome_and_only_failures_mention_people(report: Report, severity: Severity) -> None:
    message = message_of(report)
    assert message.severity is severity
    assert message.is_failure is (report.counts.failed > 0 or report is BROKEN)


def test_both_spellings_of_a_reason_are_one_reason() -> None:
    spellings = ["Origin Timeout", "OriginTimeout", "Internal Error", "InternalError"]
    spellings += ["Origin Return StatusCode 5XX", "OriginReturn StatusCode 5XX", "OriginReturn StatusCode 503"]
    failed = tuple(FailedObject(f"http://example.com/{n}", "Failed", words) for n, words in enumerate(spellings))
    task = TaskReport("1", Outcome.FAILED, 7, SETTLED, "Failed", failed=failed)
    report = replace(PARTLY_FAILED, counts=Counts(failed=7), tasks=(task,))
    groups = {group.reason.split(" (")[0]: group.count for group in message_of(report).groups}
    assert groups == {"Origin 5xx": 3, "OriginTimeout": 2, "InternalError": 2}


def test_timeout_canceled_and_words_not_known_are_reasons_of_their_own() -> None:
    failed = (
        FailedObject("http://example.com/1", "Timeout"),
        FailedObject("http://example.com/2", "Canceled"),
        FailedObject("http://example.com/3", "Failed"),
        FailedObject("http://example.com/4", "Failed", "Blocked by policy"),
    )
    report = replace(PARTLY_FAILED, counts=Counts(failed=4), tasks=(TaskReport("1", Outcome.FAILED, 4, failed=failed),))
    groups = message_of(report).groups
    reasons = [group.reason.split(" (")[0] for group in groups]
    assert reasons == ["Timeout", "Canceled", "no reason given", "Blocked by policy"]
    assert [group.untrusted for group in groups] == [False, False, False, True]


def test_three_urls_a_reason_are_shown_and_the_rest_is_counted() -> None:
    timeouts, internal = message_of(PARTLY_FAILED).groups
    assert (timeouts.count, len(timeouts.samples), timeouts.more) == (4, 3, 1)
    assert (internal.count, len(internal.samples), internal.more) == (2, 2, 0)


def test_failed_objects_that_the_report_does_not_name_are_still_counted() -> None:
    message = message_of(replace(PARTLY_FAILED, counts=Counts(failed=120)))
    assert sum(group.count for group in message.groups) == 120
    assert message.groups[-1].count == 114


def test_a_failure_says_what_to_do_and_how_to_list_what_failed() -> None:
    message = message_of(PARTLY_FAILED)
    assert "origin" in message.next_steps[0]
    assert message.command == "refresh-watch list cdn --task-id 704222904 --status failed --urls"
    assert "Request ID" in [fact.label for fact in message.facts]


@pytest.mark.parametrize(
    ("product", "url"),
    [
        ("cdn", "https://cdn.console.aliyun.com/refresh/record"),
        ("dcdn", "https://dcdn.console.aliyun.com/refresh/record"),
        ("vod", "https://vod.console.aliyun.com"),
        ("vod-legacy", "https://vod.console.aliyun.com"),
    ],
)
def test_the_products_console_is_one_tap_away(product: str, url: str) -> None:
    message = message_of(replace(PARTLY_FAILED, product=product))
    assert [link.url for link in message.links] == [url]
    assert message.links[0].text == f"{product.partition('-')[0].upper()} console"
    assert message_of(replace(PARTLY_FAILED, product="cnd")).links == ()
    assert message.reduced(1).links == message.links
    assert message.reduced(2).links == ()


def test_a_rejected_request_says_what_was_wrong_with_it() -> None:
    message = message_of(REJECTED)
    assert fact_of(message, "Detail").startswith("product: 'cnd' is not allowed")
    assert message.next_steps == ("Correct the request and send it again.",)


def test_the_footer_carries_the_event_id_that_every_retry_repeats() -> None:
    assert message_of(PARTLY_FAILED).footer == "refresh-watch · event f-0a1b2c3d"


def test_each_rung_of_the_ladder_has_less_untrusted_text_and_the_same_counts() -> None:
    message = message_of(replace(PARTLY_FAILED, label="see http://example.com/x", problem="http://example.com/y"))
    one, two, last = (message.reduced(step) for step in (1, 2, LAST_STEP))
    assert [len(group.samples) for group in one.groups] == [1, 1]
    assert [group.count for group in two.groups] == [4, 2]
    assert "example.com" not in repr(two)
    assert last.title == "[CDN refresh][prod][failed 6/120]"


@pytest.mark.parametrize("language", ["en", "zh"])
@FEW
@given(report=reports())
def test_any_report_makes_a_one_line_title_and_real_counts(language: str, report: Report) -> None:
    message = message_of(report, language)
    for step in range(LAST_STEP + 1):
        lower = message.reduced(step)
        assert len(lower.title) < 250
        for line in (lower.title, lower.summary, *(fact.value for fact in lower.facts), *lower.next_steps):
            assert "\n" not in line
            assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\u200d" for c in line)
        assert all(len(group.samples) <= 3 and group.more >= 0 and group.count > 0 for group in lower.groups)
        assert sum(group.count for group in lower.groups) == (0 if step == LAST_STEP else report.counts.failed)
        assert lower.command in (message.command, "")


def test_every_kind_of_report_reads_in_chinese_without_english_sentences() -> None:
    for report in EVERY_KIND:
        message = message_of(report, "zh")
        for sentence in (message.summary, *message.next_steps):
            assert any("\u4e00" <= c <= "\u9fff" for c in sentence)
