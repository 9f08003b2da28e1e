"""Which failed rows a watch follows, and the watches that report the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from refresh_watch.model import Kind, ObjectRow, Product, Status
from refresh_watch.watch import Watch, open_watch
from refresh_watch.watching.request import read_request, write_request
from refresh_watch.workflow.sweep.unwatched import MOST_REPORTED, Unwatched, bound_to

T0 = 1_795_000_000.0
A, B = "https://example.com/a", "https://example.com/b"


def row(task_id: str = "7", path: str = A, object_type: str = "file", at: float = T0) -> ObjectRow:
    return ObjectRow(task_id, path, object_type, Status.FAILED, "Failed", created_at=at)


def watch(**request: Any) -> Watch:
    return open_watch("refresh", read_request({"product": "cdn", **request}), T0 + 10)


@pytest.mark.parametrize(
    ("request_of", "follows"),
    [
        ({"task_ids": "7"}, True),
        ({"task_ids": "6,7,8"}, True),
        ({"task_ids": "77"}, False),
        ({"product": "dcdn", "task_ids": "7"}, False),
        ({"object_paths": [A, B], "submitted_at": T0}, True),
        ({"object_paths": [A], "submitted_at": T0 + 59}, True),  # the two clocks need not agree
        ({"object_paths": [B], "submitted_at": T0}, False),
        ({"object_paths": [A + "?x"], "submitted_at": T0}, False),
        ({"object_paths": [A], "submitted_at": T0, "kind": "refresh"}, True),
        ({"object_paths": [A], "submitted_at": T0, "kind": "prefetch"}, False),
    ],
)
def test_a_watch_follows_by_id_or_by_exact_path(request_of: dict[str, Any], follows: bool) -> None:
    unwatched = Unwatched(Product.CDN, [row()])
    unwatched.take_out(unwatched.named_by(watch(**request_of)))
    assert unwatched.task_ids == (() if follows else ("7",))


@pytest.mark.parametrize(("seconds", "follows"), [(-61, False), (-59, True), (0, True), (1800, True), (1900, False)])
def test_a_watch_by_path_follows_what_was_submitted_from_then_to_its_deadline(seconds: float, follows: bool) -> None:
    submitted = watch(object_paths=[A], submitted_at=T0)
    assert bool(Unwatched(Product.CDN, [row(at=T0 + seconds)]).named_by(submitted)) is follows


def test_a_watch_of_vods_older_action_follows_vods_tasks() -> None:
    legacy = watch(product="vod-legacy", task_ids="7", domain_name="example.com", object_type="file")
    assert Unwatched(Product.VOD, [row()]).named_by(legacy)


def test_a_path_that_is_bound_follows_that_task_only() -> None:
    submitted = watch(object_paths=[A, B], submitted_at=T0)
    bound = replace(
        submitted, items=tuple(replace(item, task_ids=("7",)) for item in submitted.items if item.item == A)
    )
    rows = [row("7"), row("8"), row("9", B)]
    assert [each.task_id for each in bound_to(bound, rows)] == ["7", "9"]


def test_a_task_is_watched_only_if_each_failed_row_of_it_is() -> None:
    unwatched = Unwatched(Product.CDN, [row(path=A), row(path=B)])
    unwatched.take_out(unwatched.named_by(watch(object_paths=[A], submitted_at=T0)))
    assert unwatched.task_ids == ("7",)
    assert [each.object_path for each in unwatched.rows] == [B]


def test_there_is_one_request_a_kind_and_each_task_stands_in_it_once() -> None:
    rows = [row("9", at=T0 + 5), row("8"), row("8", B), row("5", object_type="preload", at=T0 + 2)]
    refresh, prefetch = Unwatched(Product.DCDN, rows).requests()
    assert (refresh.kind, refresh.task_ids, refresh.submitted_at) == (Kind.REFRESH, ("8", "9"), T0)
    assert (prefetch.kind, prefetch.task_ids, prefetch.submitted_at) == (Kind.PREFETCH, ("5",), T0 + 2)
    assert {request.product for request in (refresh, prefetch)} == {Product.DCDN}
    assert Unwatched(Product.DCDN, reversed(rows)).requests() == [refresh, prefetch]


def test_more_than_a_thousand_tasks_are_several_watches_and_a_sweep_reports_a_bounded_number() -> None:
    requests = Unwatched(Product.CDN, [row(str(10**19 + n), at=T0 + n) for n in range(3000)]).requests()
    assert [len(request.task_ids) for request in requests] == [1000, 1000]
    assert sum(len(request.task_ids) for request in requests) == MOST_REPORTED
    assert requests[0].task_ids[0] == str(10**19), "the oldest, which leave the window first"
    assert len(str([write_request(request) for request in requests])) < 64 * 1024
    assert [read_request(write_request(request)) for request in requests] == requests
