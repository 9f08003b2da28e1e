"""When to look next, and how fast to ask."""

from __future__ import annotations

import itertools

from shared.model import Kind, Product, Watch, WatchRequest
from shared.watching.opening import open_watch
from shared.watching.quota import Quota
from shared.watching.schedule import LONGEST_WAIT, next_look

ACCEPTED = 1_790_000_000.0


def looks(until: float, **request: object) -> list[float]:
    watch: Watch = open_watch("refresh", WatchRequest(Product.CDN, task_ids=("1",), **request), ACCEPTED)  # type: ignore[arg-type]
    at = [0.0]
    while at[-1] < until:
        wait = next_look(watch, ACCEPTED + at[-1], unfinished=False, late_unanswered=False)
        at.append(round(at[-1] + wait, 3))
    return at


def test_a_refresh_is_asked_about_most_often_where_it_ends() -> None:
    assert looks(280) == [0, 15, 45, 90, 150, 210, 240, 255, 270, 285]


def test_a_prefetch_is_asked_about_less() -> None:
    assert looks(390, kind=Kind.PREFETCH) == [0, 30, 90, 180, 300, 330, 360, 390]


def test_the_last_look_before_the_deadline_falls_on_it() -> None:
    assert looks(100, deadline=100.0) == [0, 15, 45, 90, 100]


def test_a_user_may_set_another_schedule() -> None:
    assert looks(4, schedule="0,0.5,2;1") == [0, 0.5, 2, 3, 4]


def test_a_watch_of_three_days_grows_slow_and_never_outwaits_the_engine() -> None:
    at = looks(3 * 86400 - 1, deadline=3 * 86400.0)
    assert len(at) < 700
    assert max(later - earlier for earlier, later in itertools.pairwise(at)) <= LONGEST_WAIT


def test_a_watch_of_tasks_submitted_long_ago_starts_where_the_schedule_stands() -> None:
    watch = open_watch("refresh", WatchRequest(Product.CDN, task_ids=("1",), submitted_at=ACCEPTED - 205), ACCEPTED)
    assert next_look(watch, ACCEPTED, unfinished=False, late_unanswered=False) == 5


def test_the_quota_spaces_calls_evenly_and_forgets_what_was_not_used() -> None:
    quota = Quota({"cdn.list": 5.0})
    assert [round(quota.reserve("cdn.list", 100.0), 1) for _ in range(4)] == [0.0, 0.2, 0.4, 0.6]
    assert quota.reserve("cdn.list", 200.0) == 0.0


def test_the_quota_holds_back_when_the_server_asked_for_it() -> None:
    quota = Quota({"cdn.list": 5.0})
    quota.hold("cdn.list", 103.0)
    assert quota.reserve("cdn.list", 100.0) == 3.0
