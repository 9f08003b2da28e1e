"""`serve`, `start`, `stop` and `replay`, as on a real single-machine deployment."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.cli.command_line import CommandLine
from tests.cli.served import QUICK, Deployment, Served, shown


def task(stand_in: StandIn, product: str, **plan: float | str) -> str:
    return stand_in.world.add_task(
        product, objects=[ObjectPlan("http://example.com/a", **plan)], created_at=time.time()
    )


def test_a_started_watch_is_reported_once_to_each_channel_and_known_when_started_again(deployment: Deployment) -> None:
    cli, wall = deployment.cli, deployment.wall
    task_id = task(deployment.stand_in, "cdn", after=1)

    first = cli.run_alone("start", "cdn", task_id, "--label", "release", *QUICK)
    second = cli.run("start", "cdn", task_id, "--label", "release", *QUICK, "--json")
    watch_id = second.json["watch_id"]

    assert (first.code, second.code) == (0, 0)
    assert first.out.startswith(f"watch {watch_id} started")
    assert second.json["already"] is True
    (message,) = shown(wall, "dingtalk", f"f-{watch_id}")
    assert "local" in next(line for line in message.body["markdown"]["text"].splitlines() if "Watched from" in line)
    assert len(shown(wall, "webhook", watch_id)) == 1
    settled = cli.run("start", "cdn", task_id)
    assert settled.out.splitlines() == [
        f"watch {watch_id} is known already: settled (--again watches the same ids anew)"
    ]
    again = cli.run("start", "cdn", task_id, "--again", "--json", *QUICK)
    assert again.json["watch_id"] != watch_id
    assert "already" not in again.json
    assert len(shown(wall, "dingtalk", again.json["watch_id"])) == 1


def test_a_stopped_watch_is_reported_as_stopped_and_by_whom(deployment: Deployment) -> None:
    cli, wall = deployment.cli, deployment.wall
    task_id = task(deployment.stand_in, "vod", ends=NEVER)
    watch_id = cli.run("start", "vod", task_id, "--json", *QUICK).json["watch_id"]

    more = cli.run("start", "vod", task_id, "--deadline", "90s", "--label", "release")

    assert more.code == 0
    assert more.out.splitlines()[1] == "it goes on as it was started: --label, --deadline of this call changed nothing"

    stopped = cli.run_alone("stop", watch_id, "--by", "release-bot")

    assert stopped.code == 0
    assert "release-bot" in stopped.out
    (message,) = shown(wall, "dingtalk", f"f-{watch_id}")
    assert "stopped by release-bot" in message.body["markdown"]["text"]
    assert "had ended before" in cli.run("stop", watch_id).out
    assert cli.run("stop", "0000000000000000").refuses("0000000000000000")


def test_an_undelivered_report_is_listed_and_delivered_by_a_replay(deployment: Deployment) -> None:
    cli, wall = deployment.cli, deployment.wall
    task_id = task(deployment.stand_in, "cdn")
    chat = wall.chat("dingtalk", "oncall")
    wall.chat("dingtalk", "oncall", access_token="another-fake-token")
    watch_id = cli.run("start", "cdn", task_id, "--label", "lost", "--json", *QUICK).json["watch_id"]
    shown(wall, "webhook", watch_id)

    until = time.monotonic() + 40
    while watch_id not in (listed := cli.run("replay", "--list")).out:
        assert time.monotonic() < until, listed
    assert "to oncall" in listed.out
    assert "300005" in listed.out
    assert "fake-token" not in listed.out
    wall.chat("dingtalk", "oncall", access_token=chat.access_token)
    sent = cli.run_alone("replay", watch_id)

    assert (sent.code, sent.out.count("started again: "), sent.out.count("\n")) == (0, 1, 1)
    assert re.search(r" to oncall \(refused before: .*300005.*\)$", sent.out.rstrip())
    assert sent.err == "what is refused again: see refresh-watch replay --list\n"
    shown(wall, "dingtalk", f"f-{watch_id}")
    assert cli.run("replay", "0000000000000000").refuses("has no undelivered report", code=1)


def test_a_report_that_is_still_being_tried_is_no_reason_to_say_that_all_is_well(
    cli: CommandLine, stand_in: StandIn, wall: ChatWall, serve: Callable[..., Served]
) -> None:
    wall.script("dingtalk", "oncall", ScriptedAnswer(429, "slow down", (("Retry-After", "120"),)))
    endpoint = {"REFRESH_WATCH_FC_ENDPOINT": serve().url}
    watch_id = cli.run("start", "cdn", task(stand_in, "cdn"), "--json", *QUICK, **endpoint).json["watch_id"]

    until = time.monotonic() + 40
    while "being tried" not in (listed := cli.run("replay", "--list", **endpoint)).err:
        assert time.monotonic() < until, listed

    assert (listed.code, listed.out) == (0, "")
    assert listed.err == "no undelivered report\n1 report is still being tried\n"
    assert "1 report is still being tried" in cli.run("replay", "--list", watch_id, **endpoint).err
    assert "being tried" not in cli.run("replay", "--list", "0000000000000000", **endpoint).err


def test_a_killed_serve_goes_on_where_it_was(
    cli: CommandLine, stand_in: StandIn, wall: ChatWall, serve: Callable[..., Served]
) -> None:
    task_id = task(stand_in, "dcdn", ends=NEVER)
    first = serve()
    status, _, answer = first.post({"product": "dcdn", "task_ids": task_id, "schedule": "0;1", "label": "survivor"})
    assert status == 202
    until = time.monotonic() + 40
    while not stand_in.calls:
        assert time.monotonic() < until
        time.sleep(0.05)

    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    stand_in.world.settle(task_id)
    second = serve()

    shown(wall, "webhook", answer["watch_id"])
    assert len(shown(wall, "dingtalk", f"f-{answer['watch_id']}")) == 1
    assert second.end(signal.SIGINT) == 0


def test_on_every_address_it_says_how_others_reach_it_and_lets_in_only_who_shows_the_token(
    serve: Callable[..., Served],
) -> None:
    served = serve("--host", "0.0.0.0", REFRESH_WATCH_SERVE_TOKEN="a-fake-token-of-serve")
    request = {"product": "cdn", "task_ids": "704225667"}

    assert served.post(request)[0] == 401
    assert served.post(request, Authorization="Bearer a-fake-token-of-serve")[0] == 202
    assert served.post(request, Authorization="bearer a-fake-token-of-serve")[0] == 202
    assert "a-fake-token-of-serve" not in served.introduction
    port = served.url.rpartition(":")[2]
    assert served.introduction.splitlines()[1] == (
        f"  elsewhere http://{socket.gethostname()}:{port} (it listens on every address)"
    )


def test_a_token_that_can_be_guessed_is_refused_and_not_shown(cli: CommandLine, tmp_path: Path) -> None:
    ran = cli.run("serve", "--port", "0", "--file", str(tmp_path / "q.sqlite"), REFRESH_WATCH_SERVE_TOKEN="shorty")

    assert ran.refuses("REFRESH_WATCH_SERVE_TOKEN: a text of 6 characters is not allowed; allowed: at least 16")
    assert "shorty" not in ran.err


def test_the_curl_line_that_is_printed_submits_a_watch(deployment: Deployment) -> None:
    served = deployment.served
    lines = served.introduction[served.introduction.index("curl ") :].partition("  tells ")[0]
    words = shlex.split(lines)[1:]
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")

    status, _, answer = served.post(json.loads(words[words.index("-d") + 1]), **headers)

    assert max(map(len, lines.splitlines())) <= 80
    assert words[0] == f"{served.url}/watches"
    assert headers == {"Content-Type": "application/json"}
    assert (status, len(answer["watch_id"])) == (202, 16)


def test_a_taken_port_and_a_file_of_something_else_are_named_in_one_line(cli: CommandLine, tmp_path: Path) -> None:
    text, other = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text.write_text("these are notes, no database\n")
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE customers (name TEXT)")
    connection.commit()
    connection.close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        runs = [
            (cli.run("serve", "--port", port, "--file", str(tmp_path / "q.sqlite")), port),
            (cli.run("serve", "--port", "0", "--file", str(text)), "no SQLite database"),
            (cli.run("serve", "--port", "0", "--file", str(other)), "something else"),
        ]

    assert all(ran.refuses(words) for ran, words in runs)
    assert text.read_text() == "these are notes, no database\n"


def test_a_file_in_use_is_named_in_one_line(deployment: Deployment) -> None:
    ran = deployment.cli.run_alone("serve", "--port", "0", "--file", str(deployment.served.file))

    assert ran.refuses("no other serve uses")


def test_start_tells_when_nothing_listens_where_the_functions_should_be(cli: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    ran = cli.run("start", "cdn", "1", REFRESH_WATCH_FC_ENDPOINT=f"http://127.0.0.1:{port}")

    assert ran.refuses("Function Compute did not invoke refresh-intake", code=1)


def test_start_goes_to_the_engine_although_a_proxy_is_set(deployment: Deployment) -> None:
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}

    ran = deployment.cli.run("start", "cdn", "704225667", **proxies)

    assert ran.code == 0
