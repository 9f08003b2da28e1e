"""One call: its turn, its retries, its deadline."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from refresh_watch.errors import Retryable
from refresh_watch.model import ListQuery, Page, Product, Reason, Refusal
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.calling import PAUSE_CAP, PAUSE_FLOOR, ApiCaller, OutOfTime, TurnLater, pause_after
from refresh_watch.products.refusals import MAX_TRIES, RefusedForGood
from refresh_watch.watching.quota import Quota
from tests.hand_clock import HandClock

PAGE = Page(rows=(), total=0, request_id="R-1", note="a note")
BUSY = Retryable("busy", code="InternalError")


QUERY = ListQuery(task_id="1")
REFUSED = RefusedForGood(Refusal(Reason.BAD_KEY, "SignatureDoesNotMatch", "no"))


class Answers:
    """A product's API that answers one call after the other."""

    spec = spec_of(Product.CDN)

    def __init__(self, *answers: Page | Exception) -> None:
        self.left = list(answers)

    def list_page(self, query: ListQuery) -> Page:
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def by_ids(self, task_ids: Sequence[str]) -> Page:
        return self.list_page(QUERY)


def caller(clock: HandClock, *answers: Page | Exception, seconds: float = 60.0, rate: float = 5.0) -> ApiCaller:
    return ApiCaller(Answers(*answers), Quota({"cdn.list": rate}), clock, clock.at + seconds)


def test_an_answer_comes_through_with_what_it_cost() -> None:
    asked = caller(HandClock(1000.0), PAGE)
    assert asked.list_page(QUERY) == PAGE
    assert (asked.calls, asked.pages) == (1, [PAGE])


def test_each_operation_has_its_own_place_in_the_quota() -> None:
    clock = HandClock(1000.0)
    asked = ApiCaller(Answers(PAGE, PAGE), Quota({"cdn.list": 5.0, "cdn.by_id": 30.0}), clock, clock.at + 60)
    asked.list_page(QUERY)
    asked.by_ids(["1"])
    assert (clock.slept, asked.cost) == ([], pytest.approx(1 / 5 + 1 / 30))


def test_throttling_then_truth_is_the_truth() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, Retryable("slow down", throttled=True), BUSY, PAGE)
    assert asked.list_page(QUERY) == PAGE
    assert asked.calls == 3


def test_the_pause_that_the_server_states_is_kept() -> None:
    clock = HandClock(1000.0)
    caller(clock, Retryable("slow down", throttled=True, after=7.0), PAGE).list_page(QUERY)
    assert 7.0 <= clock.at - 1000.0 < 7.5


def test_a_throttled_operation_pauses_for_every_question() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, Retryable("slow down", throttled=True, after=30.0), PAGE, seconds=5.0)
    with pytest.raises(Retryable):
        asked.list_page(QUERY)
    with pytest.raises(OutOfTime):
        asked.list_page(QUERY)
    assert asked.calls == 1


def test_a_few_tries_and_no_more() -> None:
    asked = caller(HandClock(1000.0), *[BUSY] * (MAX_TRIES + 5))
    with pytest.raises(Retryable, match="busy"):
        asked.list_page(QUERY)
    assert asked.calls == MAX_TRIES


@pytest.mark.parametrize(
    ("code", "calls"), [("SignatureNonceUsed", 2), ("InvalidTimeStamp.Expired", 2), ("InvalidSecurityToken.Expired", 1)]
)
def test_some_answers_deserve_fewer_tries(code: str, calls: int) -> None:
    asked = caller(HandClock(1000.0), *[Retryable("no", code=code)] * 5)
    with pytest.raises(Retryable):
        asked.list_page(QUERY)
    assert asked.calls == calls


def test_a_refusal_for_good_is_not_asked_again() -> None:
    asked = caller(HandClock(1000.0), REFUSED, PAGE)
    with pytest.raises(RefusedForGood):
        asked.list_page(QUERY)
    assert asked.calls == 1


