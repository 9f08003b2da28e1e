"""What `refresh-watch doctor` reckons with, beyond the usual: schedules without pause, variables of one's own."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from statistics import fmean

from refresh_watch_cli.cost.estimate import estimate, hops_of_jobs
from refresh_watch_cli.doctor.check_settings import check_settings
from refresh_watch_cli.doctor.command import USUAL
from refresh_watch_cli.doctor.context import DoctorContext
from refresh_watch_cli.doctor.finding import Level
from refresh_watch_cli.project import find_project
from refresh_watch_cli.resources import read_resources
from tests.cli.conftest import PROJECT

MEGABYTE = 2**20


def test_a_schedule_that_hardly_pauses_is_reckoned_with_little_memory() -> None:
    resources = read_resources(PROJECT / "s.yaml", {})
    tracemalloc.start()
    try:
        hops = fmean(map(len, hops_of_jobs("0;2")))
        assert estimate(resources, "0;2").cny(10_000) > 0
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert hops > 150
    assert most < 20 * MEGABYTE


def test_an_endpoint_variable_of_one_s_own_in_s_yaml_breaks_no_check(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("vars: {x: \"${env('REFRESH_WATCH_OUR_ENDPOINT', '')}\"}")
    context = DoctorContext(
        {"REFRESH_WATCH_OUR_ENDPOINT": "https://x.example.com", "DEBUG": "sdk"}, USUAL, find_project(tmp_path)
    )
    found = {finding.what: finding for finding in check_settings(context)}
    assert (found["REFRESH_WATCH_OUR_ENDPOINT"].level, found["REFRESH_WATCH_OUR_ENDPOINT"].said) == (Level.OK, "set")
    assert "DEBUG=sdk" in found
