"""Reports for the tests of reports and channels: one of each kind, and any at all."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st

from refresh_watch.instants import parse_instant
from refresh_watch.model import FailedObject, Kind, Note, Outcome, Product, Reason, Refusal
from refresh_watch.report import Counts, Report, ReportKind, TaskReport

FEW = settings()
"""As many examples as this run's effort says."""

SUBMITTED = parse_instant("2026-11-22T08:00:00Z")
SETTLED = SUBMITTED + 330

FAILED_PATHS = tuple(
    FailedObject(f"http://example.com/{n}.txt", "Failed", "OriginTimeout" if n < 4 else "Internal Error")
    for n in range(6)
)

PARTLY_FAILED = Report(
    id="f-0a1b2c3d",
    kind=ReportKind.FINAL,
    made_at=SETTLED + 1,
    watch_id="0a1b2c3d",
    product="cdn",
    job=Kind.REFRESH,
    label="release 2026.11.22",
    outcome=Outcome.PARTLY_FAILED,
    counts=Counts(complete=114, failed=6),
    tasks=(
        TaskReport("704225667", Outcome.COMPLETE, 100, SETTLED - 60),
        TaskReport("704222904", Outcome.PARTLY_FAILED, 20, SETTLED, "Failed", failed=FAILED_PATHS),
    ),
    submitted_at=SUBMITTED,
    settled_at=SETTLED,
    looks=7,
    api_calls=9,
    request_id="174F6032-AA26-470D-B90E-36F0EB205BEE",
    channels=("oncall",),
)
COMPLETE = replace(PARTLY_FAILED, outcome=Outcome.COMPLETE, counts=Counts(complete=100), tasks=PARTLY_FAILED.tasks[:1])
INTERIM = replace(
    PARTLY_FAILED,
    id="i-0a1b2c3d",
    kind=ReportKind.INTERIM,
    outcome=Outcome.PARTLY_FAILED,
    counts=Counts(complete=10, failed=6, running=104),
    settled_at=None,
)
OVERDUE = replace(
    PARTLY_FAILED,
    outcome=Outcome.OVERDUE,
    counts=Counts(overdue=2),
    tasks=(TaskReport("704225667", Outcome.OVERDUE, 2, SETTLED, "Refreshing"),),
)
NO_PERMISSION = replace(
    PARTLY_FAILED,
    product="dcdn",
    outcome=Outcome.UNVERIFIABLE,
    counts=Counts(unverifiable=1),
    tasks=(TaskReport("704225667", Outcome.UNVERIFIABLE, 1, SETTLED, reason=Reason.NO_PERMISSION),),
    refusal=Refusal(Reason.NO_PERMISSION, "Forbidden.RAM", "User not authorized", "dcdn:DescribeDcdnRefreshTasks"),
)
REJECTED = Report("r-99aa88bb", ReportKind.REJECTED, SUBMITTED, problem="product: 'cnd' is not allowed; allowed: cdn")
BROKEN = replace(
    PARTLY_FAILED, id="b-0a1b2c3d", kind=ReportKind.BROKEN, outcome=None, problem="the engine refused", settled_at=None
)
BY_PATH = replace(
    PARTLY_FAILED,
    by_path=True,
    tasks=(
        TaskReport(
            "http://example.com/0.txt", Outcome.FAILED, 1, SETTLED, "Failed", None, ("704222904",), FAILED_PATHS[:1]
        ),
    ),
    counts=Counts(failed=1),
    outcome=Outcome.FAILED,
)
NOTED = replace(
    COMPLETE,
    id="f-4d5e6f70",
    product="vod-legacy",
    notes=(Note("vod_legacy_fallback"), Note("undelivered", (("channel", "oncall"), ("why", "HTTP 503: `busy`")))),
)
EVERY_KIND = (PARTLY_FAILED, COMPLETE, INTERIM, OVERDUE, NO_PERMISSION, REJECTED, BROKEN, BY_PATH, NOTED)

NASTY = (
    "@13800000000 @all",
    "`@all` **bold** [x](http://evil.example/) <font color=red>",
    "\n\n# heading\n@user\r\n> quote",
    "\u202egnp.exe\u2028next\x00\x1b[31m",
    "\ud800 lone surrogate",
    "刷新失败" * 30,
    "👩‍👩‍👧‍👦🔥" * 20,
    "http://example.com/" + "路径/" * 300,
    "http://example.com/" + "a" * 1500,
    "",
)

instants = st.integers(min_value=0, max_value=4_000_000_000).map(float)
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))
clean_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def notes(words: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Note]:
    """Any note that is a text of ours."""
    return st.one_of(
        st.just(Note("vod_legacy_fallback")),
        st.builds(lambda who: Note("stopped_by", (("who", who),)), words),
        st.builds(lambda name, why: Note("undelivered", (("channel", name), ("why", why))), words, words),
    )


def reports(words: st.SearchStrategy[str] = texts, most_tasks: int = 4) -> st.SearchStrategy[Report]:
    """Any report at all, its words taken from `words`."""
    failed = st.builds(FailedObject, words, st.sampled_from(["Failed", "Timeout", "Canceled", "?"]), words)
    tasks = st.builds(
        TaskReport,
        item=words,
        outcome=st.none() | st.sampled_from(Outcome),
        objects=st.integers(1, 2000),
        settled_at=st.none() | instants,
        status=words,
        reason=st.none() | st.sampled_from(Reason),
        task_ids=st.lists(words, max_size=2).map(tuple),
        failed=st.lists(failed, max_size=6).map(tuple),
        failed_left_out=st.integers(0, 2000),
    )
    number = st.integers(0, 10**6)
    return st.builds(
        Report,
        id=words,
        kind=st.sampled_from(ReportKind),
        made_at=instants,
        watch_id=words,
        product=st.one_of(st.sampled_from([product.value for product in Product]), words),
        job=st.sampled_from(Kind),
        label=words,
        outcome=st.none() | st.sampled_from(Outcome),
        counts=st.builds(Counts, number, number, number, number, number),
        tasks=st.lists(tasks, max_size=most_tasks).map(tuple),
        tasks_left_out=number,
        by_path=st.booleans(),
        submitted_at=st.none() | instants,
        submission_unknown=st.booleans(),
        settled_at=st.none() | instants,
        looks=number,
        api_calls=number,
        refusal=st.none() | st.builds(Refusal, st.sampled_from(Reason), words, words, words, words),
        problem=words,
        notes=st.lists(words | notes(words), max_size=6).map(tuple),
        request_id=words,
        channels=st.lists(words, max_size=3).map(tuple),
    )
