"""`refresh-watch test-channel` as a process, against the chat wall's robots over sockets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from refresh_watch_cli.sample_reports import LABELS
from refresh_watch_emulator.chat_wall import KINDS, ChatWall, ScriptedAnswer, chat_kind
from tests.cli.command_line import CommandLine, clean_environment

SENT = ["interim", "partly_failed", "rejected", "broken", "complete"]
BUSY = ScriptedAnswer(200, '{"errcode":-1,"errmsg":"system busy"}')


def command_line(*channels: dict[str, Any]) -> CommandLine:
    return CommandLine(
        {
            **clean_environment(),
            "REFRESH_WATCH_CHANNELS": json.dumps(channels),
            "REFRESH_WATCH_ALLOWED_HOSTS": "127.0.0.1",
            "REFRESH_WATCH_ENVIRONMENT": "prod",
        }
    )


def reports_of(out: str) -> list[str]:
    """The reports that a line tells the answer of."""
    return [line[:15].strip() for line in out.splitlines() if line[2:15].strip() in (*SENT, "stopped")]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_robot_takes_one_of_each_report_the_complete_one_last(wall: ChatWall, kind: str) -> None:
    ran = command_line(wall.entry(kind, "oncall")).run("test-channel")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"oncall ({kind}, 127.0.0.1):\n")
    assert reports_of(ran.out) == SENT
    taken = "accepted (HTTP 202" if kind == "teams" else "delivered (HTTP 2"
    assert ran.out.count(f"  {taken}") == len(SENT)
    assert len(wall.messages) == len(wall.posts) == len(SENT)
    for message in wall.messages:
        assert LABELS["en"] in chat_kind(kind).visible_text(message.body)


def test_it_prints_the_vendors_own_code_and_words(wall: ChatWall) -> None:
    ran = command_line(wall.entry("dingtalk", "oncall")).run_alone("test-channel")
    assert ran.out.splitlines()[1] == "  interim        delivered (HTTP 200, 0, ok)"


def test_its_reports_are_each_one_of_their_own_and_only_failures_mention_and_open_what_the_last_resolves(
    wall: ChatWall,
) -> None:
    entries = [wall.entry("pagerduty", "oncall"), wall.entry("webhook", "audit")]
    entries.append(wall.entry("dingtalk", "people", mention=["13800000000"]))
    for _ in range(2):
        command_line(*entries).run("test-channel")

    by_kind = {
        kind: [one for one in wall.messages if one.kind == kind] for kind in ("pagerduty", "webhook", "dingtalk")
    }
    events = [message.body for message in by_kind["pagerduty"]]
    assert [event["event_action"] for event in events] == (["trigger"] * 4 + ["resolve"]) * 2
    assert len({event["dedup_key"] for event in events[:5]}) == 1
    assert len({message.id for message in by_kind["webhook"]}) == 2 * len(SENT)
    called = ("13800000000",)
    assert [message.mentioned for message in by_kind["dingtalk"]] == [called, called, (), called, ()] * 2


def test_a_refusal_ends_1_with_what_to_repair_and_nothing_more_is_sent(wall: ChatWall) -> None:
    entry = wall.entry("dingtalk", "oncall")
    wall.chat("dingtalk", "oncall", secret="SEC-another-fake-secret")

    ran = command_line(entry).run("test-channel")

    assert (ran.code, ran.err) == (1, "")
    assert reports_of(ran.out) == ["interim"]
    assert "  refused (HTTP 200, 310000, sign not match: " in ran.out
    assert ran.out.count("sign not match") == 1
    assert "copy the robot's signing secret" in ran.out
    assert "not sent: partly_failed, rejected, broken, complete" in ran.out
    assert (len(wall.posts), wall.messages) == (1, ())


def test_a_refused_report_among_others_does_not_keep_those_from_being_sent(wall: ChatWall) -> None:
    gone = ScriptedAnswer(200, '{"errcode":400106,"errmsg":"robot missing"}')
    wall.script("dingtalk", "oncall", ScriptedAnswer(posts=True), gone)

    ran = command_line(wall.entry("dingtalk", "oncall")).run("test-channel")

    assert ran.code == 1
    assert reports_of(ran.out) == SENT
    assert "400106, robot missing" in ran.out
    assert "not sent" not in ran.out
    assert len(wall.posts) == len(SENT)


def test_a_channel_that_is_busy_is_left_alone(wall: ChatWall) -> None:
    wall.script("dingtalk", "oncall", ScriptedAnswer(posts=True), BUSY)

    ran = command_line(wall.entry("dingtalk", "oncall")).run("test-channel")

    assert ran.code == 1
    assert reports_of(ran.out) == ["interim", "partly_failed"]
    assert "system busy" in ran.out
    assert "try again later" in ran.out
    assert "not sent: rejected, broken, complete" in ran.out
    assert len(wall.posts) == 2


@pytest.mark.parametrize(
    ("seconds", "again"), [(7200, r"would be sent again after (2h|1h 59m);"), (30 * 3600, r"it asks for 1d")]
)
def test_a_channel_that_asks_for_more_than_one_delay_is_reported_the_whole_of_it(
    wall: ChatWall, seconds: int, again: str
) -> None:
    wall.script("webhook", "audit", ScriptedAnswer(429, "slow down", (("Retry-After", str(seconds)),)))

    ran = command_line(wall.entry("webhook", "audit")).run("test-channel", "--report", "complete")

    assert ran.code == 1
    assert "complete       not now (HTTP 429, slow down: rate limited)" in ran.out
    assert re.search(again, ran.out)


def test_each_channel_is_tested_whatever_became_of_the_one_before(wall: ChatWall) -> None:
    entries = [wall.entry("dingtalk", "first"), wall.entry("webhook", "audit")]
    wall.chat("dingtalk", "first", secret="SEC-another-fake-secret")

    ran = command_line(*entries).run("test-channel")

    assert ran.code == 1
    assert [message.kind for message in wall.messages] == ["webhook"] * len(SENT)


BROKEN = [
    (
        {"name": "old", "kind": "webhook", "url": "http://hooks.example.com/T0PSECRET"},
        "REFRESH_WATCH_CHANNELS[0].url: ",
    ),
    ({"name": "old", "kind": "pigeon", "url": "https://hooks.example.com/T0PSECRET"}, "channel old: kind: 'pigeon'"),
]


@pytest.mark.parametrize(("entry", "problem"), BROKEN)
def test_a_channel_that_is_set_wrong_keeps_no_other_from_being_tested(
    wall: ChatWall, entry: dict[str, Any], problem: str
) -> None:
    cli = command_line(entry, wall.entry("webhook", "audit"))

    named, every, itself = cli.run("test-channel", "audit"), cli.run("test-channel"), cli.run("test-channel", "old")

    assert (named.code, every.code, itself.code) == (0, 1, 2)
    for ran in (named, every):
        assert reports_of(ran.out) == SENT
        assert ran.err.startswith(f"refresh-watch: channel old is set wrong and left out: {problem}")
        assert ran.err.count("\n") == 1
    assert itself.err.startswith(f"refresh-watch: {problem}")
    assert "T0PSECRET" not in named.err + every.err + itself.err
    assert len(wall.posts) == 2 * len(SENT)


def test_only_the_channel_that_is_named_is_tested_and_only_the_reports_that_are(wall: ChatWall) -> None:
    cli = command_line(wall.entry("dingtalk", "oncall"), wall.entry("webhook", "audit"))

    ran = cli.run("test-channel", "audit", "--report", "complete", "--report", "stopped")

    assert ran.code == 0
    assert reports_of(ran.out) == ["stopped", "complete"]
    assert [message.body["data"]["outcome"] for message in wall.messages] == ["unverifiable", "complete"]


def test_a_channel_for_some_outcomes_only_is_tested_with_all(wall: ChatWall) -> None:
    ran = command_line(wall.entry("webhook", "audit", on=["failed"])).run("test-channel")
    assert len(wall.messages) == len(SENT)
    unwanted = [line for line in ran.out.splitlines() if "a real one would not be sent: `on` leaves it out" in line]
    assert reports_of("\n".join(unwanted)) == ["complete"]


@pytest.mark.parametrize(("of_channel", "of_settings"), [("zh", ""), ("", "zh"), ("zh", "en")])
def test_a_chinese_message_says_in_chinese_that_it_is_a_test(wall: ChatWall, of_channel: str, of_settings: str) -> None:
    entry = wall.entry("feishu", "oncall", **({"language": of_channel} if of_channel else {}))
    command_line(entry).run("test-channel", REFRESH_WATCH_LANGUAGE=of_settings)
    for message in wall.messages:
        assert LABELS["zh"] in chat_kind("feishu").visible_text(message.body)
        assert LABELS["en"] not in chat_kind("feishu").visible_text(message.body)


def test_its_help_says_whom_it_reaches_what_stays_open_and_how_it_ends(wall: ChatWall) -> None:
    ran = command_line(wall.entry("webhook", "audit")).run("test-channel", "--help")
    told = " ".join(ran.out.split())
    assert "are really mentioned" in told
    assert "PagerDuty alerts that a single --report other than complete opens stay open" in told
    assert "Exit codes: 0 every report was taken, 1 one was not, 2 bad usage or settings." in told


def test_no_secret_is_printed(wall: ChatWall) -> None:
    entries = [wall.entry(kind, f"oncall_{kind}") for kind in KINDS]
    good = command_line(*entries).run("test-channel")
    for kind in KINDS:
        wall.script(kind, f"oncall_{kind}", ScriptedAnswer(403, "{}"))
    bad = command_line(*entries).run("test-channel")
    chats = [wall.chat(kind, f"oncall_{kind}") for kind in KINDS]
    secrets = [secret for chat in chats for secret in (chat.secret, chat.access_token) if secret]
    assert len(secrets) >= len(KINDS)
    for ran in (good, bad):
        assert [secret for secret in secrets if secret in ran.out + ran.err] == []