def test_calls_keep_the_quotas_distance() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, *[PAGE] * 6, rate=5.0)
    for _ in range(6):
        asked.list_page(QUERY)
    assert clock.at - 1000.0 == pytest.approx(1.0)


def test_no_turn_before_the_end_means_not_asked() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, PAGE, PAGE, seconds=0.5, rate=1.0)
    asked.list_page(QUERY)
    with pytest.raises(OutOfTime):
        asked.list_page(QUERY)
    assert clock.at < 1000.5
    assert asked.calls == 1


def test_no_pause_goes_past_the_end() -> None:
    clock = HandClock(1000.0)
    with pytest.raises(Retryable, match="busy"):
        caller(clock, *[BUSY] * 9, seconds=1.0).list_page(QUERY)
    assert clock.at < 1001.0


def test_a_call_that_never_ends_is_given_up() -> None:
    never = threading.Event()

    class Hangs(Answers):
        def list_page(self, query: ListQuery) -> Page:
            never.wait(30)
            return PAGE

    asked = ApiCaller(Hangs(), Quota({"cdn.list": 5.0}), HandClock(1000.0), 1002.0, call_seconds=0.1)
    with pytest.raises(Retryable, match=r"no complete answer within 0\.1 s"):
        asked.list_page(QUERY)
    never.set()


@pytest.mark.parametrize("kind", [ValueError, TypeError, AttributeError, KeyError, RecursionError, UnicodeError])
def test_an_error_of_any_type_is_asked_again_and_named_by_its_type_alone(kind: type[Exception]) -> None:
    broken = kind("Authorization: ACS3-HMAC-SHA256 Credential=testAK")
    asked = caller(HandClock(1000.0), broken, PAGE, *[broken] * MAX_TRIES)
    assert asked.list_page(QUERY) == PAGE
    with pytest.raises(Retryable) as raised:
        asked.list_page(QUERY)
    assert str(raised.value) == f"no usable answer: {kind.__name__}"
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_the_pause_grows_stays_over_its_floor_and_under_its_cap() -> None:
    assert [pause_after(BUSY, tried, 0.0) for tried in (1, 5, 50)] == [PAUSE_FLOOR] * 3
    longest = [pause_after(BUSY, tried, 1.0) for tried in (1, 2, 3, 9, 50)]
    assert longest == sorted(longest)
    assert longest[-1] == pytest.approx(PAUSE_CAP)


def test_each_try_costs_its_share_of_the_quota() -> None:
    asked = caller(HandClock(1000.0), BUSY, PAGE, rate=5.0)
    asked.list_page(QUERY)
    assert (asked.calls, asked.cost) == (2, pytest.approx(0.4))


def test_what_fits_into_the_time_left_is_known_beforehand() -> None:
    clock = HandClock(1000.0)
    asked = caller(clock, seconds=10.0, rate=5.0)
    assert asked.list_calls_left() == pytest.approx(50)
    clock.sleep(11.0)
    assert asked.list_calls_left() == 0


def test_a_first_question_that_would_wait_takes_its_place_and_is_put_off() -> None:
    clock, quota = HandClock(1000.0), Quota({"cdn.list": 5.0}, instances=5)
    quota.reserve("cdn.list", clock.at)
    impatient = ApiCaller(Answers(PAGE), quota, clock, clock.at + 60, patience=0.02)
    with pytest.raises(TurnLater) as put_off:
        impatient.list_page(QUERY)
    assert put_off.value.seconds == pytest.approx(1.0)
    assert (impatient.calls, clock.slept) == (0, [])


def test_a_question_that_has_its_place_is_asked_at_once_and_the_next_waits_for_its_own() -> None:
    clock, quota = HandClock(1000.0), Quota({"cdn.list": 5.0}, instances=5)
    for _ in range(3):
        quota.reserve("cdn.list", clock.at)
    asked = ApiCaller(Answers(PAGE, PAGE), quota, clock, clock.at + 60, patience=0.02, booked=True)
    asked.list_page(QUERY)
    assert clock.at == 1000.0
    asked.list_page(QUERY)
    assert clock.at == pytest.approx(1003.0)
