"""When a delivery comes back, and when it is given up."""

from __future__ import annotations

import pytest

from refresh_watch.channels.delivery.attempts import Attempts, Later, failure_of
from refresh_watch.channels.delivery.retry_policy import (
    JITTER,
    LAST_TRY,
    PAUSES,
    Abandoned,
    Finished,
    Next,
    RetryLater,
    next_attempt,
)
from refresh_watch.channels.post_outcomes import (
    Accepted,
    Ambiguous,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)

FIRST = 1_000_000.0
BUSY = Temporary(reason="HTTP 503")
BLOCKED = Temporary(reason="rate limited", after=600.0, rate_limited=True)
LIMITED = Temporary(reason="rate limited", after=7.0, rate_limited=True)


def _next(
    outcome: DeliveryOutcome, *, tries: int = 0, rate_limited: int = 0, after: float = 0.0, chance: float = 0.0
) -> Next:
    attempts = Attempts(tries, rate_limited, posts=1, first_at=FIRST, last=failure_of(outcome, 1))
    return next_attempt(outcome, attempts, now=FIRST + after, chance=chance)


@pytest.mark.parametrize(
    ("outcome", "tries", "rate_limited", "pause", "next_tries", "next_limited"),
    [
        *[(BUSY, tries, 0, pause, tries + 1, 0) for tries, pause in enumerate(PAUSES)],
        (BUSY, 20, 0, PAUSES[-1], 21, 0),
        (BUSY, 0, 2, PAUSES[0], 1, 2),
        (Ambiguous(reason="no answer"), 0, 0, PAUSES[0], 1, 0),
        (Temporary(reason="busy", after=PAUSES[1] - 1), 0, 0, PAUSES[1] - 1, 1, 0),
        (Temporary(reason="busy", after=PAUSES[1] - 1), 1, 0, PAUSES[1], 2, 0),
        (Temporary(reason="busy", after=9000.0), 0, 0, 3599, 1, 0),
        (BLOCKED, 0, 0, 600, 0, 1),
        (BLOCKED, 2, 1, 600, 2, 2),
        (LIMITED, 0, 3, 7, 0, 4),
        (Temporary(reason="limited", after=0.0, rate_limited=True), 0, 0, 1, 0, 1),
    ],
)
def test_the_pause_after_each_attempt(
    outcome: DeliveryOutcome, tries: int, rate_limited: int, pause: float, next_tries: int, next_limited: int
) -> None:
    after = _next(outcome, tries=tries, rate_limited=rate_limited)
    assert isinstance(after, RetryLater)
    assert (after.after, after.attempts.tries, after.attempts.rate_limited) == (pause, next_tries, next_limited)
    assert not after.attempts.booked


def test_chance_adds_up_to_a_tenth_and_never_more_than_function_compute_can_delay() -> None:
    for tries in range(6):
        earliest, latest = (_next(BUSY, tries=tries, chance=chance) for chance in (0.0, 0.999))
        assert isinstance(earliest, RetryLater)
        assert isinstance(latest, RetryLater)
        assert earliest.after < latest.after <= min(3599, earliest.after * 1.1)


@pytest.mark.parametrize(
    ("outcome", "times", "spread"),
    [
        (LIMITED, 0, 7),
        (LIMITED, 1, 14),
        (LIMITED, 3, 56),
        (LIMITED, 20, 600),
        (BLOCKED, 0, 60),
        (BLOCKED, 3, 480),
        (BLOCKED, 9, 600),
        (Temporary(reason="limited", after=1.0, rate_limited=True), 0, 5),
    ],
)
def test_rate_limited_deliveries_are_retried_spread_out_and_never_too_early(
    outcome: Temporary, times: int, spread: float
) -> None:
    """Full jitter above what the channel asked for, twice as wide each time."""
    pauses = []
    for chance in (0.0, 0.5, 1.0):
        after = _next(outcome, rate_limited=times, chance=chance)
        assert isinstance(after, RetryLater)
        pauses.append(after.after - outcome.after)
    assert pauses == [0.0, spread / 2, spread]


