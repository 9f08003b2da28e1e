"""A report as JSON and back, and as bounded bytes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from refresh_watch.errors import BadInput
from refresh_watch.model import FailedObject, Note, Outcome, Reason, Refusal
from refresh_watch.report import Counts, Report, ReportKind, TaskReport
from refresh_watch.reports.from_wire import decode, from_json
from refresh_watch.reports.wire import MAX_REPORT_BYTES, bounded, compact, encode, to_json
from tests.unit.reports.sample_reports import (
    BY_PATH,
    EVERY_KIND,
    FAILED_PATHS,
    FEW,
    NO_PERMISSION,
    NOTED,
    PARTLY_FAILED,
    clean_texts,
    reports,
)


def test_the_final_report_has_the_shape_of_the_contract() -> None:
    written = to_json(PARTLY_FAILED)
    complete, failed = written["tasks"]
    contract = {
        "watch_id": "0a1b2c3d", "product": "cdn", "kind": "refresh", "label": "release 2026.11.22",
        "outcome": "partly_failed", "looks": 7, "api_calls": 9,
        "counts": {"complete": 114, "failed": 6, "overdue": 0, "unverifiable": 0},
        "submitted_at": "2026-11-22T08:00:00Z", "settled_at": "2026-11-22T08:05:30Z",
    }  # fmt: skip
    assert {key: written[key] for key in contract} == contract
    settled_at = "2026-11-22T08:04:30Z"
    assert complete == {"task_id": "704225667", "outcome": "complete", "objects": 100, "settled_at": settled_at}
    sample = {"object_path": "http://example.com/0.txt", "status": "Failed", "description": "OriginTimeout"}
    assert (failed["status"], failed["failed"][0]) == ("Failed", sample)


def test_a_watch_by_path_names_its_paths_and_the_ids_they_are_bound_to() -> None:
    task = to_json(BY_PATH)["tasks"][0]
    assert task["object_path"] == "http://example.com/0.txt"
    assert task["task_ids"] == ["704222904"]
    assert "task_id" not in task


def test_notes_are_sentences_and_keys_of_our_texts() -> None:
    report = replace(NOTED, notes=("words of another version", *NOTED.notes))
    written = to_json(report)
    assert written["notes"] == [
        "words of another version",
        "VOD no longer knows the action DescribeRefreshTasks; DescribeVodRefreshTasks was asked instead",
        "Channel oncall has not received this: HTTP 503: `busy`",
    ]
    assert written["note_keys"] == [
        None,
        {"key": "vod_legacy_fallback", "words": {}},
        {"key": "undelivered", "words": {"channel": "oncall", "why": "HTTP 503: `busy`"}},
    ]
    assert decode(encode(report)) == report
    assert "note_keys" not in to_json(replace(report, notes=("words of another version",)))


@pytest.mark.parametrize(
    "keys",
    [
        [{"key": "of_a_newer_version", "words": {}}],
        [{"key": "undelivered", "words": {"channel": "oncall"}}],
        [{"key": "undelivered", "words": {"channel": "oncall", "why": "w", "more": "m"}}],
        [{"key": "stopped_by", "words": ["alice"]}],
        [{"words": {}}],
        ["vod_legacy_fallback"],
        [7, 8],
        [],
    ],
)
def test_a_note_of_a_version_that_we_do_not_know_is_its_sentence(keys: list[object]) -> None:
    written = {**to_json(PARTLY_FAILED), "notes": ["a sentence"], "note_keys": keys}
    assert from_json(written).notes == ("a sentence",)


def test_an_unknown_submission_is_a_key_only_where_it_is_unknown() -> None:
    unknown = replace(PARTLY_FAILED, submission_unknown=True)
    assert to_json(unknown)["submission_unknown"] is True
    assert "submission_unknown" not in to_json(PARTLY_FAILED)
    assert decode(encode(unknown)) == unknown


def test_a_report_without_tasks_fits_into_the_smallest_bound_of_a_channel() -> None:
    words = "\n" * 5000
    report = replace(
        NO_PERMISSION,
        product=words,
        label=words,
        problem=words,
        request_id=words,
        refusal=Refusal(Reason.REFUSED, words, words, words, words),
        notes=(Note("undelivered", (("channel", "c" * 32), ("why", words))),) * 5,
    )
    assert len(compact(to_json(bounded(report, 8000)))) <= 8000


def test_an_unverifiable_report_says_why_and_which_permission_is_missing() -> None:
    written = to_json(NO_PERMISSION)
    assert written["tasks"][0]["reason"] == "no_permission"
    assert written["refusal"]["action"] == "dcdn:DescribeDcdnRefreshTasks"


@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_every_kind_of_report_comes_back_as_it_was(report: Report) -> None:
    assert decode(encode(report)) == report


@FEW
@given(reports(clean_texts))
def test_any_report_comes_back_as_it_was(report: Report) -> None:
    back = from_json(json.loads(json.dumps(to_json(report))))
    assert replace(back, by_path=report.by_path) == report
    assert back.by_path == report.by_path


@FEW
@given(reports())
def test_any_report_fits_and_loses_no_count(report: Report) -> None:
    data = encode(report)
    assert len(data) <= MAX_REPORT_BYTES
    cut = decode(data)
    assert cut.counts == report.counts
    assert len(cut.tasks) + cut.tasks_left_out == len(report.tasks) + report.tasks_left_out
    for task in cut.tasks:
        assert task.outcome is not None or task.reason is None or task.objects >= 1
    assert decode(encode(cut)) == cut


def _tasks(count: int, outcome: Outcome, failed: tuple[FailedObject, ...] = ()) -> tuple[TaskReport, ...]:
    return tuple(TaskReport(f"{outcome.value[0]}{n:08d}", outcome, 1, 0.0, failed=failed) for n in range(count))


def test_complete_tasks_go_before_failed_ones() -> None:
    tasks = _tasks(900, Outcome.COMPLETE) + _tasks(100, Outcome.FAILED)
    cut = bounded(replace(PARTLY_FAILED, counts=Counts(complete=900, failed=100), tasks=tasks))
    assert sum(task.outcome is Outcome.FAILED for task in cut.tasks) == 100
    assert 0 < sum(task.outcome is Outcome.COMPLETE for task in cut.tasks) < 900
    assert cut.tasks_left_out == 1000 - len(cut.tasks)


def test_samples_go_before_failed_tasks_and_are_counted() -> None:
    long = tuple(FailedObject(f"http://example.com/{'a' * 300}{n}", "Failed", "OriginTimeout") for n in range(20))
    tasks = tuple(replace(task, failed_left_out=7) for task in _tasks(10, Outcome.FAILED, long))
    cut = bounded(replace(PARTLY_FAILED, tasks=tasks))
    assert len(cut.tasks) == 10
    for task in cut.tasks:
        assert len(task.failed) + task.failed_left_out == 27
        assert len(task.failed) >= 3


def test_a_report_that_fits_is_not_touched() -> None:
    assert bounded(PARTLY_FAILED) is PARTLY_FAILED


def test_a_url_longer_than_the_bound_is_left_out_not_cut() -> None:
    endless = FailedObject("http://example.com/" + "a" * 30_000, "Failed")
    report = replace(PARTLY_FAILED, tasks=_tasks(1, Outcome.FAILED, (endless, *FAILED_PATHS)))
    cut = decode(encode(report))
    assert endless not in cut.tasks[0].failed
    assert len(cut.tasks[0].failed) + cut.tasks[0].failed_left_out == 7


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"report": "finale"}, "report"),
        ({"outcome": "done"}, "outcome"),
        ({"counts": []}, "counts"),
        ({"looks": "7"}, "looks"),
        ({"made_at": "yesterday"}, "made_at"),
        ({"tasks": {"task_id": "1"}}, "tasks"),
        ({"notes": [1]}, "notes"),
        ({"note_keys": "vod_legacy_fallback"}, "note_keys"),
    ],
)
def test_a_refusal_names_the_wrong_key(change: dict[str, object], named: str) -> None:
    with pytest.raises(BadInput, match=f"^{named}: "):
        decode(compact({**to_json(PARTLY_FAILED), **change}))


def test_bytes_that_are_not_json_are_refused() -> None:
    with pytest.raises(BadInput, match=r"^report: "):
        decode(b"<html>")


def test_keys_of_a_newer_version_are_left_unread() -> None:
    assert from_json({**to_json(PARTLY_FAILED), "tomorrow": 1}) == PARTLY_FAILED


def test_a_rejected_report_names_no_outcome() -> None:
    rejected = Report("r-1", ReportKind.REJECTED, 0.0, problem="ids is missing")
    assert to_json(rejected)["outcome"] is None
    assert decode(encode(rejected)) == rejected
