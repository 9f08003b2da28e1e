"""The bill against the cases that were reckoned by hand from the price pages, and what a hop costs at all."""

from __future__ import annotations

import pytest

from tests.performance.compute import plans_of
from tests.performance.diary import Entry, cny_a_day, units_of
from tests.performance.hop_cost import Cost, Costs
from tests.performance.manifest import Size, sizes
from tests.performance.tariff import CNY_PER_CU, SMALLEST, charge, transitions, units

COSTS = {name: Costs(Cost(0.4, 0.42), Cost(0.004, 0.006)) for name in ("intake", "hop", "guard", "fan-out", "delivery")}


def test_a_poll_of_a_second_at_the_smallest_size() -> None:
    assert units(1.0, SMALLEST) == pytest.approx(0.07625)
    assert units(1.0, SMALLEST) * CNY_PER_CU == pytest.approx(8.4e-6, rel=0.01)


def test_a_chain_of_twelve_hops_costs_its_floor_an_hour() -> None:
    hops = 12 * units(1.0, SMALLEST)
    assert hops == pytest.approx(0.915)
    assert charge([hops]) == 0.01
    assert charge([hops / 2, hops / 2]) == 0.02  # across two clock hours


def test_polling_each_minute_for_an_hour_costs_its_floor() -> None:
    polls = 60 * units(1.0, SMALLEST)
    assert polls == pytest.approx(4.6, rel=0.01)
    assert polls * CNY_PER_CU == pytest.approx(5e-4, rel=0.02)
    assert charge([polls]) == 0.01


def test_a_timer_every_hour_of_a_month_costs_its_floor() -> None:
    assert charge([units(1.0, SMALLEST)] * 720) == pytest.approx(7.2)


def test_sleeping_an_hour_inside_costs_more_than_the_floor() -> None:
    assert units(3600.0, SMALLEST) == pytest.approx(247.5, rel=1e-4)
    assert charge([units(3600.0, SMALLEST)]) == pytest.approx(0.027, rel=0.01)


def test_a_cold_start_lasts_longer_on_a_smaller_share_and_costs_much_the_same() -> None:
    imports = Cost(0.43, 0.43)
    assert imports.lasts(0.05) == pytest.approx(8.6)
    assert imports.lasts(0.5) == pytest.approx(0.86)
    assert units(imports.lasts(0.05), SMALLEST) == pytest.approx(0.6, rel=0.01)
    assert units(imports.lasts(0.5), Size(0.5, 0.5)) == pytest.approx(0.5, rel=0.01)


def test_waiting_is_not_stretched_by_a_small_share() -> None:
    assert Cost(0.01, 0.11).lasts(0.1, network=0.05) == pytest.approx(0.1 + 0.1 + 0.05)


def test_milliseconds_that_have_begun_count() -> None:
    assert units(0.0101, Size(1.0, 0.0)) == pytest.approx(0.011 + 0.0075)


def test_cloudflow_charges_what_exceeds_its_free_transitions() -> None:
    assert transitions(540 / 3) == pytest.approx((180 - 5000 / 30) * 1.7 / 10_000)
    assert transitions(100) == 0


def test_a_day_of_one_watch_costs_an_hour_of_each_function_or_two() -> None:
    entry = Entry("watch", 0.0, 1.0, 0.1)
    given = {"watch": Size(0.5, 0.5)}
    assert cny_a_day([(entry,)], 1, given) == pytest.approx(0.01)
    half_an_hour_apart = (entry, Entry("watch", 1800.0, 1.0, 0.1))
    assert cny_a_day([half_an_hour_apart], 1, given) == pytest.approx(0.015)  # half of all beginnings cross an hour


def test_an_invocation_is_cold_after_five_minutes_of_none() -> None:
    given = {"watch": Size(1000.0, 0.0)}  # so dear that the floor plays no part

    def cny(apart: float) -> float:
        return cny_a_day([(Entry("watch", 0.0, 1.0, 0.1), Entry("watch", apart, 1.0, 0.1))], 1, given)

    assert cny(299) == pytest.approx(1100 * CNY_PER_CU, rel=1e-3)
    assert cny(301) == pytest.approx(2000 * CNY_PER_CU, rel=1e-3)


def test_hops_cost_a_small_part_of_what_sleeping_costs() -> None:
    plans = {plan.name: plan for plan in plans_of([[60.0, 150.0, 250.0, 300.0, 340.0]], COSTS, sizes())}
    ours, asleep = plans["hops (ours)"], plans["sleeping, same size"]
    assert ours.units(cold=False) < ours.units(cold=True) < asleep.units(cold=False) / 20
    assert asleep.units(cold=False) == pytest.approx(340 * (0.5 + 0.5 * 0.15), rel=0.02)
    assert ours.cny(10_000) < asleep.cny(10_000) / 20


def test_cold_and_warm_are_told_apart_and_every_invocation_counts() -> None:
    diary = (Entry("watch", 0.0, 1.0, 0.1), Entry("watch", 9.0, 1.0, 0.1))
    given = {"watch": Size(1.0, 0.0)}
    assert units_of(diary, given, cold=True) == pytest.approx(2 * 1.0075)
    assert units_of(diary, given, cold=False) == pytest.approx(2 * 0.1075)


def test_the_sizes_are_those_of_the_manifest() -> None:
    assert sizes()["watch"].vcpu > 0
    assert sizes()["watch"].instances > 0
    assert set(sizes()) >= {"intake", "watch", "notify"}
