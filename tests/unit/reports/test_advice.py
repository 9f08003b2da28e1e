"""What to do about it, for every reason, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from refresh_watch.model import FailedObject, Outcome, Reason, Refusal
from refresh_watch.report import Counts, TaskReport
from refresh_watch.reports.texts import TEXTS
from tests.unit.reports.reading import fact_of, message_of
from tests.unit.reports.sample_reports import (
    COMPLETE,
    NO_PERMISSION,
    PARTLY_FAILED,
    REJECTED,
    SETTLED,
)


@pytest.mark.parametrize(
    ("failed", "english", "chinese"),
    [
        (FailedObject("", "Failed", "Origin Timeout"), "its firewall", "防火墙"),
        (FailedObject("", "Failed", "OriginReturn StatusCode 5XX"), "find these URLs in its log", "源站日志"),
        (FailedObject("", "Failed", "InternalError"), "open a ticket", "提交工单"),
        (FailedObject("", "Timeout"), "Timed out in the queue", "排队超时"),
        (FailedObject("", "Canceled"), "who canceled", "是谁取消"),
        (FailedObject("", "Failed", "QuotaExceeded.Refresh"), "daily quota", "当日配额"),
        (FailedObject("", "Failed", "Blocked"), "fix what they name", "按其说明处理"),
        (FailedObject("", "Failed"), "No reason given", "未说明原因"),
    ],
)
def test_every_reason_of_a_failure_has_its_own_next_step(failed: FailedObject, english: str, chinese: str) -> None:
    task = TaskReport("1", Outcome.FAILED, 1, SETTLED, "Failed", failed=(failed,))
    report = replace(PARTLY_FAILED, outcome=Outcome.FAILED, counts=Counts(failed=1), tasks=(task,))
    ((step,), (step_zh,)) = (message_of(report, each).next_steps for each in ("en", "zh"))
    assert english in step
    assert chinese in step_zh


@pytest.mark.parametrize(
    "problem",
    [
        "HTTP 400: Throttling.User: Request was denied due to user flow control.",
        "HTTP 503: Throttling: Request was denied due to request throttling.",
        "HTTP 429: TooManyRequests: The server is busy. Please try again later.",
        "HTTP 429: no code",
        "the SDK: Rejected.Throttling: too fast",
    ],
)
def test_throttled_to_the_end_has_its_own_words(problem: str) -> None:
    task = TaskReport("1", Outcome.UNVERIFIABLE, 1, SETTLED, reason=Reason.NO_ANSWER)
    report = replace(NO_PERMISSION, tasks=(task,), refusal=None, problem=problem)
    assert "API calls per second" in message_of(report).next_steps[0]
    assert fact_of(message_of(report), "Why") == "the API throttled every call"
    other = replace(report, problem="HTTP 503: ServiceUnavailable: not because of Throttling")
    assert "unreachable or busy" in message_of(other).next_steps[0]


def test_a_used_up_quota_is_named_wherever_the_api_says_so() -> None:
    refused = TaskReport("1", Outcome.UNVERIFIABLE, 1, SETTLED, reason=Reason.REFUSED)
    refusal = Refusal(Reason.REFUSED, "QuotaExceeded.Refresh", "You've exceeded the prescribed refresh limits.")
    message = message_of(replace(NO_PERMISSION, tasks=(refused,), refusal=refusal))
    assert "daily quota" in message.next_steps[0]
    assert "QuotaExceeded.Refresh" in fact_of(message, "Why")
    rejected = message_of(
        replace(REJECTED, problem="submitted.Code: 'QuotaExceeded.Preload' is not allowed; allowed: ...")
    )
    assert "daily quota" in rejected.next_steps[0]


@pytest.mark.parametrize("code", ["PreloadQueueFull", "Throttling.User", "InvalidObjectPath.Malformed"])
def test_the_answer_of_a_submit_that_failed_asks_for_another_submit_and_not_for_another_request(code: str) -> None:
    problem = f"submitted.Code: '{code}' is not allowed; allowed: the answer of a submit that succeeded"
    (step,) = message_of(replace(REJECTED, problem=problem)).next_steps
    assert step == "The submit call itself failed: fix what the API's error code says, then submit again."
    (step,) = message_of(replace(REJECTED, problem=problem), "zh").next_steps
    assert step == "提交请求本身失败：请根据 API 错误码处理，然后重新提交。"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_next_step_names_task_ids_which_a_watch_by_path_lacks(language: str) -> None:
    again = [words for words in TEXTS[language].values() if "start --again" in words]
    assert len(again) > 5
    assert not [words for words in again if re.search(r"\bids\b|任务 ID（", words)]


def test_what_was_refused_once_and_answered_later_is_no_news() -> None:
    refusal = Refusal(Reason.MALFORMED_ID, "InvalidTaskId.Malformed", "Specified TaskId is malformed.")
    message = message_of(replace(COMPLETE, refusal=refusal))
    assert message.next_steps == ()
    assert fact_of(message, "Why") == ""


def test_a_missing_permission_is_named() -> None:
    message = message_of(NO_PERMISSION)
    assert message.next_steps == (TEXTS["en"]["next.no_permission"].format(action="dcdn:DescribeDcdnRefreshTasks"),)
    assert "Forbidden.RAM" in fact_of(message, "Why")


def test_a_missing_permission_that_the_api_does_not_name_is_the_products() -> None:
    report = replace(
        NO_PERMISSION, product="vod", refusal=Refusal(Reason.NO_PERMISSION, "Forbidden.RAM", "not authorized")
    )
    assert "vod:DescribeVodRefreshTasks" in message_of(report).next_steps[0]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_why_and_what_to_do(reason: Reason, language: str) -> None:
    report = replace(
        NO_PERMISSION,
        tasks=(TaskReport("1", Outcome.UNVERIFIABLE, 1, SETTLED, reason=reason),),
        refusal=None,
        problem="",
    )
    message = message_of(report, language)
    assert message.next_steps == (
        TEXTS[language][f"next.{reason}"].format(
            action="dcdn:DescribeDcdnRefreshTasks, dcdn:DescribeDcdnRefreshTaskById", code="-"
        ),
    )
    assert TEXTS[language][f"reason.{reason}"] in fact_of(message, TEXTS[language]["fact.why"])
