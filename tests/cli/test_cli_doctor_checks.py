"""What the checks of `refresh-watch doctor` make of settings and of s.yaml, without asking anybody."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import pytest

from refresh_watch_cli.cost.estimate import estimate, hops_of_jobs
from refresh_watch_cli.doctor.check import DoctorContext, Finding, Level, ok
from refresh_watch_cli.doctor.check_channels import check_channels
from refresh_watch_cli.doctor.check_cost import check_cost
from refresh_watch_cli.doctor.check_endpoints import check_endpoints
from refresh_watch_cli.doctor.check_identity import check_identity
from refresh_watch_cli.doctor.check_manifest import check_manifest
from refresh_watch_cli.doctor.check_settings import check_settings
from refresh_watch_cli.doctor.command import USUAL, examine
from refresh_watch_cli.project import find_project
from refresh_watch_cli.resources import read_resources
from tests.all_products import SWEPT_WORDS
from tests.cli.command_line import PROJECT
from tests.hand_clock import HandClock


@pytest.mark.parametrize(
    ("variables", "what", "says"),
    [
        ({"CDN_ENDPOINT": "https://dcdn.aliyuncs.com"}, "cdn", "the host of another service"),
        ({"VOD_ENDPOINT": "vod.cn-hangzhou.aliyuncs.com"}, "vod", "available in China (Shanghai) only"),
        ({"DCDN_ENDPOINT": "https://dcdn.example.com"}, "dcdn", "dcdn.example.com is no host of Alibaba Cloud"),
        ({"STS_ENDPOINT": "http://sts.aliyuncs.com"}, "sts", "not encrypted"),
        (
            {"FC_ENDPOINT": "https://fcv3.cn-beijing.aliyuncs.com", "REGION": "cn-hangzhou"},
            "fc: region",
            "REFRESH_WATCH_REGION is cn-hangzhou, and fcv3.cn-beijing.aliyuncs.com is that of another",
        ),
        ({"REGION": "cn-hangzou"}, "fc: region", "did you mean cn-hangzhou?"),
        ({"REGION": "ap-south-1"}, "fc: region", "Mumbai has no asynchronous tasks"),
        (
            {"REGION": "ap-southeast-1"},
            "runtime",
            "Singapore (ap-southeast-1) is not among the regions with python3.12",
        ),
    ],
)
def test_an_endpoint_or_a_region_that_cannot_be_right_is_warned_of(
    variables: dict[str, str], what: str, says: str
) -> None:
    environment = {f"REFRESH_WATCH_{name}": value for name, value in variables.items()}
    context = DoctorContext(environment, USUAL, find_project(PROJECT))

    findings = [*check_endpoints(context), *check_manifest(context)]

    (warned,) = (finding for finding in findings if finding.level is Level.WARNING)
    assert warned.what == what
    assert says in warned.said
    assert warned.do


MANIFEST = """
resources:
  intake: {component: fc3, props: {PROPS, functionName: r-intake}}
  notify: {component: fc3, props: {PROPS, functionName: r-notify}}
  watch:
    component: fc3
    props:
      functionName: r-watch
      PROPS
      triggers:
        - {triggerName: sweep, triggerType: timer, triggerConfig: {CRON, enable: true, payload: PAYLOAD}}
        - {triggerName: other, triggerType: timer, triggerConfig: {CRON, enable: false, payload: sweep dcdn}}
