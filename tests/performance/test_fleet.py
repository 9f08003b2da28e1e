"""The fleet's own rules: virtual time, Function Compute's back-off, the dictated lag, and a small fleet to its end."""

from __future__ import annotations

import math
from functools import partial

import pytest

from refresh_watch.model import Product
from tests.performance.cloud import Terms, back_off
from tests.performance.crowd import Crowd, watch
from tests.performance.dictated import least_lag, percentile
from tests.performance.timeline import Actor, Timeline


def test_actors_sleep_beside_each_other_and_a_run_repeats() -> None:
    def once() -> list[tuple[float, str]]:
        timeline = Timeline(0.0)
        seen: list[tuple[float, str]] = []

        def job(name: str, step: float) -> None:
            for _ in range(3):
                timeline.sleep(step)
                seen.append((timeline.now(), name))

        for name, step in (("slow", 3.0), ("quick", 2.0)):
            timeline.at(1.0, partial(Actor(timeline).give, partial(job, name, step)))
        timeline.run()
        return seen

    assert once() == [(3, "quick"), (4, "slow"), (5, "quick"), (7, "slow"), (7, "quick"), (10, "slow")] == once()


@pytest.mark.parametrize("where", ["actor", "event"])
def test_what_breaks_in_an_actor_or_an_event_ends_the_run(where: str) -> None:
    timeline = Timeline(0.0)

    def breaks() -> None:
        raise ZeroDivisionError

    timeline.at(0.0, partial(Actor(timeline).give, partial(timeline.sleep, 5.0)))
    timeline.at(1.0, partial(Actor(timeline).give, breaks) if where == "actor" else breaks)
    with pytest.raises(ZeroDivisionError):
        timeline.run()


def test_function_compute_backs_off_by_doubling_from_one_second() -> None:
    assert [back_off(tries) for tries in (1, 2, 3, 4, 10)] == [1, 2, 4, 8, 512]


def test_a_hop_that_finds_the_only_instance_busy_waits_for_the_back_off() -> None:
    terms = Terms(1, cold=100.0, late=0.0, idle=1e6, budget=1000.0)
    found = watch(Crowd(Product.CDN, 3, 0.0), terms)
    assert found.tally.worst_back_off >= 32  # 100 s of a cold start are over after 1 + 2 + 4 + ... + 64 s at the latest
    assert found.tally.worst_held == pytest.approx(2 * found.tally.worst_back_off - 1)


def test_the_dictated_lag_of_a_case_reckoned_by_hand() -> None:
    # one call a second, none saved up: served at 0, 1, 2 and 10
    lags = least_lag([0, 0, 0, 10], 1.0, burst=1)
    assert (lags.mean, lags.p95, lags.last) == (0.75, 2, 10)


def test_a_full_bucket_serves_its_burst_at_once() -> None:
    # two calls a second, two saved up: served at 0, 0, 0.5, 1
    lags = least_lag([0, 0, 0, 0], 2.0)
    assert (lags.mean, lags.last) == (0.375, 1.0)


def test_a_page_serves_all_that_have_ended_up_to_its_rows() -> None:
    # a page of two rows, one a second: 0 alone; at 1 both that ended meanwhile; at 2 the third of them
    lags = least_lag([0, 0.2, 0.4, 0.6], 1.0, rows=2, burst=1)
    assert lags.mean == pytest.approx((0 + 0.8 + 0.6 + 1.4) / 4)
    assert lags.last == 2.0


def test_a_percentile_is_a_value_that_was_seen() -> None:
    assert percentile(range(1, 101), 95) == 95
    assert percentile([3.0], 95) == 3


@pytest.mark.parametrize("product", [Product.CDN, Product.VOD], ids=str)
def test_a_small_fleet_ends_with_every_report_right_and_within_the_quota(product: Product) -> None:
    found = watch(Crowd(product, 50, 10.0), Terms(4))
    assert (found.wrong, found.untold, found.throttled) == (0, 0, 0)
    assert 0 < found.lags.mean <= found.lags.p95
    assert found.tally.hops == sum(map(len, found.chains)) >= 50


def test_the_same_fleet_is_the_same_run() -> None:
    crowd = Crowd(Product.CDN, 30, 1.0)
    assert watch(crowd, Terms(2)) == watch(crowd, Terms(2))


def test_booked_places_leave_the_instances_free_and_no_watch_waits_for_long() -> None:
    crowd = Crowd(Product.VOD, 150, 1.0)
    booking, waiting = watch(crowd, Terms(4)), watch(crowd, Terms(4, patience=math.inf))
    assert (booking.wrong, booking.untold) == (0, 0)
    assert booking.lags.p95 < waiting.lags.p95
    assert booking.tally.billed < waiting.tally.billed / 2
