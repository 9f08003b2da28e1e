"""s.yaml: what a deployment gets, whatever its variables say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from shared.local.engine.manifest import Manifest, read_manifest
from shared.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
FUNCTIONS = sorted(entry.parent.name for entry in (PROJECT / "functions").glob("*/index.py"))
CHANNEL = {"name": "oncall", "kind": "webhook", "url": "https://hooks.example.com/secret-part"}
DEPLOYER = {
    "REFRESH_WATCH_REGION": "cn-shanghai",
    "REFRESH_WATCH_PREFIX": "team",
    "REFRESH_WATCH_ENVIRONMENT": "prod",
    "REFRESH_WATCH_LANGUAGE": "zh",
    "REFRESH_WATCH_QUOTA": "cdn.list=2",
    "REFRESH_WATCH_CHANNELS": json.dumps([CHANNEL]),
    "REFRESH_WATCH_ALLOWED_HOSTS": "hooks.internal",
    "REFRESH_WATCH_FC_ENDPOINT": "https://fc.example.com",
    "REFRESH_WATCH_CDN_ENDPOINT": "https://cdn.example.com",
    "REFRESH_WATCH_DCDN_ENDPOINT": "https://dcdn.example.com",
    "REFRESH_WATCH_VOD_ENDPOINT": "https://vod.example.com",
}


def manifest(environment: dict[str, str]) -> Manifest:
    return read_manifest(PROJECT / "s.yaml", environment)


def settings(function: str, environment: dict[str, str]) -> Settings:
    found = manifest(environment).keyed(function)
    assert found is not None
    return Settings.from_environment(dict(found.environment))


def test_every_function_is_deployed_under_the_prefix() -> None:
    assert sorted(function.key for function in manifest({}).functions) == FUNCTIONS
    assert {function.name for function in manifest({"REFRESH_WATCH_PREFIX": "team"}).functions} == {
        f"team-{name}" for name in FUNCTIONS
    }


def test_with_nothing_set_every_function_reads_its_settings() -> None:
    for name in FUNCTIONS:
        assert settings(name, {}).function_name(name) == f"refresh-{name}"


def test_what_the_deployer_sets_reaches_the_functions_that_read_it() -> None:
    intake, watch, notify = (settings(name, DEPLOYER) for name in ("intake", "watch", "notify"))
    for each in (intake, watch, notify):
        assert (each.region, each.prefix, each.environment) == ("cn-shanghai", "team", "prod")
        assert each.fc_endpoint == "https://fc.example.com"
    for each in (intake, notify):
        assert each.channel("oncall").url.value == CHANNEL["url"]
        assert each.allowed_hosts == ("hooks.internal",)
    assert notify.language == "zh"
    assert watch.calls_per_second("cdn.list") == 2
    endpoints = (watch.cdn_endpoint, watch.dcdn_endpoint, watch.vod_endpoint)
    assert endpoints == ("https://cdn.example.com", "https://dcdn.example.com", "https://vod.example.com")


def test_the_watch_function_which_tells_nobody_is_given_no_channel() -> None:
    watch = manifest(DEPLOYER).keyed("watch")
    assert watch is not None
    assert not any("secret-part" in value for _, value in watch.environment)


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_both_runtimes_can_be_chosen_and_the_package_is_built_for_the_one_that_is(runtime: str) -> None:
    environment = {"REFRESH_WATCH_RUNTIME": runtime}
    assert {function.runtime for function in manifest(environment).functions} == {runtime}
    steps = re.findall(r"run: make build FUNCTIONS=(\w+) RUNTIME=\$\{vars\.runtime\}", text())
    assert sorted(steps) == FUNCTIONS


def test_intake_and_watch_fail_over_to_notify_and_notify_to_nobody() -> None:
    found = {function.key: function.on_failure for function in manifest({"REFRESH_WATCH_PREFIX": "team"}).functions}
    assert found == {"intake": "team-notify", "watch": "team-notify", "notify": ""}


def test_every_function_is_a_task_function_so_that_a_task_id_works_once() -> None:
    assert all(function.async_task for function in manifest({}).functions)


def test_only_intake_is_reached_over_http_and_only_with_a_signature() -> None:
    reached = {function.key: function.http for function in manifest({}).functions if function.http is not None}
    assert list(reached) == ["intake"]
    assert (reached["intake"].auth_type, reached["intake"].methods) == ("function", ("POST",))


@pytest.mark.parametrize("key", ["watch", "notify"])
def test_an_instance_knows_among_how_many_a_limit_is_divided(key: str) -> None:
    function = manifest({}).keyed(key)
    assert function is not None
    assert function.reserved_concurrency == settings(key, {}).instances > 1


def test_the_file_itself_holds_no_address_and_no_secret() -> None:
    assert re.findall(r"https?://|LTAI|SECRET|TOKEN", text()) == []


def text() -> str:
    return (PROJECT / "s.yaml").read_text(encoding="utf-8")
