"""Each unknown fact, in every position of its switch."""

from __future__ import annotations

from typing import Any

import pytest

from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import FAILURES, ObjectPlan
from tests.emulator.products.account import NOON, Account, account

FAILED = ObjectPlan("http://a.com/1", "Failed", description="Origin Return StatusCode 5XX")


def row(switches: Switches, plan: ObjectPlan, *, age: float = 0.0, object_type: str = "file") -> dict[str, Any]:
    here = account(switches)
    task_id = here.world.add_task("cdn", objects=[plan], object_type=object_type, created_at=NOON - age)
    (by_list,) = here.rows(TaskId=task_id)
    (by_id,) = here.by_id(TaskId=task_id).json()["Tasks"]
    assert by_list == by_id
    return by_list


@pytest.mark.parametrize(
    ("switches", "shown", "total"),
    [
        (Switches(), 25, 25),
        (Switches(by_id_row_limit=20), 20, 25),
        (Switches(by_id_row_limit=20, by_id_total="cut"), 20, 20),
        (Switches(by_id_row_limit=40, by_id_total="cut"), 25, 25),
    ],
)
def test_a_by_id_answer_is_whole_or_cut(switches: Switches, shown: int, total: int) -> None:
    here = account(switches)
    plans = [ObjectPlan(f"http://a.com/{i}") for i in range(24)]
    ids = [here.world.add_task("cdn", objects=plans, created_at=NOON), here.world.add_task("cdn", created_at=NOON)]
    body = here.by_id(TaskId=",".join(ids)).json()
    assert (len(body["Tasks"]), body["TotalCount"]) == (shown, total)
    assert here.list(TaskId=ids[0]).json()["TotalCount"] == 24


def test_a_by_id_answer_is_a_bare_list_or_wrapped() -> None:
    for product, container in (("cdn", "CDNTask"), ("dcdn", "Task")):
        bare, wrapped = account(), account(Switches(by_id_form="wrapped"))
        for here in (bare, wrapped):
            here.world.add_task(product, task_id="1", created_at=NOON)
        rows = bare.by_id(product, TaskId=1).json()["Tasks"]
        assert [found["TaskId"] for found in rows] == ["1"]
        assert wrapped.by_id(product, TaskId=1).json()["Tasks"] == {container: rows}


@pytest.mark.parametrize("ask", [Account.list, Account.by_id])
def test_an_unknown_id_has_no_rows_or_is_malformed_for_the_whole_call(ask: Any) -> None:
    empty = account()
    assert ask(empty, TaskId=99).json()["TotalCount"] == 0
    strict = account(Switches(unknown_id="malformed", comma_list="accepted", invisible_seconds=5))
    known = strict.world.add_task("cdn", created_at=NOON)
    assert ask(strict, TaskId=f"{known},99").json()["Code"] == "InvalidTaskId.Malformed"
    # it was given out, so it is known, though it does not show yet
    assert ask(strict, TaskId=known).json()["TotalCount"] == 0


def test_a_comma_list_on_a_list_operation_is_malformed_or_accepted() -> None:
    for accepted in (False, True):
        here = account(Switches(comma_list="accepted" if accepted else "malformed"))
        ids = [here.world.add_task("cdn", created_at=NOON) for _ in range(2)]
        body = here.list(TaskId=",".join(ids)).json()
        assert (body.get("TotalCount"), body.get("Code")) == (
            (2, None) if accepted else (None, "InvalidTaskId.Malformed")
        )


FINE = ObjectPlan("http://a.com/1")
OWN_WORDS = ObjectPlan("http://a.com/1", "Failed", description="Own words")


@pytest.mark.parametrize(
    ("positions", "plan", "shown"),
    [
        ({}, FAILED, {"TaskId": "704225667", "Description": "Origin Return StatusCode 5XX"}),
        ({"numeric_ids": True}, FAILED, {"TaskId": 704225667}),
        *(({"timeout_and_canceled": True}, ObjectPlan("a.com", word), {"Status": word}) for word in FAILURES),
        *(({"timeout_and_canceled": False}, ObjectPlan("a.com", word), {"Status": "Failed"}) for word in FAILURES),
        ({"description_form": "joined"}, FAILED, {"Description": "OriginReturn StatusCode 5XX"}),
        ({"description_form": "joined"}, ObjectPlan("a.com", "Failed"), {"Description": "OriginTimeout"}),
        ({"description_form": "joined"}, OWN_WORDS, {"Description": "Own words"}),
        ({}, FINE, {"Status": "Complete", "Description": None}),
        ({"description_when_fine": "empty"}, FINE, {"Description": ""}),
        (
            {"description_when_fine": "error", "description_form": "joined"},
            FINE,
            {"Status": "Complete", "Description": "InternalError"},
        ),
    ],
)
def test_a_row_is_spelled_as_the_switches_say(
    positions: dict[str, Any], plan: ObjectPlan, shown: dict[str, object]
) -> None:
    found = row(Switches(**positions), plan)
    assert {key: found.get(key) for key in shown} == shown


