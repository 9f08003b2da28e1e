"""How tasks come, progress and go; lag; quotas. In virtual time, without a socket."""

from __future__ import annotations

import re

import pytest

from refresh_watch_emulator.products.allowance import Allowance
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import NEVER, ObjectPlan, World, by_words_in_url
from tests.emulator.products.account import NOON, Account, account


def submit(here: Account, *urls: str, **params: str) -> list[str]:
    reply = here.call("cdn", "RefreshObjectCaches", ObjectPath="\n".join(urls), ObjectType="File", **params)
    assert reply.status == 200, reply.body
    return reply.json()["RefreshTaskId"].split(",")


def test_an_object_goes_from_pending_over_refreshing_to_its_end_and_its_progress_grows() -> None:
    here = account()
    plans = [ObjectPlan("http://a.com/1", after=100), ObjectPlan("http://a.com/2", "Failed", after=50)]
    task_id = here.world.add_task("cdn", objects=plans, created_at=NOON)
    seen = []
    for _ in range(5):
        seen.append([(row["Status"], row["Process"]) for row in here.rows(TaskId=task_id)])
        here.clock.sleep(25)
    assert seen == [
        [("Pending", "0%"), ("Pending", "0%")],
        [("Refreshing", "25%"), ("Refreshing", "50%")],
        [("Refreshing", "50%"), ("Failed", "0%")],
        [("Refreshing", "75%"), ("Failed", "0%")],
        [("Complete", "100%"), ("Failed", "0%")],
    ]


def test_progress_may_hurry_or_slow_down() -> None:
    here = account()
    plans = [ObjectPlan("http://a.com/1", after=100, shape=shape) for shape in (0.5, 1.0, 2.0)]
    task_id = here.world.add_task("cdn", objects=plans, created_at=NOON - 25)
    assert [row["Process"] for row in here.rows(TaskId=task_id)] == ["50%", "25%", "6%"]


def test_every_last_status_shows_and_never_never_ends() -> None:
    here = account()
    for ends in ("Complete", "Failed", "Timeout", "Canceled", "Paused"):
        task_id = here.world.add_task("cdn", objects=[ObjectPlan("http://a.com/1", ends, 10)], created_at=NOON - 10)
        assert here.statuses(task_id) == [ends]
    endless = here.world.add_task("cdn", objects=[ObjectPlan("http://a.com/1", NEVER)], created_at=NOON)
    here.clock.sleep(2 * 86400)
    assert [(row["Status"], row["Process"]) for row in here.rows(TaskId=endless)] == [("Refreshing", "99%")]


def test_a_held_task_runs_on_until_it_is_released() -> None:
    here = account()
    task_id = here.world.add_task("cdn", objects=[ObjectPlan("http://a.com/1", after=10)], created_at=NOON)
    here.world.hold(task_id)
    here.clock.sleep(1000)
    assert here.statuses(task_id) == ["Refreshing"]
    here.world.release(task_id)
    assert here.statuses(task_id) == ["Complete"]


def test_a_task_or_one_object_of_it_is_settled_by_hand() -> None:
    here = account()
    plans = [ObjectPlan("http://a.com/1", NEVER), ObjectPlan("http://a.com/2", NEVER)]
    task_id = here.world.add_task("cdn", objects=plans, created_at=NOON - 100)
    here.world.settle(task_id, "Failed", path="http://a.com/2", description="Internal Error")
    assert here.statuses(task_id) == ["Refreshing", "Failed"]
    assert here.rows(TaskId=task_id)[1]["Description"] == "Internal Error"
    here.world.settle(task_id)
    assert here.statuses(task_id) == ["Complete", "Complete"]


def test_a_removed_task_vanishes_and_there_is_no_such_task_to_hold() -> None:
    here = account()
    task_id = here.world.add_task("cdn", created_at=NOON)
    here.world.remove(task_id)
    assert here.list(TaskId=task_id).json()["TotalCount"] == 0
    with pytest.raises(KeyError):
        here.world.hold(task_id)


def test_a_task_older_than_three_days_is_in_no_answer() -> None:
    here = account()
    task_id = here.world.add_task("cdn", created_at=NOON)
    here.clock.sleep(3 * 86400)
    assert here.statuses(task_id) == ["Complete"]
    here.clock.sleep(1)
    assert here.statuses(task_id) == []
    assert here.by_id(TaskId=task_id).json()["TotalCount"] == 0


def test_the_newest_task_comes_first() -> None:
    here = account()
    ids = [here.world.add_task("cdn", created_at=NOON - age) for age in (30, 10, 20)]
    assert [row["TaskId"] for row in here.rows()] == [ids[1], ids[2], ids[0]]


def test_a_product_sees_its_own_tasks_only_and_both_vod_actions_see_the_same() -> None:
    here = account()
    task_id = here.world.add_task("vod", created_at=NOON)
    assert here.statuses(task_id, "vod") == here.statuses(task_id, "vod-legacy") == ["Complete"]
    assert here.statuses(task_id, "cdn") == here.statuses(task_id, "dcdn") == []
    with pytest.raises(ValueError, match="esa"):
        here.world.add_task("esa", created_at=NOON)


