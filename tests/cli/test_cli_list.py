"""`refresh-watch list`: table, JSON and URLs, filters and pages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from refresh_watch_emulator.products.faults import error
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import ObjectPlan
from tests.all_products import SERVICES
from tests.cli.command_line import Ran

Call = Callable[..., Ran]
MIXED = ("Complete", "Failed", "Timeout", "Canceled", "Complete")
LEGACY = ("--domain-name", "example.com", "--object-type", "file")


def mixed_task(stand_in: StandIn, product: str) -> str:
    plans = [ObjectPlan(f"http://example.com/{i}.txt", ends) for i, ends in enumerate(MIXED)]
    return stand_in.world.add_task(product, objects=plans, created_at=time.time() - 5)


@pytest.mark.parametrize("product", SERVICES)
def test_the_command_of_our_messages_lists_failed_timed_out_and_canceled_urls(
    call: Call, stand_in: StandIn, product: str
) -> None:
    task_id = mixed_task(stand_in, product)

    ran = call("list", product, "--task-id", task_id, "--status", "failed", "--urls")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "http://example.com/1.txt\nhttp://example.com/2.txt\nhttp://example.com/3.txt\n"


@pytest.mark.parametrize("form", ["{0},{1}", "{0}，{1}", " {0}, ,{1},", "{0} {1}"])
def test_ids_are_read_as_people_paste_them(call: Call, stand_in: StandIn, form: str) -> None:
    ids = [mixed_task(stand_in, "cdn") for _ in range(2)]

    ran = call("list", "cdn", "--task-id", form.format(*ids), "--json")

    assert ran.code == 0
    assert {task["task_id"] for task in ran.json["tasks"]} == set(ids)


def test_ids_of_a_repeated_option_are_all_listed(call: Call, stand_in: StandIn) -> None:
    ids = [mixed_task(stand_in, "cdn") for _ in range(3)]

    ran = call("list", "cdn", "--task-id", ids[0], "--task-id", f"{ids[1]},{ids[2]}", "--json")

    assert ran.code == 0
    assert {task["task_id"] for task in ran.json["tasks"]} == set(ids)


def test_its_help_tells_the_exit_codes(call: Call) -> None:
    told = " ".join(call("list", "--help").out.split())
    assert "Exit codes: 0 done, 1 an id is unknown, rows may be missing or there was no answer, 2 bad usage" in told


@pytest.mark.parametrize(("word", "paths"), [("FAILED", 3), ("Timeout", 1), ("complete", 2), ("Refreshing", 0)])
def test_a_status_is_understood_in_any_case(call: Call, stand_in: StandIn, word: str, paths: int) -> None:
    task_id = mixed_task(stand_in, "cdn")

    ran = call("list", "cdn", "--task-id", task_id, "--status", word, "--object-type", "FILE", "--urls")

    assert len(ran.out.splitlines()) == paths


def test_urls_are_those_of_all_pages_each_once(call: Call, stand_in: StandIn) -> None:
    paths = [f"http://example.com/{i}.txt" for i in range(230)]
    plans = [ObjectPlan(path) for path in [*paths, paths[7]]]
    task_id = stand_in.world.add_task("cdn", objects=plans, created_at=time.time() - 5)

    ran = call("list", "cdn", "--task-id", task_id, "--urls", REFRESH_WATCH_QUOTA="cdn.list=100")

    assert ran.code == 0
    assert ran.out.splitlines() == paths


def test_the_table_fits_100_columns_and_cuts_long_urls_only_on_a_terminal(call: Call, stand_in: StandIn) -> None:
    path = "http://example.com/" + "very-long-name/" * 80
    plans = [ObjectPlan(path, "Failed", description="Origin Return StatusCode 5XX")]
    task_id = stand_in.world.add_task("cdn", objects=plans, object_type="directory", created_at=1_795_000_000.0)
    stand_in.world._tasks["cdn"][task_id].created_at = time.time()

    piped = call("list", "cdn", "--task-id", task_id)
    ran = call("list", "cdn", "--task-id", task_id, on_terminal=True)

    assert f" {path} " in piped.out
    heading, row = ran.out.splitlines()
    assert heading.split() == ["CREATED", "TASK", "TYPE", "STATUS", "PROCESS", "PATH", "DESCRIPTION"]
    assert max(len(heading), len(row)) <= 100
    assert task_id in row
    assert "…" in row
    assert "Origin Return" in row
    assert path in call("list", "cdn", "--task-id", task_id, "--urls").out


def test_json_is_one_object_with_every_field(call: Call, stand_in: StandIn) -> None:
    task_id = mixed_task(stand_in, "dcdn")

    ran = call("list", "dcdn", "--task-id", task_id, "--json")

    answer = json.loads(ran.out)
    assert (answer["product"], answer["total"], answer["page"]) == ("dcdn", 5, 1)
    assert answer["request_id"]
    assert answer["tasks"][1].keys() == {
        "task_id", "object_path", "object_type", "status", "process", "description", "created_at",
    }  # fmt: skip
    assert answer["tasks"][1]["status"] == "Failed"
    assert answer["tasks"][1]["description"] == "Origin Timeout"


def test_without_a_task_the_accounts_last_tasks_are_listed_page_by_page(call: Call) -> None:
    first = call("list", "vod", "--page-size", "10")
    second = call("list", "vod", "--page-size", "10", "--page", "2")
    every = call("list", "vod", "--all")

    assert "10 of 25 rows; --page N or --all shows more" in first.err
    assert len(every.out.splitlines()) == 26
    rows = first.out.splitlines()[1:] + second.out.splitlines()[1:]
    assert len(set(rows)) == 20


def test_every_parameter_of_the_documents_reaches_the_api(call: Call, stand_in: StandIn) -> None:
    ran = call(
        *("list", "cdn", "--task-id", "704225667", "--object-path", "http://example.com/a.txt"),
        *("--domain-name", "example.com", "--object-type", "file", "--status", "complete"),
        *("--start-time", "2026-11-21T08:00:00Z", "--end-time", "2026-11-21T09:00:00Z"),
        *("--page", "1", "--page-size", "30", "--resource-group-id", "rg-1"),
    )

    assert ran.code in (0, 1)
    assert stand_in.calls[-1].params == {
        "TaskId": "704225667",
        "ObjectPath": "http://example.com/a.txt",
        "DomainName": "example.com",
        "ObjectType": "file",
        "Status": "Complete",
        "StartTime": "2026-11-21T08:00:00Z",
        "EndTime": "2026-11-21T09:00:00Z",
        "PageNumber": "1",
        "PageSize": "30",
        "ResourceGroupId": "rg-1",
    }


def test_a_status_without_type_is_never_sent_since_the_api_refuses_it(call: Call, stand_in: StandIn) -> None:
    task_id = mixed_task(stand_in, "cdn")

    ran = call("list", "cdn", "--task-id", task_id, "--status", "complete", "--urls")

    assert ran.out.count("\n") == 2
    assert "Status" not in stand_in.calls[-1].params


def test_a_renamed_action_is_said_on_standard_error(call: Call, stand_in: StandIn) -> None:
    stand_in.switches = replace(stand_in.switches, legacy_action="gone")
    task_id = mixed_task(stand_in, "vod")

    ran = call("list", "vod-legacy", "--task-id", task_id, *LEGACY, "--urls")

    assert ran.out.count("\n") == 5
    assert "DescribeVodRefreshTasks was asked instead" in ran.err


def test_the_command_of_our_messages_works_for_the_older_vod_action_too(call: Call, stand_in: StandIn) -> None:
    task_id = mixed_task(stand_in, "vod")

    ran = call("list", "vod-legacy", "--task-id", task_id, "--status", "failed", "--urls")

    assert (ran.code, ran.out.count("\n")) == (0, 3)
    assert "asking vod about this task instead" in ran.err


def test_a_refusal_is_one_line_with_the_missing_permission(call: Call, stand_in: StandIn) -> None:
    stand_in.faults.add(error(403, "Forbidden.RAM", "User not authorized."))

    ran = call("list", "cdn")

    assert ran.refuses("cdn:DescribeRefreshTasks", code=1)