def test_a_pause_that_is_cut_to_what_function_compute_can_delay_is_remembered_whole() -> None:
    after = _next(Temporary(reason="busy", after=9000.0))
    assert isinstance(after, RetryLater)
    assert after.attempts.not_before == FIRST + 9000


def test_a_channel_that_asks_for_more_than_a_day_is_given_up_with_what_it_asks_for() -> None:
    after = _next(Temporary(reason="rate limited", after=172_800.0, rate_limited=True))
    assert isinstance(after, Abandoned)
    assert "asks for 2d" in after.why
    assert "for a day" not in after.why


@pytest.mark.parametrize("asked", [9000.0, 15_750.0])
def test_a_place_beyond_what_function_compute_can_delay_is_kept(asked: float) -> None:
    after = next_attempt(Later(after=asked), Attempts(), now=FIRST, chance=0.9)
    assert after == RetryLater(3599, Attempts(booked=True, not_before=FIRST + asked))


def test_a_message_that_waits_since_another_has_failed_there_is_given_up_after_a_day_too() -> None:
    attempts = Attempts(first_at=FIRST, last=failure_of(BUSY, 0))
    paused = Later(after=60.0, paused=True)
    assert isinstance(next_attempt(paused, attempts, now=FIRST + LAST_TRY - 61, chance=0.0), RetryLater)
    assert isinstance(next_attempt(paused, attempts, now=FIRST + LAST_TRY, chance=0.0), Abandoned)


@pytest.mark.parametrize(("asked", "pause"), [(0.2, 1.0), (63.0, 63.0)])
def test_a_message_whose_turn_comes_later_spends_nothing(asked: float, pause: float) -> None:
    after = next_attempt(Later(after=asked), Attempts(), now=FIRST, chance=0.9)
    assert after == RetryLater(pause, Attempts(booked=True))


def test_a_message_that_only_waited_for_its_turn_is_not_given_up_for_that() -> None:
    waited_for_days = Later(after=60.0)
    assert isinstance(next_attempt(waited_for_days, Attempts(), now=FIRST + 3 * LAST_TRY, chance=0.0), RetryLater)


@pytest.mark.parametrize("outcome", [Delivered(), Accepted()])
def test_what_the_channel_has_is_done(outcome: DeliveryOutcome) -> None:
    assert _next(outcome) == Finished()


def test_a_refusal_for_good_is_given_up_at_once_with_what_to_repair() -> None:
    refusal = Permanent(
        reason="bad token", hint="copy the URL again", http_status=200, vendor_code="300005", vendor_message="no token"
    )
    assert _next(refusal) == Abandoned("bad token (HTTP 200 300005 no token), attempt 1; copy the URL again")


@pytest.mark.parametrize("outcome", [TooLarge(), ContentRejected()])
def test_a_message_refused_on_the_last_rung_is_given_up(outcome: DeliveryOutcome) -> None:
    assert isinstance(_next(outcome), Abandoned)


@pytest.mark.parametrize("outcome", [BUSY, LIMITED, Ambiguous(reason="no answer")])
def test_after_a_day_it_is_given_up(outcome: DeliveryOutcome) -> None:
    assert isinstance(_next(outcome, tries=9, rate_limited=9, after=LAST_TRY - 3700), RetryLater)
    late = _next(outcome, tries=9, rate_limited=9, after=LAST_TRY - 5)
    assert isinstance(late, Abandoned)
    assert late.why.startswith(getattr(outcome, "reason"))  # noqa: B009 - three types have it


def test_a_channel_that_is_down_for_a_day_is_visited_about_hourly_until_then() -> None:
    now, attempts, visits = FIRST, Attempts(first_at=FIRST), 0
    while True:
        after = next_attempt(BUSY, attempts, now=now, chance=0.5)
        if isinstance(after, Abandoned):
            break
        assert isinstance(after, RetryLater)
        now, attempts, visits = now + after.after, after.attempts, visits + 1
    assert now > FIRST + LAST_TRY - PAUSES[-1] * (1 + JITTER)
    assert LAST_TRY / (PAUSES[-1] * (1 + JITTER)) <= visits <= LAST_TRY / PAUSES[-1] + len(PAUSES)
