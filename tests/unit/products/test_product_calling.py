"""One question: its turn, its tries, its deadline."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from refresh_watch.errors import AskAgain
from refresh_watch.model import Page, Reason, Refusal
from refresh_watch.products.calling import PAUSE_CAP, PAUSE_FLOOR, Caller, OutOfTime, TurnLater, pause_after
from refresh_watch.products.refusals import MAX_TRIES, RefusedForGood
from refresh_watch.watching.quota import Quota
from tests.hand_clock import HandClock

PAGE = Page(rows=(), total=0, request_id="R-1", note="a note")
BUSY = AskAgain("busy", code="InternalError")


def in_turn(*answers: Page | Exception) -> Callable[[], Page]:
    left = list(answers)

    def ask() -> Page:
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


def caller(clock: HandClock, *, seconds: float = 60.0, rate: float = 5.0) -> Caller:
    return Caller(Quota({"cdn.list": rate}), clock, clock.at + seconds)


def test_an_answer_comes_through_with_what_it_cost() -> None:
    asked = caller(HandClock(1000.0))
    assert asked.call("cdn.list", in_turn(PAGE)) == PAGE
    assert (asked.calls, asked.request_id, asked.notes) == (1, "R-1", ("a note",))


def test_throttling_then_truth_is_the_truth() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock)
    assert asked.call("cdn.list", in_turn(AskAgain("slow down", throttled=True), BUSY, PAGE)) == PAGE
    assert asked.calls == 3


def test_the_pause_that_the_server_states_is_kept() -> None:
    clock = HandClock(1000.0)
    caller(clock).call("cdn.list", in_turn(AskAgain("slow down", throttled=True, after=7.0), PAGE))
    assert 7.0 <= clock.at - 1000.0 < 7.5


def test_a_throttled_operation_pauses_for_every_question() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, seconds=5.0)
    with pytest.raises(AskAgain):
        asked.call("cdn.list", in_turn(AskAgain("slow down", throttled=True, after=30.0)))
    with pytest.raises(OutOfTime):
        asked.call("cdn.list", in_turn(PAGE))
    assert asked.calls == 1


def test_a_few_tries_and_no_more() -> None:
    asked = caller(HandClock(1000.0))
    with pytest.raises(AskAgain, match="busy"):
        asked.call("cdn.list", in_turn(*[BUSY] * (MAX_TRIES + 5)))
    assert asked.calls == MAX_TRIES


@pytest.mark.parametrize(
    ("code", "calls"), [("SignatureNonceUsed", 2), ("InvalidTimeStamp.Expired", 2), ("InvalidSecurityToken.Expired", 1)]
)
def test_some_answers_deserve_fewer_tries(code: str, calls: int) -> None:
    asked = caller(HandClock(1000.0))
    with pytest.raises(AskAgain):
        asked.call("cdn.list", in_turn(*[AskAgain("no", code=code)] * 5))
    assert asked.calls == calls


def test_a_refusal_for_good_is_not_asked_again() -> None:
    asked = caller(HandClock(1000.0))
    with pytest.raises(RefusedForGood):
        asked.call("cdn.list", in_turn(RefusedForGood(Refusal(Reason.BAD_KEY, "SignatureDoesNotMatch", "no"))))
    assert asked.calls == 1


def test_calls_keep_the_quotas_distance() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, rate=5.0)
    for _ in range(6):
        asked.call("cdn.list", in_turn(PAGE))
    assert clock.at - 1000.0 == pytest.approx(1.0)


def test_no_turn_before_the_end_means_not_asked() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, seconds=0.5, rate=1.0)
    asked.call("cdn.list", in_turn(PAGE))
    with pytest.raises(OutOfTime):
        asked.call("cdn.list", in_turn(PAGE))
    assert clock.at < 1000.5
    assert asked.calls == 1


def test_no_pause_goes_past_the_end() -> None:
    clock = HandClock(1000.0)
    with pytest.raises(AskAgain, match="busy"):
        caller(clock, seconds=1.0).call("cdn.list", in_turn(*[BUSY] * 9))
    assert clock.at < 1001.0


def test_a_call_that_never_ends_is_given_up() -> None:
    never = threading.Event()

    def ask() -> Page:
        never.wait(30)
        return PAGE

    asked = Caller(Quota({"cdn.list": 5.0}), HandClock(1000.0), 1002.0, call_seconds=0.1)
    with pytest.raises(AskAgain, match=r"no complete answer within 0\.1 s"):
        asked.call("cdn.list", ask)
    never.set()


@pytest.mark.parametrize("kind", [ValueError, TypeError, AttributeError, KeyError, RecursionError, UnicodeError])
def test_whatever_an_answer_breaks_is_asked_again_and_told_by_its_type_alone(kind: type[Exception]) -> None:
    broken = kind("Authorization: ACS3-HMAC-SHA256 Credential=testAK")
    asked = caller(HandClock(1000.0))
    assert asked.call("cdn.list", in_turn(broken, PAGE)) == PAGE
    with pytest.raises(AskAgain) as raised:
        asked.call("cdn.list", in_turn(*[broken] * MAX_TRIES))
    assert str(raised.value) == f"no usable answer: {kind.__name__}"
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_the_pause_grows_stays_over_its_floor_and_under_its_cap() -> None:
    assert [pause_after(BUSY, tried, 0.0) for tried in (1, 5, 50)] == [PAUSE_FLOOR] * 3
    longest = [pause_after(BUSY, tried, 1.0) for tried in (1, 2, 3, 9, 50)]
    assert longest == sorted(longest)
    assert longest[-1] == pytest.approx(PAUSE_CAP)


def test_each_try_costs_its_share_of_the_quota() -> None:
    asked = caller(HandClock(1000.0), rate=5.0)
    asked.call("cdn.list", in_turn(BUSY, PAGE))
    assert (asked.calls, asked.cost) == (2, pytest.approx(0.4))


def test_what_fits_into_the_time_left_is_known_beforehand() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, seconds=10.0, rate=5.0)
    assert asked.fits("cdn.list") == pytest.approx(50)
    clock.sleep(11.0)
    assert asked.fits("cdn.list") == 0


def test_a_first_question_that_would_wait_takes_its_place_and_is_put_off() -> None:
    clock, quota = HandClock(1000.0), Quota({"cdn.list": 5.0}, instances=5)
    quota.reserve("cdn.list", clock.at)
    impatient = Caller(quota, clock, clock.at + 60, patience=0.02)
    with pytest.raises(TurnLater) as put_off:
        impatient.call("cdn.list", in_turn(PAGE))
    assert put_off.value.seconds == pytest.approx(1.0)
    assert (impatient.calls, clock.slept) == (0, [])


def test_a_question_that_has_its_place_is_asked_at_once_and_the_next_waits_for_its_own() -> None:
    clock, quota = HandClock(1000.0), Quota({"cdn.list": 5.0}, instances=5)
    for _ in range(3):
        quota.reserve("cdn.list", clock.at)
    asked = Caller(quota, clock, clock.at + 60, patience=0.02, booked=True)
    asked.call("cdn.list", in_turn(PAGE))
    assert clock.at == 1000.0
    asked.call("cdn.list", in_turn(PAGE))
    assert clock.at == pytest.approx(1003.0)
