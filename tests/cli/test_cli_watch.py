"""`refresh-watch watch` against the stand-in: the four products, the four ways to end, and what is printed."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import threading
import time

import pytest

from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.all_products import NEEDS_DOMAIN, WORDS
from tests.cli.command_line import CommandLine

CODES = {"overdue": 3, "unverifiable": 4, "complete": 0, "failed": 1}
QUICK = ("--schedule", "0,0.3;0.3", "--deadline", "20s")
LATE = ("--schedule", "0,0.3;0.3", "--deadline", "0.5s")
UNKNOWN = "99999999"
KEYS_OF_5_2 = {
    "watch_id", "product", "kind", "label", "outcome", "counts", "tasks", "submitted_at", "settled_at", "looks",
    "api_calls",
}  # fmt: skip


def filters(product: str) -> tuple[str, ...]:
    """What VOD's older document requires in every query."""
    return ("--domain-name", "example.com", "--object-type", "file") if product in NEEDS_DOMAIN else ()


PLANS = {"complete": "Complete", "failed": "Failed", "overdue": NEVER}
ENDS = [(product, outcome) for outcome in ("complete", "failed") for product in WORDS]
# two looks some seconds apart make these, the same for every product
ENDS += [(product, outcome) for outcome in ("overdue", "unverifiable") for product in ("cdn", "vod-legacy")]


@pytest.mark.parametrize(("product", "outcome"), ENDS)
def test_a_watch_ends_with_the_exit_code_and_the_json_of_its_outcome(
    cli: CommandLine, stand_in: StandIn, product: str, outcome: str
) -> None:
    plan = ObjectPlan("http://example.com/a.txt", PLANS.get(outcome, ""), after=0.4)
    known = outcome in PLANS and stand_in.world.add_task(product, objects=[plan], created_at=time.time())
    timing = QUICK if outcome in ("complete", "failed") else LATE

    ran = cli.run("watch", product, known or UNKNOWN, "--json", "--label", "release", *timing, *filters(product))

    assert ran.code == CODES[outcome]
    report = ran.json
    assert report.keys() >= KEYS_OF_5_2
    assert (report["product"], report["outcome"], report["label"]) == (product, outcome, "release")
    assert report["counts"] == {name: int(name == outcome) for name in report["counts"]}
    (task,) = report["tasks"]
    assert task["outcome"] == outcome
    failed = [{"object_path": plan.path, "status": "Failed", "description": "Origin Timeout"}]
    assert task.get("failed", []) == (failed if outcome == "failed" else [])
    assert report["looks"] >= (2 if outcome in ("overdue", "unverifiable") else 1)
    assert ran.out.count("\n") == 1, "with --json, standard output holds nothing else"
    assert "look 1:" in ran.err


def settle_after_two_calls(stand_in: StandIn, task_id: str, path: str = "") -> None:
    """Let the task end once it was seen running, however slow the machine is."""

    def settle() -> None:
        while len(stand_in.calls) < 2:
            time.sleep(0.05)
        stand_in.world.settle(task_id, "Complete", path=path)

    threading.Thread(target=settle, daemon=True).start()


def test_the_final_message_is_printed_and_the_first_failure_goes_to_standard_error(
    cli: CommandLine, stand_in: StandIn
) -> None:
    slow = "http://example.com/b.txt"
    plans = [ObjectPlan("http://example.com/a.txt", "Timeout"), ObjectPlan(slow, "never")]
    task_id = stand_in.world.add_task("cdn", objects=plans, created_at=time.time())

    settle_after_two_calls(stand_in, task_id, slow)
    ran = cli.run_alone("watch", "cdn", task_id, *QUICK)

    assert ran.code == 1
    assert ran.out.startswith(f"[CDN refresh][failed 1/2] {task_id}\n")
    assert f"refresh-watch list cdn --task-id {task_id} --status failed --urls" in ran.out
    assert "[failed 1/2 so far]" in ran.err
    assert "so far" not in ran.out


def test_named_channels_are_sent_the_report_once_and_their_answers_are_shown(
    cli: CommandLine, stand_in: StandIn, wall: ChatWall
) -> None:
    task_id = stand_in.world.add_task("dcdn", created_at=time.time())

    ran = cli.run("watch", "dcdn", task_id, "--channel", "oncall", "--channel", "audit", *QUICK)

    assert ran.code == 0
    assert sorted(message.kind for message in wall.messages) == ["dingtalk", "webhook"]
    assert "channel oncall: delivered (HTTP 200" in ran.err


def test_without_channel_no_report_is_sent(cli: CommandLine, stand_in: StandIn, wall: ChatWall) -> None:
    task_id = stand_in.world.add_task("vod", created_at=time.time())

    assert cli.run("watch", "vod", task_id, *QUICK).code == 0
    assert wall.posts == ()