def test_urls_of_one_domain_and_second_share_an_id_even_over_two_calls() -> None:
    here = account()
    first = submit(here, "http://a.com/1", "http://b.com/1", "http://a.com/2")
    assert len(first) == 2
    assert submit(here, "http://a.com/3") == first[:1]
    assert [row["ObjectPath"] for row in here.rows(TaskId=first[0])] == [f"http://a.com/{i}" for i in (1, 2, 3)]
    here.clock.sleep(1)
    assert submit(here, "http://a.com/4")[0] not in first


def test_an_id_takes_2000_refresh_urls_or_500_to_prefetch() -> None:
    here = account()
    world = here.world
    refreshed = world.submit("cdn", [f"http://a.com/{i}" for i in range(4001)], "file", NOON)
    prefetched = world.submit("cdn", [f"http://a.com/{i}" for i in range(501)], "preload", NOON)
    totals = [here.list(TaskId=task_id).json()["TotalCount"] for task_id in (*refreshed, *prefetched)]
    assert totals == [2000, 2000, 1, 500, 1]


def test_every_directory_has_an_id_of_its_own() -> None:
    here = account()
    paths = "http://a.com/x/\nhttp://a.com/y/"
    reply = here.call("cdn", "RefreshObjectCaches", ObjectPath=paths, ObjectType="Directory")
    ids = reply.json()["RefreshTaskId"].split(",")
    assert [here.rows(TaskId=task_id)[0]["ObjectPath"] for task_id in ids] == paths.split("\n")
    assert here.rows(TaskId=ids[0])[0]["ObjectType"] == "directory"


def test_words_in_the_url_decide_how_submitted_objects_end() -> None:
    here = account()
    here.world.plan_for = by_words_in_url(after=3)
    words = ("good", "will-fail", "timeout", "cancel", "hang")
    (task_id,) = submit(here, *(f"http://fail.example.com/{word}" for word in words))
    here.clock.sleep(3)
    assert here.statuses(task_id) == ["Complete", "Failed", "Timeout", "Canceled", "Refreshing"]


def test_a_new_task_is_absent_for_a_moment_from_every_answer() -> None:
    here = account(Switches(invisible_seconds=2))
    task_id = here.world.add_task("cdn", created_at=NOON)
    here.clock.sleep(1.9)
    assert here.statuses(task_id) == []
    assert here.by_id(TaskId=task_id).json()["Tasks"] == []
    here.clock.sleep(0.2)
    assert here.statuses(task_id) == ["Complete"]
    assert len(here.by_id(TaskId=task_id).json()["Tasks"]) == 1


def test_a_stale_answer_shows_what_the_previous_question_brought_up_to_date() -> None:
    here = account(Switches(stale_answers=True))
    task_id = here.world.add_task("cdn", objects=[ObjectPlan("http://a.com/1", after=100)], created_at=NOON)
    seen = []
    for _ in range(4):
        here.clock.sleep(40)
        seen.append(here.statuses(task_id))
    assert seen == [["Pending"], ["Refreshing"], ["Refreshing"], ["Complete"]]
    here.world.settle(task_id, "Failed")
    assert here.statuses(task_id) == ["Complete"]
    assert here.by_id(TaskId=task_id).json()["Tasks"][0]["Status"] == "Failed"


def test_a_question_about_another_task_brings_nothing_up_to_date() -> None:
    here = account(Switches(stale_answers=True))
    task_id = here.world.add_task("cdn", created_at=NOON - 100)
    other = here.world.add_task("cdn", created_at=NOON - 100)
    assert [here.statuses(task_id), here.statuses(other)] == [["Pending"], ["Pending"]]
    assert here.statuses(task_id) == ["Complete"]


def test_request_ids_are_uuids_in_upper_case_and_differ() -> None:
    world = World(NOON, foreign_tasks=0)
    ids = [world.request_id() for _ in range(50)]
    assert len(set(ids)) == 50
    assert all(re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", text) for text in ids)


@pytest.mark.parametrize("operation", ["list", "by_id", "submit"])
def test_each_operation_has_its_own_quota(operation: str) -> None:
    rates = {"cdn_list": 5.0, "cdn_by_id": 30.0, "cdn_submit": 50.0}
    here = account(**rates)
    ask = {
        "list": lambda: here.list(TaskId=1),
        "by_id": lambda: here.by_id(TaskId=1),
        "submit": lambda: here.call("cdn", "PushObjectCache", ObjectPath="http://a.com/1"),
    }
    statuses = [ask[operation]().status for _ in range(60)]
    assert statuses.count(200) == rates[f"cdn_{operation}"]
    assert all(ask[other]().status == 200 for other in ask if other != operation)


def test_a_caller_that_waits_as_long_as_the_answer_says_is_let_in() -> None:
    allowance = Allowance({"vod.list": 3.0})
    now = NOON
    for _ in range(300):
        wait = allowance.take("vod.list", now)
        if wait:
            now += wait
            assert allowance.take("vod.list", now) == 0
    assert now - NOON == pytest.approx((300 - 3) / 3, abs=0.5)


def test_an_operation_without_a_rate_is_not_limited() -> None:
    assert [Allowance({}).take("vod.list", NOON) for _ in range(100)] == [0.0] * 100
