"""What `refresh-watch doctor` reckons with, beyond the usual: schedules without pause, variables of one's own."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from refresh_watch_cli.cost.diary import DAY, cny_a_day
from refresh_watch_cli.cost.estimate import chains_of, estimate
from refresh_watch_cli.cost.measured import MEASURED
from refresh_watch_cli.cost.plans import hops
from refresh_watch_cli.cost.resources import Size, read_resources
from refresh_watch_cli.doctor.check_settings import check_settings
from refresh_watch_cli.doctor.command import USUAL
from refresh_watch_cli.doctor.context import Patient
from refresh_watch_cli.doctor.finding import Level
from tests.cli.conftest import PROJECT

MEGABYTE = 2**20


def test_a_schedule_that_hardly_pauses_is_reckoned_with_little_memory() -> None:
    resources = read_resources(PROJECT / "s.yaml", {})
    tracemalloc.start()
    try:
        reckoned = estimate(resources, "0;2")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reckoned.hops > 150
    assert most < 20 * MEGABYTE


def test_a_crowded_day_costs_what_its_invocations_one_by_one_would() -> None:
    sizes = {name: Size(0.35, 0.375) for name in ("intake", "watch", "notify")}
    diaries = hops(chains_of(), MEASURED, sizes).diaries
    # in both nearly every start is warm; only the second is reckoned as a crowd
    fewer, more = (cny_a_day(diaries, watches, {name: Size(100.0, 0.0) for name in sizes}) for watches in (2500, 5000))
    assert more == pytest.approx(2 * fewer, rel=0.01)
    assert cny_a_day(diaries, 5000, sizes) >= 3 * 24 * 0.01
    assert DAY / 2500 > 30 > DAY / 5000


def test_an_endpoint_variable_of_one_s_own_in_s_yaml_breaks_no_check(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("vars: {x: \"${env('REFRESH_WATCH_OUR_ENDPOINT', '')}\"}")
    patient = Patient({"REFRESH_WATCH_OUR_ENDPOINT": "https://x.example.com", "DEBUG": "sdk"}, USUAL, tmp_path)
    found = {finding.what: finding for finding in check_settings(patient)}
    assert (found["REFRESH_WATCH_OUR_ENDPOINT"].level, found["REFRESH_WATCH_OUR_ENDPOINT"].said) == (Level.OK, "set")
    assert "DEBUG=sdk" in found