"""
PROPS = {
    "region": "cn-hangzhou", "runtime": "python3.10", "handler": "index.handler", "memorySize": "256", "timeout": "60",
}  # fmt: skip


def manifest(folder: Path, cpu: str, cron: str = "@every 30m", payload: str = "sweep cdn 3h") -> DoctorContext:
    props = [f"{name}: {value}" for name, value in {**PROPS, "cpu": cpu}.items()]
    indented = MANIFEST.replace("      PROPS\n", "".join(f"      {line}\n" for line in props))
    (folder / "s.yaml").write_text(indented.replace("PROPS", ", ".join(props)))
    text = (folder / "s.yaml").read_text().replace("CRON", f"cronExpression: '{cron}'").replace("PAYLOAD", payload)
    (folder / "s.yaml").write_text(text)
    return DoctorContext({}, USUAL, find_project(folder))


def test_triggers_that_are_on_are_distinguished_from_those_that_are_off_and_a_timer_costs_its_hours(
    tmp_path: Path,
) -> None:
    context = manifest(tmp_path, "0.35")

    said = {finding.what: finding.said for finding in [*check_manifest(context), *check_cost(context)]}

    assert said["r-watch"] == "python3.10, 0.35 vCPU, 256 MB, 1m, 0 of 4,096 bytes of environment"
    assert said["triggers"] == "sweep (timer) on watch; switched off: other (timer)"
    assert said["a timer"].startswith("wakes watch every hour: CNY 0.24 a day, watches or not")
    assert said["a day"].startswith("CNY 0.26 for 1, CNY 0.72 for 100")
    assert "CNY 0.72 is the least" in said["a day"]


def test_a_timer_that_could_not_work_is_reported_with_its_place(tmp_path: Path) -> None:
    context = manifest(tmp_path, "0.35", cron="20 * * * *", payload="sweep cdnn 3h")

    cron, payload, _ = (finding.said for finding in check_manifest(context) if finding.level is Level.BAD)

    where = "resources.watch.props.triggers[0].triggerConfig"
    assert cron.startswith(f"{where}.cronExpression: '20 * * * *' is not allowed; allowed: '@every 30m', or six fields")
    allowed = f"sweep, then products ({SWEPT_WORDS})"
    assert payload.startswith(f"{where}.payload: 'cdnn' is not allowed; allowed: {allowed}")


def test_an_s_yaml_that_is_wrong_is_reported_in_one_line_and_nothing_is_reckoned_from_it(tmp_path: Path) -> None:
    context = manifest(tmp_path, "lots")

    (wrong,) = check_manifest(context)
    (cost,) = check_cost(context)

    assert (wrong.level, cost.level) == (Level.BAD, Level.SKIPPED)
    assert wrong.said == "resources.intake.props.cpu: 'lots' is not allowed; allowed: a share of a core from 0.05 to 16"


def test_a_runtime_that_there_is_not_is_reported_once_by_its_variable() -> None:
    context = DoctorContext({"REFRESH_WATCH_RUNTIME": "python3.9"}, USUAL, find_project(PROJECT))

    (wrong,), (left_out,) = check_settings(context), check_manifest(context)

    assert (wrong.level, left_out.level) == (Level.BAD, Level.SKIPPED)
    assert wrong.said == "REFRESH_WATCH_RUNTIME: 'python3.9' is not allowed; allowed: python3.12, python3.10"
    assert "REFRESH_WATCH_RUNTIME" in left_out.said


def test_an_environment_that_is_too_large_is_reported_before_it_is_deployed() -> None:
    channels = [
        {"name": f"a{i}", "kind": "slack", "url": f"https://hooks.slack.com/services/{'x' * 200}"} for i in range(20)
    ]
    context = DoctorContext({"REFRESH_WATCH_CHANNELS": json.dumps(channels)}, USUAL, find_project(PROJECT))

    said = {finding.what: finding.said for finding in check_manifest(context) if finding.level is Level.BAD}

    assert said.keys() == {"refresh-intake", "refresh-notify"}
    assert said["refresh-notify"].startswith("environment of refresh-notify: 5,")
    assert said["refresh-notify"].endswith(" is not allowed; allowed: at most 4,096 bytes, names and values together")


def test_channels_that_cannot_be_read_at_all_are_reported_once_without_what_stands_there() -> None:
    context = DoctorContext(
        {"REFRESH_WATCH_CHANNELS": '[{"url": "https://hooks.example.com/fake-token"'}, USUAL, find_project(PROJECT)
    )

    (wrong,), (left_out,) = check_settings(context), check_channels(context)

    assert (wrong.level, left_out.level) == (Level.BAD, Level.SKIPPED)
    assert "a JSON array of channels" in wrong.said
    assert "fake-token" not in repr(wrong)


def test_sdks_that_are_set_to_print_their_requests_are_warned_of() -> None:
    (warned,) = (
        each
        for each in check_settings(DoctorContext({"DEBUG": "sdk"}, USUAL, find_project(PROJECT)))
        if each.level is Level.WARNING
    )

    assert "Authorization" in warned.said


def test_an_sts_that_is_not_reached_is_named_by_the_address_that_was_asked() -> None:
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testSK"}
    context = DoctorContext(
        {**keys, "REFRESH_WATCH_STS_ENDPOINT": "http://127.0.0.1:9"}, USUAL, find_project(PROJECT), clock=HandClock()
    )

    _, unreached = check_identity(context)

    assert unreached.said.startswith("STS gave no answer: 127.0.0.1:9: ")
    assert "REFRESH_WATCH_STS_ENDPOINT" in unreached.do
    assert "sts.aliyuncs.com" not in unreached.said + unreached.do


def test_a_check_that_breaks_keeps_what_it_had_found_and_shows_no_values() -> None:
    def breaks(context: DoctorContext) -> Iterator[Finding]:
        yield ok("first", "found")
        raise ValueError("fake-secret")

    first, broken = examine(breaks, DoctorContext({}, USUAL, find_project(PROJECT)))

    assert first == ok("first", "found")
    assert broken.said.startswith("a fault of refresh-watch itself: ValueError at test_cli_doctor_checks.py:")
    assert "fake-secret" not in repr(broken)


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
    assert most < 20 * 2**20


def test_an_endpoint_variable_of_one_s_own_in_s_yaml_breaks_no_check(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("vars: {x: \"${env('REFRESH_WATCH_OUR_ENDPOINT', '')}\"}")
    context = DoctorContext(
        {"REFRESH_WATCH_OUR_ENDPOINT": "https://x.example.com", "DEBUG": "sdk"}, USUAL, find_project(tmp_path)
    )
    found = {finding.what: finding for finding in check_settings(context)}
    assert (found["REFRESH_WATCH_OUR_ENDPOINT"].level, found["REFRESH_WATCH_OUR_ENDPOINT"].said) == (Level.OK, "set")
    assert "DEBUG=sdk" in found
