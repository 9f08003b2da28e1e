"""Rows to what a look learned about one item."""

from __future__ import annotations

import pytest

from refresh_watch.model import MAX_SAMPLES, FailedObject, Kind, ObjectRow, Page, Product, Status, WatchRequest
from refresh_watch.observation import Answer
from refresh_watch.products.polling.observations import CUT_FROM_ROWS, MOST_BOUND_TASKS, may_be_cut, rows_of_path, seen
from refresh_watch.watch import Watch, WatchedItem

PATH = "http://example.com/a.txt"
SUBMITTED = 1_795_000_000.0


def row(word: str = "Complete", **more: object) -> ObjectRow:
    given = {"task_id": "1", "object_path": PATH, "object_type": "file", **more}
    return ObjectRow(status=Status.of(word), status_word=word, **given)  # type: ignore[arg-type]


def test_the_counts_are_of_objects() -> None:
    words = ["Complete", "Complete", "Failed", "Timeout", "canceled", "Refreshing", "Pending", "Queued"]
    observed = seen("1", [row(word) for word in words], whole=True)
    assert (observed.complete, observed.failed, observed.running) == (2, 3, 3)
    assert observed.status_word == "Failed"
    assert [failure.status for failure in observed.failures] == ["Failed", "Timeout", "canceled"]


def test_a_failure_keeps_the_apis_words() -> None:
    failure = row("Timeout", description="Origin Return StatusCode 5XX")
    assert seen("1", [failure], whole=True).failures == (FailedObject(PATH, "Timeout", "Origin Return StatusCode 5XX"),)


def test_all_failures_are_counted_and_some_are_shown() -> None:
    observed = seen("1", [row("Failed")] * (MAX_SAMPLES + 30), whole=True)
    assert (observed.failed, len(observed.failures)) == (MAX_SAMPLES + 30, MAX_SAMPLES)


def test_no_row_means_not_seen() -> None:
    assert seen("1", [], whole=True).answer is Answer.NOT_SEEN


def test_progress_is_the_mean_of_what_can_be_read() -> None:
    rows = [row(process="100%"), row("Refreshing", process="50"), row("Pending", process="soon")]
    assert seen("1", rows, whole=True).progress == 75.0
    assert seen("1", [row(process="")], whole=True).progress is None


@pytest.mark.parametrize(
    ("object_type", "kind"), [("preload", Kind.PREFETCH), ("file", Kind.REFRESH), ("", Kind.UNKNOWN)]
)
def test_the_kind_comes_from_the_object_type(object_type: str, kind: Kind) -> None:
    assert seen("1", [row(object_type=object_type)], whole=True).kind is kind


@pytest.mark.parametrize(
    ("rows", "total", "cut"),
    [
        ([row()] * 2, 2, False),
        ([], 0, False),
        ([row()] * 2, 3, True),
        ([row()] * 2, 1, True),
        ([row()] * (CUT_FROM_ROWS - 1), CUT_FROM_ROWS - 1, False),
        ([row()] * CUT_FROM_ROWS, CUT_FROM_ROWS, True),
        ([row(), row(task_id="9")], 2, True),
    ],
)
def test_a_by_id_answer_is_trusted_only_when_it_cannot_be_cut(rows: list[ObjectRow], total: int, cut: bool) -> None:
    assert may_be_cut(Page(rows=tuple(rows), total=total), ["1", "2"]) is cut


def by_path(kind: Kind = Kind.UNKNOWN, *, submitted_at: float = SUBMITTED, accepted_at: float = SUBMITTED + 1) -> Watch:
    request = WatchRequest(Product.CDN, object_paths=(PATH,), submitted_at=submitted_at, kind=kind)
    return Watch("w1", request, accepted_at, items=(WatchedItem(PATH),))


