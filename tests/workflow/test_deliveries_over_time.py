"""What becomes of deliveries within minutes and days: limits, blocks, dead chats, fallbacks. In virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from typing import Any

import pytest

from refresh_watch.channels.delivery.retry_policy import JITTER, PAUSES
from refresh_watch.report import Report
from refresh_watch.reports.wire import encode
from refresh_watch.workflow.notify import FALLBACK_AFTER
from refresh_watch.workflow.replay import replay, undelivered
from refresh_watch.workflow.task_ids import NOTIFY
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from tests.channels.delivering import channel_of, clock_at_rest, delivered
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import INTERIM, PARTLY_FAILED
from tests.workflow.virtual_house import VirtualHouse

DAY = 86_400
BLOCKED = ScriptedAnswer(200, '{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}')
BUSY = ScriptedAnswer(500, "<html>busy</html>")


@pytest.fixture
def clock() -> HandClock:
    return clock_at_rest()


@pytest.fixture
def wall(clock: HandClock) -> Iterator[ChatWall]:
    with ChatWall(clock=clock) as wall:
        yield wall


def _report(number: int, channel: str = "oncall") -> Report:
    key = f"{number:08x}"
    return replace(PARTLY_FAILED, id=f"f-{key}", watch_id=key, label=f"job {number}", channels=(channel,))


def _refused(wall: ChatWall, chat: str = "oncall") -> list[float]:
    return [post.at for post in wall.posts if post.chat == chat and not post.accepted]


@pytest.mark.parametrize("kind", ["dingtalk", "wecom"])
def test_200_final_reports_at_once_to_one_chat_all_arrive_and_none_is_refused(
    clock: HandClock, wall: ChatWall, kind: str
) -> None:
    house = VirtualHouse.of(clock, wall, [wall.entry(kind, "oncall")])
    began = clock.now()
    for number in range(200):
        house.commit(_report(number))
    house.run()
    arrived = sorted(message.at - began for message in wall.messages)
    print(
        f"\n200 reports to one {kind} chat: the first after {arrived[0]:.0f} s, half within {arrived[99]:.0f} s, "
        f"all within {arrived[-1]:.0f} s; {len(wall.posts)} posts, {len(house.kept)} tasks"
    )
    assert len(wall.messages) == 200
    assert len({str(message.body) for message in wall.messages}) == 200
    assert _refused(wall) == []
    assert undelivered(house) == []
    assert arrived[19] - arrived[0] < 30, "the first 20 need not wait"
    assert arrived[-1] < 12 * 60, "at 20 a minute they take ten"


def test_a_chat_that_others_have_blocked_is_run_into_once_by_each_instance_and_then_left_alone(
    clock: HandClock, wall: ChatWall
) -> None:
    house = VirtualHouse.of(clock, wall, [wall.entry("dingtalk", "oncall")])
    for number in range(900, 921):  # another sender that keeps no limit; the last one begins the block
        delivered(channel_of(wall), clock, _report(number))
    already = len(wall.posts)
    for number in range(200):
        house.commit(_report(number))
    house.run()
    ours = wall.posts[already:]
    refused = [post.at for post in ours if not post.accepted]
    assert len(refused) <= house.instances
    assert len(ours) == 200 + len(refused)
    assert undelivered(house) == []


def test_429_then_500_then_the_block_then_it_accepts_delivered_once_at_the_right_times(
    clock: HandClock, wall: ChatWall
) -> None:
    house = VirtualHouse.of(clock, wall, [wall.entry("dingtalk", "oncall")])
    slow_down = ScriptedAnswer(429, "{}", (("Retry-After", "90"),))
    wall.script("dingtalk", "oncall", slow_down, BUSY, BUSY, BUSY, BLOCKED)
    began = clock.now()
    house.commit(_report(1))
    house.run()
    (message,) = wall.messages
    times = [post.at - began for post in wall.posts]
    first, after_429, _, last_500, block, accepted = times
    assert first < 1
    assert 90 <= after_429 - first <= 90 + 60 + 1, "what it asked for, and full jitter"
    assert last_500 - after_429 <= 4, "quick tries in place"
    assert PAUSES[0] <= block - last_500 <= PAUSES[0] * (1 + JITTER) + 1
    assert 600 <= accepted - block <= 600 + 120 + 1
    assert message.at - began == accepted
    assert undelivered(house) == []


def _dead(wall: ChatWall, house: VirtualHouse, answer: ScriptedAnswer, kind: str = "dingtalk") -> None:
    wall.script(kind, "oncall", *[answer] * 200)
    house.commit(_report(7))
    house.run()


@pytest.mark.parametrize("answer", [BUSY, ScriptedAnswer(503, "")])
def test_a_report_to_a_chat_that_is_dead_for_a_day_is_sent_to_the_fallback_once_and_replayed_with_one_command(
    clock: HandClock, wall: ChatWall, answer: ScriptedAnswer
) -> None:
    channels = [wall.entry("dingtalk", "oncall", fallback="backup"), wall.entry("webhook", "backup")]
    house = VirtualHouse.of(clock, wall, channels)
    began = clock.now()
    _dead(wall, house, answer)
    (reported,) = wall.messages
    assert reported.chat == "backup"
    late = next(at for at in accumulate(PAUSES) if at >= FALLBACK_AFTER)
    in_place = 10 * len(PAUSES)
    assert FALLBACK_AFTER <= reported.at - began <= late * (1 + JITTER) + in_place, "on-call does not wait a day for it"
    data = reported.body["data"]
    assert data["label"] == "job 7"
    assert any("oncall" in str(note) for note in data["notes"])
    tries = [post.at - began for post in wall.posts if post.chat == "oncall"]
    longest = PAUSES[-1] * (1 + JITTER)
    assert DAY - longest - in_place <= tries[-1] <= DAY
    visits = len(tries) / 3  # three tries in place
    assert DAY // longest <= visits <= DAY / PAUSES[-1] + len(PAUSES)
    (kept,) = undelivered(house)
    assert (kept.channel, kept.report.label) == ("oncall", "job 7")
    assert "for a day" in kept.why
    assert f"attempt {len(tries)}" in kept.why
    wall._scripts.clear()
    replay(kept, engine=house)
    house.run()
    assert [message.chat for message in wall.messages] == ["backup", "oncall"]
    assert undelivered(house) == []


def test_a_relay_that_shows_the_message_but_does_not_say_so_shows_it_eight_times_and_not_all_day(
    clock: HandClock, wall: ChatWall
) -> None:
    channels = [wall.entry("dingtalk", "oncall", fallback="backup"), wall.entry("webhook", "backup")]
    house = VirtualHouse.of(clock, wall, channels)
    began = clock.now()
    _dead(wall, house, ScriptedAnswer(200, "<html>OK</html>", posts=True))
    shown = [message.at - began for message in wall.messages if message.chat == "oncall"]
    assert len(shown) == 8
    assert shown[-1] > sum(PAUSES) + PAUSES[-1], "a page that says that it is being mended is outlasted"
    assert [message.chat for message in wall.messages].count("backup") == 1
    (kept,) = undelivered(house)
    assert "no errcode of DingTalk in a 200" in kept.why
    assert "`url`" in kept.why


def test_what_is_refused_for_good_is_sent_to_the_fallback_at_once_with_the_vendors_words(
    clock: HandClock, wall: ChatWall
) -> None:
    channels = [wall.entry("dingtalk", "oncall", fallback="backup"), wall.entry("webhook", "backup")]
    house = VirtualHouse.of(clock, wall, channels)
    began = clock.now()
    _dead(wall, house, ScriptedAnswer(200, '{"errcode":400102,"errmsg":"robot stopped"}'))
    (reported,) = wall.messages
    assert reported.at - began < 5
    assert "robot stopped" in str(reported.body["data"]["notes"])
    (kept,) = undelivered(house)
    assert kept.delivery is not None
    last = kept.delivery.attempts.last
    assert last is not None
    assert (last.http_status, last.vendor_code, last.vendor_message, last.attempt) == (
        200,
        "400102",
        "robot stopped",
        1,
    )


def test_a_fallback_does_not_wait_as_long_as_the_channel_asks_us_to(clock: HandClock, wall: ChatWall) -> None:
    channels = [wall.entry("webhook", "oncall", fallback="backup"), wall.entry("webhook", "backup")]
    house = VirtualHouse.of(clock, wall, channels, instances=1)
    wall.script("webhook", "oncall", ScriptedAnswer(429, "", (("Retry-After", "3000"),)))
    began = clock.now()
    for number in (1, 2):  # the second one learns it from the first
        house.commit(_report(number))
    house.run()
    reported = {chat: [m.at - began for m in wall.messages if m.chat == chat] for chat in ("oncall", "backup")}
    assert [600 <= at <= 610 for at in reported["backup"]] == [True, True]
    assert [3000 <= at <= 3070 for at in reported["oncall"]] == [True, True]
    assert len(wall.posts) == 5


def test_a_fallback_that_refuses_too_is_kept_and_goes_nowhere_else(clock: HandClock, wall: ChatWall) -> None:
    channels: list[dict[str, Any]] = [
        wall.entry("dingtalk", "oncall", fallback="backup"),
        wall.entry("webhook", "backup", fallback="oncall"),
    ]
    house = VirtualHouse.of(clock, wall, channels)
    wall.script("webhook", "backup", *[ScriptedAnswer(410, "gone")] * 9)
    _dead(wall, house, ScriptedAnswer(200, '{"errcode":400102,"errmsg":"robot stopped"}'))
    assert wall.messages == ()
    assert sorted(one.channel for one in undelivered(house)) == ["backup", "oncall"]


def test_a_report_that_waits_for_its_turn_for_long_is_not_sent_to_the_fallback(
    clock: HandClock, wall: ChatWall
) -> None:
    channels = [wall.entry("dingtalk", "oncall", fallback="backup"), wall.entry("webhook", "backup")]
    house = VirtualHouse.of(clock, wall, channels, instances=1)
    for number in range(300):
        house.commit(_report(number))
    house.run()
    assert {message.chat for message in wall.messages} == {"oncall"}
    assert len(wall.messages) == 300


def test_what_waits_behind_a_block_of_ten_minutes_is_not_sent_to_the_fallback(clock: HandClock, wall: ChatWall) -> None:
    channels = [wall.entry("dingtalk", "oncall", fallback="backup"), wall.entry("webhook", "backup")]
    house = VirtualHouse.of(clock, wall, channels)
    wall.script("dingtalk", "oncall", BLOCKED, BLOCKED)
    for number in range(100):
        house.commit(_report(number))
    house.run()
    reported = [message.chat for message in wall.messages]
    assert reported.count("oncall") == 100
    assert reported.count("backup") <= house.instances, "those that were refused themselves"


@pytest.mark.parametrize("final_is_out", [True, False])
def test_a_first_failure_is_not_reported_after_the_final_report(
    clock: HandClock, wall: ChatWall, final_is_out: bool
) -> None:
    house = VirtualHouse.of(clock, wall, [wall.entry("dingtalk", "oncall")])
    interim = replace(INTERIM, id="i-00000001", watch_id="00000001", channels=("oncall",))
    wall.script("dingtalk", "oncall", BUSY, BUSY, BUSY)
    house.commit(interim)
    if final_is_out:
        house.commit(_report(1))
    house.run()
    reported = ["final" if "f-00000001" in str(message.body) else "interim" for message in wall.messages]
    assert reported == (["final"] if final_is_out else ["interim"])
    assert undelivered(house) == []


def test_a_first_failure_that_function_compute_held_up_is_not_reported_after_the_final_report(
    clock: HandClock, wall: ChatWall
) -> None:
    house = VirtualHouse.of(clock, wall, [wall.entry("dingtalk", "oncall")])
    interim = replace(
        INTERIM, id="i-00000001", watch_id="00000001", channels=("oncall",), made_at=float(int(clock.now()))
    )
    house.start_later(NOTIFY, encode(interim), 120, interim.id)  # all instances were busy
    house.commit(_report(1))
    house.run()
    (message,) = wall.messages
    assert "f-00000001" in str(message.body)


def test_one_dead_chat_delays_no_other(clock: HandClock, wall: ChatWall) -> None:
    house = VirtualHouse.of(clock, wall, [wall.entry("dingtalk", "oncall"), wall.entry("webhook", "audit")])
    wall.script("dingtalk", "oncall", *[BUSY] * 5000)
    began = clock.now()
    for number in range(8):
        house.commit(replace(_report(number), channels=("oncall", "audit")))
    house.run()
    assert len([message for message in wall.messages if message.chat == "audit"]) == 8
    assert max(message.at for message in wall.messages) - began < 60
