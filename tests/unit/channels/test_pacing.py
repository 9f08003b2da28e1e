"""An endpoint's limit is kept by instances that know nothing of each other."""

from __future__ import annotations

import heapq
from random import Random

import pytest

from refresh_watch.channels.contract import Rate
from refresh_watch.channels.delivery.pacing import Pacing, share_of

DINGTALK = Rate(20, 60)
NOW = 1_000_000.0


def _post(pacing: Pacing, at: float, *, rate: Rate | None = DINGTALK, booked: bool = False) -> float:
    turn = pacing.turn_in("endpoint", rate, at, booked=booked)
    if not turn:
        pacing.posted("endpoint", at)
    return turn


def _most_within(posts: list[float], seconds: float) -> int:
    return max(sum(at <= other < at + seconds for other in posts) for at in posts)


@pytest.mark.parametrize(
    ("rate", "instances", "share"),
    [
        (DINGTALK, 1, Rate(20, 63)),
        (DINGTALK, 2, Rate(10, 63)),
        (DINGTALK, 3, Rate(6, 63)),
        (Rate(1, 1), 2, Rate(1, 2.1)),
        (Rate(5, 2), 4, Rate(1, 2.1)),
    ],
)
def test_each_instance_keeps_to_its_part(rate: Rate, instances: int, share: Rate) -> None:
    assert share_of(rate, instances) == share


def test_the_first_messages_go_at_once_and_the_next_ones_as_soon_as_the_limit_allows() -> None:
    pacing = Pacing(2)
    assert [_post(pacing, NOW) for _ in range(25)] == [0.0] * 10 + [63.0] * 10 + [126.0] * 5


def test_after_a_while_of_silence_a_message_goes_at_once() -> None:
    pacing = Pacing(2)
    for _ in range(10):
        _post(pacing, NOW)
    assert _post(pacing, NOW + 63) == 0.0


def test_another_endpoint_does_not_wait_for_this_one() -> None:
    pacing = Pacing()
    for _ in range(20):
        _post(pacing, NOW)
    assert _post(pacing, NOW) > 0
    assert pacing.turn_in("another", DINGTALK, NOW, booked=False) == 0.0


def test_an_endpoint_without_a_limit_is_waited_for_only_while_it_is_paused() -> None:
    pacing = Pacing()
    assert {_post(pacing, NOW, rate=None) for _ in range(500)} == {0.0}
    pacing.pause("endpoint", NOW, 30)
    assert _post(pacing, NOW + 10, rate=None) == 20.0
    assert _post(pacing, NOW + 30, rate=None) == 0.0


def test_after_a_block_those_who_waited_do_not_all_come_at_once() -> None:
    pacing = Pacing(2)
    pacing.pause("endpoint", NOW, 600)
    turns = [_post(pacing, NOW) for _ in range(30)]
    assert turns == [600.0] * 10 + [663.0] * 10 + [726.0] * 10
    assert _post(pacing, NOW + 600, booked=True) == 0.0


def test_an_endpoint_that_asks_for_a_pause_of_years_is_posted_to_after_an_hour() -> None:
    pacing = Pacing()
    pacing.pause("endpoint", NOW, 1.7e9)
    assert _post(pacing, NOW) == 3600.0
    assert _post(pacing, NOW + 3600, booked=True) == 0.0


def test_an_endpoint_that_times_out_is_left_alone_for_longer_each_time_until_it_answers() -> None:
    pacing, now, is_paused = Pacing(), NOW, []
    for _ in range(6):
        pacing.timed_out("endpoint", now)
        is_paused.append(_post(pacing, now, rate=None))
        now += is_paused[-1]
    assert is_paused == [60.0, 120.0, 240.0, 480.0, 600.0, 600.0]
    pacing.answered("endpoint")
    pacing.timed_out("endpoint", now)
    assert _post(pacing, now, rate=None) == 60.0


def test_a_place_that_is_come_back_for_needs_no_other() -> None:
    pacing = Pacing(2)
    for _ in range(20):
        _post(pacing, NOW)
    assert [_post(pacing, NOW + 63, booked=True) for _ in range(10)] == [0.0] * 10
    assert _post(pacing, NOW + 63, booked=True) > 0, "an eleventh has to be another instance's"


def test_a_clock_that_jumps_back_delays_no_message_by_the_time_that_it_repeats() -> None:
    pacing = Pacing()
    for _ in range(20):
        _post(pacing, NOW)
    assert _post(pacing, NOW - 3600) == 63.0


@pytest.mark.parametrize("seed", range(20))
def test_the_limit_holds_and_all_are_sent_whichever_instance_gets_a_message_and_however_late(seed: int) -> None:
    """Instances of which Function Compute takes any, timers up to ten seconds late, some instances replaced."""
    chance = Random(seed)
    count = chance.randint(1, 3)
    pacings = [Pacing(count) for _ in range(count)]
    queue = [(NOW + chance.random() * chance.choice((0.0, 300.0)), number, False) for number in range(120)]
    heapq.heapify(queue)
    sent: list[float] = []
    steps = 0
    while queue:
        at, number, booked = heapq.heappop(queue)
        steps += 1
        turn = _post(chance.choice(pacings), at, booked=booked)
        if turn:
            heapq.heappush(queue, (at + turn + chance.random() * 10, number, True))
        else:
            sent.append(at)
    assert len(sent) == 120
    assert _most_within(sent, 60.0) <= 20
    assert steps < 120 * 12
