"""The demo runs to its end by itself, and notices when something does not end as it should."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from refresh_watch.model import Outcome
from refresh_watch_cli.demo.board import Board, JobRow, message_lines, summary_lines
from refresh_watch_cli.demo.command import to_play_with
from refresh_watch_cli.demo.jobs import jobs
from refresh_watch_cli.demo.stage import DemoStage, stage
from refresh_watch_emulator.chat_wall import WallMessage
from tests.cli.command_line import CommandLine, Ran, clean_environment


@pytest.fixture(scope="module")
def demo() -> Ran:
    # what a user has set must not get in the way
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    return CommandLine(clean_environment()).run_alone("demo", REFRESH_WATCH_PREFIX="mine", **proxies)


def test_the_demo_ends_by_itself_with_exit_0(demo: Ran) -> None:
    assert (demo.code, demo.err) == (0, "")


def test_the_demo_shows_every_outcome_on_all_four_products(demo: Ran) -> None:
    table = demo.out[demo.out.index("PRODUCT ") :]

    for job in jobs():
        assert any(
            line.split()[:3] == [job.product.value, job.kind.value, job.expected.value] for line in table.splitlines()
        )
    assert {job.expected for job in jobs()} == set(Outcome)
    assert "NOT AS EXPECTED" not in table


def test_the_demo_shows_each_message_as_it_arrived(demo: Ran) -> None:
    assert demo.out.count("--> webhook audit") >= len(jobs())
    assert "[CDN prefetch][demo][failed 1/3] summer sale" in demo.out
    assert "[VOD refresh][demo][overdue 1/2] hangs" in demo.out
    assert "Watched from: local" in demo.out
    assert "cn-hangzhou" not in demo.out
    assert "OriginTimeout (the origin did not answer in time): 1" in demo.out


def test_the_demo_is_readable_on_80_columns(demo: Ran) -> None:
    assert [line for line in demo.out.splitlines() if len(line) > 80] == []


def test_what_there_is_to_play_with_can_be_typed_as_it_stands_on_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/refresh-watch", "demo", "--serve"])
    url = "http://127.0.0.1:65535"

    lines = to_play_with(url, url, f"{url}/").splitlines()

    assert "  .venv/bin/refresh-watch list cdn" in lines
    assert [line for line in lines if len(line) > 80] == []
    curl = next(place for place, line in enumerate(lines) if line.startswith("  curl "))
    assert "after 35 to 50 s" in lines[curl + 3]


@pytest.fixture(scope="module")
def staying() -> Iterator[tuple[DemoStage, str]]:
    """What `demo --serve` leaves running, and what it prints then."""
    with stage((), lambda message: None, lambda line: None, "en") as running:
        chats = f"http://127.0.0.1:{running.wall.port}/"
        yield running, to_play_with(running.products.endpoint, running.engine.url, chats)


def test_with_the_exports_that_are_printed_doctor_finds_nothing_to_mend(staying: tuple[DemoStage, str]) -> None:
    exports = dict(re.findall(r"^  export (\w+)=(\S+)$", staying[1], re.MULTILINE))
    # where something real is asked, it is asked here, and nothing listens
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}

    ran = CommandLine(clean_environment()).run("doctor", **exports, **nowhere)

    assert ran.code == 0, ran.out
    assert "identity" in ran.out
    assert "aliyuncs.com" not in ran.out


@pytest.mark.parametrize(("word", "ends"), [("fail", "Failed"), ("timeout", "Timeout"), ("", "Complete")])
def test_a_url_that_is_submitted_to_the_demo_ends_as_a_word_in_it_says(
    staying: tuple[DemoStage, str], word: str, ends: str
) -> None:
    running, printed = staying

    plan = running.products.world.plan_for(f"http://mine.example.com/{word}.js")

    assert (plan.ends, plan.after) == (ends, 10)
    assert word in printed


def message(kind: str, watch_id: str, outcome: str = "complete", told: str = "final") -> WallMessage:
    if kind == "webhook":
        data = {"watch_id": watch_id, "outcome": outcome, "looks": 3, "api_calls": 4}
        return WallMessage(kind, "audit", 0.0, f"msg_f-{watch_id}", {"type": f"refresh_watch.{told}", "data": data})
    text = f"#### title\n\n> refresh-watch · event {told[0]}-{watch_id}"
    if kind == "feishu":
        return WallMessage(kind, "releases", 0.0, "", {"msg_type": "text", "content": {"text": text}})
    return WallMessage(kind, "oncall", 0.0, "", {"msgtype": "markdown", "markdown": {"title": "t", "text": text}})


FEISHU, DINGTALK, WEBHOOK = (message(kind, "w1") for kind in ("feishu", "dingtalk", "webhook"))


@pytest.mark.parametrize(
    ("expected", "messages", "fault"),
    [
        ("complete", [FEISHU, WEBHOOK], ""),
        ("failed", [message("dingtalk", "w1", told="interim"), DINGTALK, message("webhook", "w1", "failed")], ""),
        ("complete", [WEBHOOK], "0 finals at releases"),
        ("complete", [FEISHU], "no final report"),
        ("complete", [FEISHU, FEISHU, WEBHOOK], "2 finals at releases"),
        ("complete", [FEISHU, DINGTALK, WEBHOOK], "1 finals at oncall"),
        ("complete", [FEISHU, message("webhook", "w1", "failed")], "failed instead of complete"),
        ("complete", [message("feishu", "w2"), message("webhook", "w2")], "no final report"),
    ],
)
def test_a_watch_that_is_not_told_exactly_once_or_ends_otherwise_is_named(
    expected: str, messages: list[WallMessage], fault: str
) -> None:
    job = replace(jobs()[0], expected=Outcome(expected))
    board = Board([JobRow(job, "w1")])

    for each in messages:
        board.saw(each)

    assert board.rows[0].fault == fault
    assert ("NOT AS EXPECTED" in "\n".join(summary_lines(board))) == bool(fault)


def test_a_dingtalk_message_is_shown_as_text_and_a_webhook_as_one_line() -> None:
    assert [line.strip("- ") for line in message_lines(DINGTALK)][1:-1] == [
        "title", "refresh-watch · event f-w1",
    ]  # fmt: skip
    assert len(message_lines(WEBHOOK)) == 1
