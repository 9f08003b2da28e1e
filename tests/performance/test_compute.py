"""The bill against the cases that were reckoned by hand from the price pages, and what a hop costs at all."""

from __future__ import annotations

import re
from statistics import fmean

import pytest

from refresh_watch.model import Product
from refresh_watch_cli.cost.diary import Entry, cny_a_day, units_of
from refresh_watch_cli.cost.estimate import beside, chains_of, estimate
from refresh_watch_cli.cost.measured import Cost, Costs
from refresh_watch_cli.cost.resources import Size, read_resources
from refresh_watch_cli.cost.tariff import CNY_PER_CU, SMALLEST, charge, transitions, units
from tests.performance.cloud import Terms
from tests.performance.compute import plans_of
from tests.performance.crowd import Crowd, watch
from tests.performance.manifest import PROJECT, sizes

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
    size = sizes()["watch"]
    assert asleep.units(cold=False) == pytest.approx(340 * (size.vcpu + size.memory * 0.15), rel=0.02)
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


def test_what_is_reckoned_without_watching_agrees_with_watches_in_virtual_time() -> None:
    watched = watch(Crowd(Product.CDN, 40, 400.0), Terms(sizes()["watch"].instances)).chains
    assert fmean(map(len, chains_of())) == pytest.approx(fmean(map(len, watched)), rel=0.1)
    assert fmean(chain[-1] for chain in chains_of()) == pytest.approx(fmean(chain[-1] for chain in watched), rel=0.05)


def test_an_estimate_says_what_the_hours_cost_at_least_and_that_waiting_awake_is_dearer() -> None:
    resources = read_resources(PROJECT / "s.yaml", {})
    ours, others = estimate(resources), beside(resources)
    assert ours.least == pytest.approx(0.72)  # intake, watch and notify
    cny = dict(ours.cny)
    assert 0.03 <= cny[1] <= 0.05
    assert cny[100] == pytest.approx(ours.least)
    assert all(dict(other.cny)[10_000] > 5 * cny[10_000] for other in others)


def test_a_schedule_that_looks_twice_as_often_has_twice_the_hops() -> None:
    seldom, often = (fmean(map(len, chains_of(text))) for text in ("0,40;40", "0,20;20"))
    assert often == pytest.approx(2 * seldom, rel=0.15)


def test_the_table_of_docs_cost_is_what_is_reckoned_for_s_yaml() -> None:
    text = (PROJECT / "docs" / "cost.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE)
    resources = read_resources(PROJECT / "s.yaml", {})
    reckoned = [(*(cny for _, cny in one.cny), one.units) for one in (estimate(resources), *beside(resources))]
    assert [[float(cell) for cell in row] for row in rows[:4]] == [pytest.approx(row, abs=0.006) for row in reckoned]
