"""The bill against the cases that were reckoned by hand from the price pages, and what a hop costs at all."""

from __future__ import annotations

import re
from statistics import fmean

import pytest

from refresh_watch.model import Product
from refresh_watch_cli.cost.estimate import WATCHES_A_DAY, estimate, hops_of_jobs
from refresh_watch_cli.cost.formula import CNY_PER_CU, SMALLEST, Invocation, Workload, units
from refresh_watch_cli.cost.measured import MEASURED, Cost, Costs
from refresh_watch_cli.resources import Size, read_resources
from tests.performance.cloud import Terms
from tests.performance.crowd import Crowd, watch
from tests.performance.manifest import PROJECT, sizes
from tests.performance.plans import cny_of_transitions, plans_of

COSTS = {name: Costs(Cost(0.4, 0.42), Cost(0.004, 0.006)) for name in ("intake", "hop", "guard", "fan-out", "delivery")}


def test_a_poll_of_a_second_at_the_smallest_size() -> None:
    assert units(1.0, SMALLEST) == pytest.approx(0.07625)
    assert units(1.0, SMALLEST) * CNY_PER_CU == pytest.approx(8.4e-6, rel=0.01)


def invoked(at: float, warm: float = 0.1) -> Invocation:
    return Invocation("watch", at, 10 * warm, warm)


def day(*watch: Invocation, size: Size = SMALLEST, every_hour: frozenset[str] = frozenset()) -> Workload:
    return Workload([watch], {"watch": size}, every_hour)


def test_twelve_hops_in_one_hour_cost_its_floor_whether_warm_or_cold() -> None:
    hops = day(*[invoked(0.0, 1.0)] * 12)
    assert hops.units() == pytest.approx(0.915)
    assert hops.units(cold=True) == pytest.approx(8.34)
    assert hops.cny(1) == pytest.approx(0.01)


def test_invocations_share_an_hour_unless_it_ends_between_them() -> None:
    assert day(invoked(0.0), invoked(1800.0)).cny(1) == pytest.approx(0.015)  # half of all beginnings cross an hour
    assert day(invoked(0.0), invoked(7200.0)).cny(1) == pytest.approx(0.02)


def test_a_full_day_costs_its_hours_until_compute_exceeds_them() -> None:
    hops = day(*[invoked(0.0, 1.0)] * 12)
    assert hops.cny(24) == hops.cny(1000) == hops.least == pytest.approx(0.24)
    assert hops.cny(10_000) == pytest.approx(10_000 * 0.915 * CNY_PER_CU)


def test_a_timer_every_hour_of_a_month_costs_its_floor_watches_or_not() -> None:
    assert 30 * day(invoked(0.0), every_hour=frozenset({"watch"})).cny(1) == pytest.approx(7.2)


def test_sleeping_an_hour_inside_costs_more_than_the_floor() -> None:
    assert units(3600.0, SMALLEST) == pytest.approx(247.5, rel=1e-4)
    assert day(invoked(0.0, 3600.0)).cny(1) == pytest.approx(0.027, rel=0.01)


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
    assert cny_of_transitions(540 / 3) == pytest.approx((180 - 5000 / 30) * 1.7 / 10_000)
    assert cny_of_transitions(100) == 0


def test_hops_cost_a_small_part_of_what_sleeping_costs() -> None:
    plans = {plan.name: plan for plan in plans_of([[60.0, 150.0, 250.0, 300.0, 340.0]], COSTS, sizes())}
    ours, asleep = plans["hops (ours)"], plans["sleeping, same size"]
    assert ours.workload.units() < ours.workload.units(cold=True) < asleep.workload.units() / 20
    size = sizes()["watch"]
    assert asleep.workload.units() == pytest.approx(340 * (size.vcpu + size.memory * 0.15), rel=0.02)
    assert ours.cny(10_000) < asleep.cny(10_000) / 20


def test_the_sizes_are_those_of_the_manifest() -> None:
    assert sizes()["watch"].vcpu > 0
    assert sizes()["watch"].instances > 0
    assert set(sizes()) >= {"intake", "watch", "notify"}


def test_what_is_reckoned_without_watching_agrees_with_watches_in_virtual_time() -> None:
    watched = watch(Crowd(Product.CDN, 40, 400.0), Terms(sizes()["watch"].instances)).chains
    assert fmean(map(len, hops_of_jobs())) == pytest.approx(fmean(map(len, watched)), rel=0.1)
    assert fmean(chain[-1] for chain in hops_of_jobs()) == pytest.approx(
        fmean(chain[-1] for chain in watched), rel=0.05
    )


def test_an_estimate_has_the_floor_of_three_functions() -> None:
    ours = estimate(read_resources(PROJECT / "s.yaml", {}))
    assert ours.least == pytest.approx(0.72)  # intake, watch and notify
    assert 0.03 <= ours.cny(1) <= 0.05
    assert ours.cny(100) == pytest.approx(ours.least)


def test_a_schedule_that_looks_twice_as_often_has_twice_the_hops() -> None:
    seldom, often = (fmean(map(len, hops_of_jobs(text))) for text in ("0,40;40", "0,20;20"))
    assert often == pytest.approx(2 * seldom, rel=0.15)


def test_the_table_of_docs_cost_is_what_the_formula_gives_for_s_yaml() -> None:
    text = (PROJECT / "docs" / "cost.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE)
    plans = plans_of(hops_of_jobs(), MEASURED, sizes())
    reckoned = [(*map(plan.cny, WATCHES_A_DAY), plan.workload.units()) for plan in plans]
    assert [[float(cell) for cell in row] for row in rows[:4]] == [pytest.approx(row, abs=0.006) for row in reckoned]
