"""`refresh-watch list` of several tasks and of a watch: the commands that a failure's message gives people to paste."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from refresh_watch.model import Product
from refresh_watch.product_specs.registry import spec_of
from refresh_watch_emulator.products.faults import error
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.all_products import WITH_BY_ID, WORDS
from tests.cli.command_line import Ran
from tests.cli.served import QUICK, Deployment, shown
from tests.workflow.house import client_of, wait_for

Call = Callable[..., Ran]
URL = "http://example.com"


def failed_task(stand_in: StandIn, product: str, name: str, count: int = 1, **plan: object) -> str:
    plans = [ObjectPlan(f"{URL}/{name}/{i}.txt", "Failed", **plan) for i in range(count)]  # type: ignore[arg-type]
    return stand_in.world.add_task(
        product, objects=[*plans, ObjectPlan(f"{URL}/{name}/fine.txt")], created_at=time.time() - 5
    )


def urls_of(name: str, count: int = 1) -> list[str]:
    return [f"{URL}/{name}/{i}.txt" for i in range(count)]


def asked(stand_in: StandIn, since: int = 0) -> list[tuple[str, str]]:
    return [(call.action, call.params.get("TaskId", "")) for call in stand_in.calls[since:]]


def pasted(text: str) -> list[str]:
    """The arguments of the command that a message shows."""
    (line,) = re.findall(r"refresh-watch (list [^`\n]+--urls)", text)
    return shlex.split(line)


@pytest.mark.parametrize("product", WORDS)
def test_several_tasks_are_listed_in_the_order_given_each_once(call: Call, stand_in: StandIn, product: str) -> None:
    second, first = (failed_task(stand_in, product, name, 2) for name in ("b", "a"))

    ran = call("list", product, "--task-id", f"{first}, {second},{first}", "--status", "failed", "--urls")

    assert ran.code == 0
    assert ran.out.splitlines() == urls_of("a", 2) + urls_of("b", 2)
    if product in WITH_BY_ID:
        assert [task_id for _, task_id in asked(stand_in)] == [f"{first},{second}"]
    else:
        action = spec_of(spec_of(Product(product)).service).list.action
        assert asked(stand_in) == [(action, first), (action, second)]


def test_ten_ids_go_into_one_call_and_none_is_over_the_quota(call: Call, stand_in: StandIn) -> None:
    ids = [failed_task(stand_in, "cdn", str(n)) for n in range(24)]

    ran = call("list", "cdn", "--task-id", ",".join(ids), "--status", "failed", "--urls")

    assert ran.out.splitlines() == [f"{URL}/{n}/0.txt" for n in range(24)]
    # 20 rows and more in an answer may be cut: those ten are asked again in halves
    assert {action for action, _ in asked(stand_in)} == {"DescribeRefreshTaskById"}
    assert len(asked(stand_in)) == 7


@pytest.mark.parametrize("total", ["full", "cut"])
def test_no_url_is_lost_where_the_answer_by_id_is_cut(call: Call, stand_in: StandIn, total: str) -> None:
    stand_in.switches = replace(stand_in.switches, by_id_row_limit=20, by_id_total=total)  # type: ignore[arg-type]
    sizes = {"a": 120, "b": 1, "c": 30}
    ids = [failed_task(stand_in, "cdn", name, size) for name, size in sizes.items()]

    ran = call("list", "cdn", "--task-id", ",".join(ids), "--urls", "--status", "failed")

    assert ran.code == 0
    assert ran.out.splitlines() == [url for name, size in sizes.items() for url in urls_of(name, size)]


@pytest.mark.parametrize("unknown", ["empty", "malformed"])
@pytest.mark.parametrize("product", ["cdn", "vod"])
def test_an_id_that_the_api_does_not_know_is_named_and_the_others_are_listed(
    call: Call, stand_in: StandIn, product: str, unknown: str
) -> None:
    stand_in.switches = replace(stand_in.switches, unknown_id=unknown)  # type: ignore[arg-type]
    ids = [failed_task(stand_in, product, name) for name in ("a", "b")]

    ran = call("list", product, "--task-id", f"{ids[0]},987654321,{ids[1]}", "--urls", "--status", "failed")

    assert ran.out.splitlines() == urls_of("a") + urls_of("b")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "987654321" in ran.err
    assert ids[0] not in ran.err


def test_one_id_that_the_api_does_not_know_is_said_too(call: Call) -> None:
    ran = call("list", "cdn", "--task-id", "987654321", "--status", "failed", "--urls")

    assert ran.refuses("nothing of 987654321", code=1)


def test_filters_go_into_the_question_about_each_id(call: Call, stand_in: StandIn) -> None:
    ids = [failed_task(stand_in, "cdn", name) for name in ("a", "b")]

    ran = call(
        "list", "cdn", "--task-id", ",".join(ids), "--object-type", "file", "--domain-name", "example.com", "--json"
    )

    assert ran.code == 0
    assert [row["task_id"] for row in ran.json["tasks"]] == [ids[0]] * 2 + [ids[1]] * 2
    assert (ran.json["total"], ran.json["page"], ran.json["unknown"]) == (4, None, [])
    assert asked(stand_in) == [("DescribeRefreshTasks", ids[0]), ("DescribeRefreshTasks", ids[1])]
    assert {call.params["DomainName"] for call in stand_in.calls} == {"example.com"}


def test_a_refusal_of_the_caller_lists_nothing(call: Call, stand_in: StandIn) -> None:
    ids = [failed_task(stand_in, "cdn", name) for name in ("a", "b")]
    stand_in.faults.add(error(403, "Forbidden.RAM", "User not authorized."))

    ran = call("list", "cdn", "--task-id", ",".join(ids), "--urls")

    assert ran.refuses("cdn:DescribeRefreshTaskById", code=1)


def test_the_command_of_a_message_with_many_failing_tasks_reads_them_from_the_watchs_record(
    deployment: Deployment,
) -> None:
    call, stand_in, wall, serve = deployment.cli.run, deployment.stand_in, deployment.wall, deployment.served
    failing = {str(n): failed_task(stand_in, "cdn", str(n)) for n in range(22)}
    fine = [stand_in.world.add_task("cdn", created_at=time.time() - 5) for _ in range(3)]
    request = {"product": "cdn", "task_ids": [*failing.values(), *fine], "schedule": "0,1;1", "label": "many"}
    _, _, answer = serve.post(request)
    watch_id = answer["watch_id"]
    (message,) = shown(wall, "dingtalk", f"f-{watch_id}")
    arguments = pasted(message.body["markdown"]["text"])
    before = len(stand_in.calls)

    ran = call(*arguments)

    assert arguments == ["list", "cdn", "--watch", watch_id, "--status", "failed", "--urls"]
    assert (ran.code, ran.err) == (0, "")
    assert sorted(ran.out.splitlines()) == sorted(f"{URL}/{n}/0.txt" for n in failing)
    # what the final report calls complete is not asked about, although the only look was the last
    assert not set(fine) & {task_id for _, ids in asked(stand_in, before) for task_id in ids.split(",")}
    every = call("list", "cdn", "--watch", watch_id)
    assert len(every.out.splitlines()) == 1 + 2 * 22 + 3


def test_a_watch_that_goes_on_is_listed_by_what_its_looks_have_seen(
    deployment: Deployment,
) -> None:
    call, stand_in, wall, serve = deployment.cli.run, deployment.stand_in, deployment.wall, deployment.served
    done = stand_in.world.add_task("vod", created_at=time.time() - 5)
    failing = failed_task(stand_in, "vod", "a")
    running = stand_in.world.add_task("vod", objects=[ObjectPlan(f"{URL}/r", NEVER)], created_at=time.time() - 5)
    request = {"product": "vod", "task_ids": [done, failing, running], "schedule": "0,600;600"}
    watch_id = serve.post(request)[2]["watch_id"]
    shown(wall, "dingtalk", f"i-{watch_id}")
    hops = client_of(serve.url)
    wait_for(lambda: len(hops.tasks("watch", f"w-{watch_id}-h")) > 1, "the hop that knows what the first look saw")
    before = len(stand_in.calls)

    ran = call("list", "vod", "--watch", watch_id, "--status", "failed", "--urls")

    assert (ran.code, ran.out.splitlines()) == (0, urls_of("a"))
    assert sorted(task_id for _, task_id in asked(stand_in, before)) == sorted([failing, running])


def test_a_watch_by_path_lists_its_own_paths_of_its_own_submission(
    deployment: Deployment,
) -> None:
    call, stand_in, wall, serve = deployment.cli.run, deployment.stand_in, deployment.wall, deployment.served
    now = time.time()
    plans = [ObjectPlan(f"{URL}/{name}", "Failed") for name in ("ours", "ours too", "of others")]
    plans = [replace(plan, path=plan.path.replace(" ", "-")) for plan in plans]
    stand_in.world.add_task("cdn", objects=[ObjectPlan(f"{URL}/ours", "Failed")], created_at=now - 7200)
    stand_in.world.add_task("cdn", objects=plans, created_at=now)
    request = {
        "product": "cdn",
        "object_paths": [f"{URL}/ours", f"{URL}/ours-too"],
        "submitted_at": now,
        "schedule": "0,1;1",
    }
    watch_id = serve.post(request)[2]["watch_id"]
    shown(wall, "dingtalk", f"f-{watch_id}")

    ran = call("list", "cdn", "--watch", watch_id, "--json")

    assert ran.code == 0
    assert [row["object_path"] for row in ran.json["tasks"]] == [f"{URL}/ours", f"{URL}/ours-too"]


def test_a_watch_of_another_product_and_one_that_is_not_known_are_one_line_each(
    deployment: Deployment,
) -> None:
    call = deployment.cli.run
    task_id = failed_task(deployment.stand_in, "dcdn", "a")
    watch_id = call("start", "dcdn", task_id, "--json", *QUICK).json["watch_id"]

    other = call("list", "cdn", "--watch", watch_id, "--urls")
    unknown = call("list", "cdn", "--watch", "0000000000000000", "--urls")

    assert other.refuses("PRODUCT: 'cdn' is not allowed; allowed: dcdn")
    assert unknown.refuses("watch_id: '0000000000000000' is not known; allowed: a watch of the last 7 days")


def test_the_command_of_a_watch_from_this_machine_names_all_ids_since_there_is_no_record_of_it(
    call: Call, stand_in: StandIn
) -> None:
    ids = [failed_task(stand_in, "cdn", f"{n:02d}") for n in range(25)]
    watched = call("watch", "cdn", ",".join(ids), *QUICK)

    arguments = pasted(watched.out)
    ran = call(*arguments)

    assert watched.code == 1
    assert "--watch" not in arguments
    assert (ran.code, sorted(ran.out.splitlines())) == (0, [f"{URL}/{n:02d}/0.txt" for n in range(25)])