@pytest.mark.parametrize(
    ("candidate", "counts"),
    [
        (row(created_at=SUBMITTED), True),
        (row(created_at=SUBMITTED - 60), True),
        (row(created_at=SUBMITTED - 61), False),
        (row(created_at=None), False),
        (row(created_at=SUBMITTED, object_path=PATH + "?v=2"), False),
        (row(created_at=SUBMITTED, object_path="http://example.com/A.txt"), False),
    ],
)
def test_a_watch_by_path_counts_exactly_its_path_from_its_submission_on(candidate: ObjectRow, counts: bool) -> None:
    assert (rows_of_path([candidate], WatchedItem(PATH), by_path()) == [candidate]) is counts


@pytest.mark.parametrize(
    ("kind", "object_type", "counts"),
    [
        (Kind.REFRESH, "file", True),
        (Kind.REFRESH, "preload", False),
        (Kind.PREFETCH, "preload", True),
        (Kind.PREFETCH, "file", False),
        (Kind.UNKNOWN, "preload", True),
        (Kind.PREFETCH, "", True),
    ],
)
def test_a_watch_by_path_counts_only_its_kind_where_that_is_known(kind: Kind, object_type: str, counts: bool) -> None:
    candidate = row(created_at=SUBMITTED, object_type=object_type)
    assert bool(rows_of_path([candidate], WatchedItem(PATH), by_path(kind))) is counts


def test_once_bound_only_rows_of_the_bound_tasks_count() -> None:
    item = WatchedItem(PATH, task_ids=("1",))
    newer = row(created_at=SUBMITTED + 100, task_id="2")
    bound = row(created_at=SUBMITTED - 3600, task_id="1")
    assert rows_of_path([newer, bound], item, by_path()) == [bound]


def bound(watch: Watch, *created: float) -> list[str]:
    """The task ids that count, of tasks named by how long after SUBMITTED they were created."""
    rows = [row(task_id=f"{at:g}", created_at=SUBMITTED + at) for at in created]
    return [candidate.task_id for candidate in rows_of_path(rows, WatchedItem(PATH), watch)]


def test_a_submission_in_the_future_counts_from_acceptance() -> None:
    watch = by_path(submitted_at=SUBMITTED + 3600, accepted_at=SUBMITTED)
    assert bound(watch, -3600, 1) == ["1"]


def test_a_path_is_bound_to_the_tasks_of_its_submission_and_not_to_later_ones() -> None:
    assert bound(by_path(), 90, 80, 70, 60, 50, 40, 3, 2) == ["3", "2"]
    assert bound(by_path(), *range(1000, 0, -10)) == ["10"]
    assert bound(by_path(), 600, 450, 300, 0) == ["0"]


def test_a_task_before_the_submission_counts_where_none_is_nearer_and_only_once_its_own_would_be_shown() -> None:
    assert bound(by_path(), 300, 200, 100, -30, -50) == ["100"]
    # the clock that dates rows is a little behind the one that dated the submission
    assert bound(by_path(), 300, 200, 100, -1, -30, -50) == ["-1"]
    assert bound(by_path(), 1, -1, -30) == ["1"]
    assert bound(by_path(), -1, -2, -30, -50) == ["-1", "-2"]
    # the row of a submission at .7 s is dated in whole seconds
    assert bound(by_path(submitted_at=SUBMITTED + 0.7), 5, 4, 3, 2, 1, 0) == ["3", "2", "1", "0"]
    earlier = row(created_at=SUBMITTED - 30)
    for hiding in (earlier, row(created_at=SUBMITTED - 1)):
        assert rows_of_path([hiding], WatchedItem(PATH), by_path(), early=True) == []
    ours = row(created_at=SUBMITTED + 1, task_id="2")
    assert rows_of_path([earlier, ours], WatchedItem(PATH), by_path(), early=True) == [ours]


def test_every_row_of_a_bound_task_counts() -> None:
    rows = [row(created_at=SUBMITTED + at % 3, task_id=str(at)) for at in range(MOST_BOUND_TASKS + 3) for _ in range(2)]
    assert len(rows_of_path(rows, WatchedItem(PATH), by_path())) == 2 * MOST_BOUND_TASKS
