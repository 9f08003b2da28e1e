"""When a delivery comes back, and when it is given up."""

from __future__ import annotations

import pytest

from shared.channels.delivery.next_visit import LAST_TRY, ComeBack, Done, GivenUp, Next, next_visit
from shared.channels.delivery.outcome import (
    Accepted,
    Ambiguous,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Retry,
    TooLarge,
)

FIRST = 1_000_000.0
BUSY = Retry(reason="HTTP 503")
LIMITED = Retry(reason="rate limited", after=60.0, rate_limited=True, limited_again=600.0)


def _next(
    outcome: DeliveryOutcome, *, tries: int = 0, rate_limited: int = 0, after: float = 0.0, chance: float = 0.0
) -> Next:
    return next_visit(
        outcome, tries=tries, rate_limited=rate_limited, first_try_at=FIRST, now=FIRST + after, chance=chance
    )


@pytest.mark.parametrize(
    ("outcome", "tries", "rate_limited", "pause", "next_tries", "next_limited"),
    [
        (BUSY, 0, 0, 60, 1, 0),
        (BUSY, 1, 0, 600, 2, 0),
        (BUSY, 2, 0, 1800, 3, 0),
        (BUSY, 3, 0, 3300, 4, 0),
        (BUSY, 20, 0, 3300, 21, 0),
        (BUSY, 0, 2, 60, 1, 2),
        (Ambiguous(reason="no answer"), 0, 0, 60, 1, 0),
        (Retry(reason="busy", after=90.0), 0, 0, 90, 1, 0),
        (Retry(reason="busy", after=90.0), 1, 0, 600, 2, 0),
        (Retry(reason="busy", after=9000.0), 0, 0, 3599, 1, 0),
        (LIMITED, 0, 0, 60, 0, 1),
        (LIMITED, 0, 1, 600, 0, 2),
        (LIMITED, 2, 1, 600, 2, 2),
        (Retry(reason="limited", after=7.0, rate_limited=True, limited_again=7.0), 0, 3, 7, 0, 4),
        (Retry(reason="limited", after=0.0, rate_limited=True), 0, 0, 1, 0, 1),
    ],
)
def test_the_pause_after_each_visit(
    outcome: DeliveryOutcome, tries: int, rate_limited: int, pause: float, next_tries: int, next_limited: int
) -> None:
    after = _next(outcome, tries=tries, rate_limited=rate_limited)
    assert after == ComeBack(pause, next_tries, next_limited, FIRST)


def test_chance_adds_up_to_a_tenth_and_never_more_than_function_compute_can_delay() -> None:
    for tries in range(6):
        earliest, latest = (_next(BUSY, tries=tries, chance=chance) for chance in (0.0, 0.999))
        assert isinstance(earliest, ComeBack)
        assert isinstance(latest, ComeBack)
        assert earliest.after < latest.after <= min(3599, earliest.after * 1.1)


@pytest.mark.parametrize("outcome", [Delivered(), Accepted()])
def test_what_the_channel_has_is_done(outcome: DeliveryOutcome) -> None:
    assert _next(outcome) == Done()


def test_a_refusal_for_good_is_given_up_at_once_with_what_to_repair() -> None:
    refusal = Permanent(
        reason="bad token", hint="copy the URL again", http_status=200, vendor_code="300005", vendor_message="no token"
    )
    assert _next(refusal) == GivenUp("bad token (HTTP 200 300005 no token); copy the URL again")


@pytest.mark.parametrize("outcome", [TooLarge(), ContentRejected()])
def test_a_message_refused_on_the_last_rung_is_given_up(outcome: DeliveryOutcome) -> None:
    assert isinstance(_next(outcome), GivenUp)


@pytest.mark.parametrize("outcome", [BUSY, LIMITED, Ambiguous(reason="no answer")])
def test_after_a_day_it_is_given_up(outcome: DeliveryOutcome) -> None:
    assert isinstance(_next(outcome, tries=9, rate_limited=9, after=LAST_TRY - 3700), ComeBack)
    late = _next(outcome, tries=9, rate_limited=9, after=LAST_TRY - 30)
    assert isinstance(late, GivenUp)
    assert late.why.startswith(getattr(outcome, "reason"))  # noqa: B009 - three types have it


def test_a_channel_that_is_down_for_a_day_is_visited_about_hourly_until_then() -> None:
    now, tries, visits = FIRST, 0, 0
    while True:
        after = next_visit(BUSY, tries=tries, rate_limited=0, first_try_at=FIRST, now=now, chance=0.5)
        if isinstance(after, GivenUp):
            break
        assert isinstance(after, ComeBack)
        now, tries, visits = now + after.after, after.tries, visits + 1
    assert now > FIRST + LAST_TRY - 3600
    assert 24 <= visits <= 30
