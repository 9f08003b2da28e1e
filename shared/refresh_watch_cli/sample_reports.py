"""Reports of jobs that do not exist, one for each way that a watch can end. Each title says that it is a test."""

from __future__ import annotations

from dataclasses import replace

from refresh_watch.instants import Instant
from refresh_watch.model import FailedObject, Kind, Note, Outcome, Product, Reason, Refusal
from refresh_watch.report import Counts, Report, ReportKind, TaskReport

LABELS = {"en": "TEST of refresh-watch, no real job", "zh": "refresh-watch 测试，并非真实任务"}
"""The label of each, by language: with the product it is what ties a resolved incident to the one that a failure
opened."""

_PREFIX = {ReportKind.FINAL: "f", ReportKind.INTERIM: "i", ReportKind.REJECTED: "r", ReportKind.BROKEN: "b"}
_SITE = "http://test.example.com/refresh-watch"
_REQUEST_ID = "174F6032-AA26-470D-B90E-36F0EB205BEE"
_TIMED_OUT = tuple(FailedObject(f"{_SITE}/js/app.{n}.js", "Failed", "Origin Timeout") for n in range(1, 8))
_ORIGIN_ERRORS = tuple(
    FailedObject(f"{_SITE}/img/banner-{n}.webp", "Failed", "Origin Return StatusCode 5XX") for n in range(1, 4)
)
_INTERNAL = (
    FailedObject(f"{_SITE}/index.html", "Failed", "Internal Error"),
    FailedObject(f"{_SITE}/help/index.html?lang=zh", "Failed", "Internal Error"),
)
_FAILED = (*_TIMED_OUT, *_ORIGIN_ERRORS, *_INTERNAL)
_REASONS = (("origin_timeout", 7), ("origin_5xx", 3), ("internal_error", 2))


def sample_report(name: str, now: Instant, key: str, language: str) -> Report:
    """The sample of that name in NAMES, as if it had ended at `now`. `key` tells one test's reports from another's.

    `language` is that of its label; what is the vendors' own stays as they write it.
    """
    report = _SAMPLES[name]
    watch_id = f"test{key}{NAMES.index(name)}"
    is_final = report.kind is ReportKind.FINAL
    return replace(
        report,
        label=LABELS[language],
        id=f"{_PREFIX[report.kind]}-{watch_id}",
        watch_id="" if report.kind is ReportKind.REJECTED else watch_id,
        made_at=now,
        submitted_at=None if report.kind is ReportKind.REJECTED else now - 330,
        settled_at=now if is_final else None,
        tasks=tuple(replace(task, settled_at=now if is_final else None) for task in report.tasks),
    )


_COMPLETE = Report(
    id="",
    kind=ReportKind.FINAL,
    made_at=0,
    product=Product.CDN.value,
    job=Kind.REFRESH,
    outcome=Outcome.COMPLETE,
    counts=Counts(complete=120),
    tasks=(
        TaskReport("100000001", Outcome.COMPLETE, 100),
        TaskReport("100000002", Outcome.COMPLETE, 20),
    ),
    looks=7,
    api_calls=9,
    request_id=_REQUEST_ID,
)
_PARTLY_FAILED = replace(
    _COMPLETE,
    outcome=Outcome.PARTLY_FAILED,
    counts=Counts(complete=108, failed=12),
    reasons=_REASONS,
    tasks=(
        TaskReport("100000001", Outcome.COMPLETE, 100),
        TaskReport("100000002", Outcome.PARTLY_FAILED, 20, status="Failed", failed=_FAILED),
    ),
)
_FAILED_FOR_ALL = replace(
    _COMPLETE,
    job=Kind.PREFETCH,
    outcome=Outcome.FAILED,
    counts=Counts(failed=4),
    reasons=(("timeout", 2), ("canceled", 1), ("other", 1)),
    tasks=(
        TaskReport(
            "100000003",
            Outcome.FAILED,
            4,
            status="Failed",
            failed=(
                FailedObject(f"{_SITE}/video/intro-1080p.mp4", "Timeout"),
                FailedObject(f"{_SITE}/video/intro-720p.mp4", "Timeout"),
                FailedObject(f"{_SITE}/video/trailer.mp4", "Canceled"),
                FailedObject(f"{_SITE}/video/old.mp4", "Failed", "Object is larger than the node's disk"),
            ),
        ),
    ),
)
_OVERDUE = replace(
    _COMPLETE,
    outcome=Outcome.OVERDUE,
    counts=Counts(complete=115, overdue=5),
    tasks=(
        TaskReport("100000001", Outcome.COMPLETE, 100),
        TaskReport("100000002", Outcome.OVERDUE, 20, status="Refreshing"),
    ),
)
_NO_PERMISSION = replace(
    _COMPLETE,
    product=Product.DCDN.value,
    outcome=Outcome.UNVERIFIABLE,
    counts=Counts(unverifiable=2),
    tasks=(
        TaskReport("100000001", Outcome.UNVERIFIABLE, 1, reason=Reason.NO_PERMISSION),
        TaskReport("100000002", Outcome.UNVERIFIABLE, 1, reason=Reason.NO_PERMISSION),
    ),
    refusal=Refusal(
        Reason.NO_PERMISSION,
        "Forbidden.RAM",
        "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
        "dcdn:DescribeDcdnRefreshTaskById",
        _REQUEST_ID,
    ),
    looks=1,
    api_calls=1,
)
_STOPPED = replace(
    _COMPLETE,
    product=Product.VOD.value,
    outcome=Outcome.UNVERIFIABLE,
    counts=Counts(complete=100, unverifiable=20),
    tasks=(
        TaskReport("100000001", Outcome.COMPLETE, 100),
        TaskReport("100000002", Outcome.UNVERIFIABLE, 20, reason=Reason.STOPPED),
    ),
    refusal=Refusal(Reason.STOPPED, "", "stopped by someone@a-machine"),
    notes=(Note("stopped_by", (("who", "someone@a-machine"),)),),
)
_INTERIM = replace(
    _PARTLY_FAILED,
    kind=ReportKind.INTERIM,
    counts=Counts(complete=70, failed=2, running=48),
    reasons=(("origin_timeout", 2),),
    tasks=(
        TaskReport("100000001", None, 100),
        TaskReport("100000002", None, 20, status="Failed", failed=_TIMED_OUT[:2]),
    ),
    looks=2,
    api_calls=2,
)
_REJECTED = Report(
    id="",
    kind=ReportKind.REJECTED,
    made_at=0,
    product=Product.CDN.value,
    problem="task_ids is missing; allowed: the ids that the submit API returned",
)
_BROKEN = replace(
    _COMPLETE,
    kind=ReportKind.BROKEN,
    outcome=None,
    counts=Counts(),
    tasks=(),
    problem="refresh-watch-watch failed with FunctionTimedout after its retries",
    looks=0,
    api_calls=0,
    request_id="",
)
_SAMPLES = {
    "complete": _COMPLETE,
    "partly_failed": _PARTLY_FAILED,
    "failed": _FAILED_FOR_ALL,
    "overdue": _OVERDUE,
    "unverifiable": _NO_PERMISSION,
    "stopped": _STOPPED,
    "interim": _INTERIM,
    "rejected": _REJECTED,
    "broken": _BROKEN,
}
NAMES = tuple(_SAMPLES)
"""The samples that there are."""