@pytest.mark.parametrize(
    ("form", "running", "complete"),
    [("percent", "33%", "100%"), ("plain", "33", "100"), ("decimal", "33.33%", "100%"), ("int", 33, 100)],
)
def test_process_has_four_forms(form: Any, running: object, complete: object) -> None:
    switches = Switches(process_form=form)
    plan = ObjectPlan("http://a.com/1", after=300)
    assert row(switches, plan, age=100)["Process"] == running
    assert row(switches, plan, age=300)["Process"] == complete


@pytest.mark.parametrize(
    ("progress", "shown"),
    [
        ("moves", ["Pending 0%", "Refreshing 50%", "Complete 100%"]),
        ("jumps", ["Pending 0%", "Refreshing 0%", "Complete 100%"]),
        ("mute", ["Refreshing 0%", "Refreshing 0%", "Complete 100%"]),
    ],
)
def test_progress_moves_or_jumps_at_the_end_or_not_even_the_status_tells(progress: Any, shown: list[str]) -> None:
    switches = Switches(progress=progress)
    plan = ObjectPlan("http://a.com/1", after=300)
    rows = [row(switches, plan, age=age) for age in (0, 150, 300)]
    assert [f"{found['Status']} {found['Process']}" for found in rows] == shown


def test_the_status_filter_of_a_mute_task_finds_it_refreshing() -> None:
    here = account(Switches(progress="mute"))
    here.world.add_task("cdn", objects=[ObjectPlan("http://a.com/1", after=300)], created_at=NOON)
    assert len(here.rows(Status="Refreshing", ObjectType="file")) == 1


def test_the_status_filter_goes_by_the_word_that_is_shown() -> None:
    for distinct in (True, False):
        here = account(Switches(timeout_and_canceled=distinct))
        here.world.add_task("cdn", objects=[ObjectPlan("http://a.com/1", "Timeout")], created_at=NOON)
        assert len(here.rows(Status="Failed", ObjectType="file")) == (0 if distinct else 1)
        assert len(here.rows(Status="Timeout", ObjectType="file")) == (1 if distinct else 0)


def test_a_directory_is_called_directory_or_path() -> None:
    plan = ObjectPlan("http://a.com/x/")
    assert row(Switches(), plan, object_type="directory")["ObjectType"] == "directory"
    assert row(Switches(directory_word="path"), plan, object_type="directory")["ObjectType"] == "path"
    assert row(Switches(directory_word="path"), plan)["ObjectType"] == "file"


def test_vods_older_action_is_known_or_gone() -> None:
    gone = account(Switches(legacy_action="gone")).list("vod-legacy")
    assert (gone.status, gone.code) == (404, "InvalidAction.NotFound")
    assert account().list("vod-legacy").status == 200


def test_vods_older_action_insists_on_domain_and_type_or_not() -> None:
    here = account(Switches(legacy_requires_domain=True))
    assert here.list("vod-legacy", TaskId=1).code == "MissingParameter.DomainName"
    assert here.list("vod-legacy", TaskId=1, DomainName="a.com").code == "MissingParameter.ObjectType"
    assert here.list("vod-legacy", TaskId=1, DomainName="a.com", ObjectType="path").status == 200
    assert here.list("vod", TaskId=1).status == 200
    assert account().list("vod-legacy", TaskId=1).status == 200


@pytest.mark.parametrize(
    ("position", "status", "code"),
    [("400", 400, "Throttling.User"), ("429", 429, "TooManyRequests"), ("503", 503, "Throttling")],
)
@pytest.mark.parametrize("tell", [False, True])
def test_a_call_over_the_quota_is_refused_in_three_ways(position: Any, status: int, code: str, tell: bool) -> None:
    here = account(Switches(throttled_as=position, tell_retry_after=tell), vod_list=1.0)
    assert here.list("vod").status == 200
    reply = here.list("vod")
    assert (reply.status, reply.code) == (status, code)
    assert dict(reply.headers).get("x-acs-retry-after") == ("1000" if tell else None)