def test_a_channel_that_refuses_is_named_and_does_not_change_the_verdict(
    cli: CommandLine, stand_in: StandIn, wall: ChatWall
) -> None:
    task_id = stand_in.world.add_task("cdn", created_at=time.time())
    wall.chat("dingtalk", "oncall", access_token="another-fake-token")

    ran = cli.run("watch", "cdn", task_id, "--channel", "oncall", *QUICK)

    assert ran.code == 0
    assert "channel oncall: not delivered:" in ran.err
    assert "300005" in ran.err
    assert "fake-token" not in ran.err + ran.out


def test_ids_are_read_from_a_submit_answer_on_standard_input(cli: CommandLine, stand_in: StandIn) -> None:
    ids = [
        stand_in.world.add_task("cdn", object_type="preload", created_at=time.time()),
        stand_in.world.add_task("cdn", object_type="preload", created_at=time.time()),
    ]
    answer = f'{{"PushTaskId": "{",".join(ids)}", "RequestId": "95D5B69F-8AEC-419B-8F3A-612C35032B0D"}}'

    ran = cli.run("watch", "cdn", "-", "--json", *QUICK, stdin=answer)

    assert (ran.code, ran.json["kind"]) == (0, "prefetch")
    assert [task["task_id"] for task in ran.json["tasks"]] == ids


@pytest.mark.parametrize("form", ["{0},{1}/{2}", "{0},/{1}，,{2} ", "-"])
def test_ids_are_read_as_people_paste_them_and_from_lines(cli: CommandLine, stand_in: StandIn, form: str) -> None:
    plan = [ObjectPlan("http://example.com/a.txt", after=0.1)]
    ids = [stand_in.world.add_task("cdn", objects=plan, created_at=time.time()) for _ in range(3)]

    ran = cli.run("watch", "cdn", "--json", *QUICK, *form.format(*ids).split("/"), stdin="\n".join(ids) + "\n")

    assert (ran.code, [task["task_id"] for task in ran.json["tasks"]]) == (0, ids)


def test_a_watch_by_path_binds_to_the_task_that_was_submitted_then(cli: CommandLine, stand_in: StandIn) -> None:
    path = "http://example.com/by-path.txt"
    created = time.time() - 30
    task_id = stand_in.world.add_task("dcdn", objects=[ObjectPlan(path)], created_at=created)
    submitted = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created))

    ran = cli.run("watch", "dcdn", "--object-path", path, "--submitted-at", submitted, "--json", *QUICK)

    assert ran.code == 0
    assert ran.json["tasks"][0]["object_path"] == path
    assert ran.json["tasks"][0]["task_ids"] == [task_id]


def test_a_missing_permission_ends_at_once_and_names_the_ram_action(cli: CommandLine, stand_in: StandIn) -> None:
    from refresh_watch_emulator.products.faults import error

    stand_in.faults.add(error(403, "Forbidden.RAM", "User not authorized to operate on the specified resource."))

    ran = cli.run("watch", "dcdn", UNKNOWN, *QUICK)

    assert ran.code == 4
    assert "dcdn:DescribeDcdnRefreshTaskById" in ran.out


def test_ctrl_c_ends_a_watch_with_one_line_and_130(cli: CommandLine, stand_in: StandIn) -> None:
    task_id = stand_in.world.add_task(
        "cdn", objects=[ObjectPlan("http://example.com/a", NEVER)], created_at=time.time()
    )
    process = cli.start("watch", "cdn", task_id)
    assert process.stderr is not None
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=20)

    assert first.startswith("look 1: 1 running of 1")
    assert process.returncode == 130
    assert rest == "refresh-watch: interrupted\n"


def test_a_reader_that_goes_away_is_no_error_worth_words(cli: CommandLine, stand_in: StandIn) -> None:
    process = cli.start("list", "cdn", "--all")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.wait(20)

    assert process.returncode == 141
    assert "Error" not in said


def test_on_a_terminal_the_watch_draws_and_ends_the_same(cli: CommandLine, stand_in: StandIn) -> None:
    task_id = stand_in.world.add_task(
        "cdn", objects=[ObjectPlan("http://example.com/a", NEVER)], created_at=time.time()
    )
    settle_after_two_calls(stand_in, task_id)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        cli.command("watch", "cdn", task_id, *QUICK),
        env={**cli.environment, "TERM": "xterm", "COLUMNS": "80"},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    try:
        while part := os.read(ours, 4096):
            drawn += part
    except OSError:  # how Linux says that the other side has closed
        pass
    os.close(ours)

    assert process.wait(20) == 0
    assert b"look 1: 1 running" in drawn
    assert b"next in 0" in drawn
    assert b"[CDN refresh][complete 1/1]" in drawn
