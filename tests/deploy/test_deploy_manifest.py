"""s.yaml: what a deployment gets, whatever its variables say."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from refresh_watch.function_compute import transport
from refresh_watch.settings import Settings
from refresh_watch.triggers.cdn_events import KIND_OF_EVENT as CDN_EVENTS
from refresh_watch.workflow.intake import FAILS_FOR
from refresh_watch.workflow.sweep.request import read_payload
from refresh_watch_emulator.engine.manifest import Manifest, Resolver, read_manifest

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
    endpoints = tuple(url for _, url in watch.product_endpoints)
    assert endpoints == ("https://cdn.example.com", "https://dcdn.example.com", "https://vod.example.com")


def test_the_watch_function_which_sends_no_report_is_given_no_channel() -> None:
    watch = manifest(DEPLOYER).keyed("watch")
    assert watch is not None
    assert not any("secret-part" in value for _, value in watch.environment)


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_both_runtimes_can_be_chosen_and_the_package_is_built_for_the_one_that_is(runtime: str) -> None:
    environment = {"REFRESH_WATCH_RUNTIME": runtime}
    assert {function.runtime for function in manifest(environment).functions} == {runtime}
    steps = re.findall(r"run: make build FUNCTIONS=(\w+) RUNTIME=\$\{vars\.runtime\}", text())
    assert sorted(steps) == FUNCTIONS


def test_intake_and_watch_fail_over_to_notify_and_notify_to_no_function() -> None:
    found = {function.key: function.on_failure for function in manifest({"REFRESH_WATCH_PREFIX": "team"}).functions}
    assert found == {"intake": "team-notify", "watch": "team-notify", "notify": ""}


def test_every_function_is_a_task_function_so_that_a_task_id_works_once() -> None:
    assert all(function.async_task for function in manifest({}).functions)


def test_a_caller_of_intake_waits_longer_than_intake_may_run() -> None:
    intake = manifest({}).keyed("intake")
    assert intake is not None
    assert transport.long_call().read_timeout > 1000 * intake.timeout >= 3000 * FAILS_FOR


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


def ci(name: str) -> Any:
    """A module of the folder .ci, which is no package."""
    sys.path.insert(0, str(PROJECT / ".ci"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


def everything() -> str:
    """s.yaml with every block switched on."""
    switched: str = ci("switch_on").switched_on(text())
    return switched


def complaints(manifest_text: str, environment: dict[str, str]) -> list[str]:
    """What CI says of it, but for the component's schema, which lies beside the project."""
    document = yaml.safe_load(manifest_text)
    document["resources"] = Resolver(document, environment).resolve(document["resources"])
    found: list[str] = ci("check_manifest").check(document, {})
    return found


def test_every_kind_of_trigger_is_there_to_be_switched_on() -> None:
    document = yaml.safe_load(everything())
    triggers = {key: each["props"].get("triggers", []) for key, each in document["resources"].items()}
    assert [(each["triggerName"], each["triggerType"]) for each in triggers["intake"]] == [
        ("http", "http"),
        ("queue", "eventbridge"),
        ("topic", "mns_topic"),
        ("actiontrail", "eventbridge"),
        ("refreshed", "cdn_events"),
        ("pushed", "cdn_events"),
    ]
    assert [(each["triggerName"], each["triggerType"]) for each in triggers["watch"]] == [("sweep", "timer")]
    assert triggers["notify"] == []


@pytest.mark.parametrize("environment", [{}, DEPLOYER, {"REFRESH_WATCH_RUNTIME": "python3.10"}])
def test_with_everything_switched_on_it_can_be_deployed_whatever_is_set(
    environment: dict[str, str], tmp_path: Path
) -> None:
    for variant in (text(), everything(), ci("switch_on").with_log_project(everything())):
        assert complaints(variant, environment) == []
        (tmp_path / "s.yaml").write_text(variant, encoding="utf-8")
        assert len(read_manifest(tmp_path / "s.yaml", environment).functions) == len(FUNCTIONS)


def test_the_log_project_is_one_that_serverless_devs_makes_or_a_named_one() -> None:
    for variant, expected in ((text(), "auto"), (ci("switch_on").with_log_project(text()), "my-project")):
        document = yaml.safe_load(variant)
        for resource in Resolver(document, {}).resolve(document["resources"]).values():
            log = resource["props"]["logConfig"]
            assert expected in (log, log["project"] if isinstance(log, dict) else "")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("triggerName: pushed", "triggerName: refreshed", "intake.props.triggers: two of the name refreshed"),
        ("triggerName: pushed", "triggerName: 2nd", "'2nd' is no name of a trigger"),
        ("triggerType: mns_topic", "triggerType: http", "two of the kind http"),
        ("triggerType: mns_topic", "triggerType: oss", "intake cannot read events of oss"),
        ("triggerType: timer", "triggerType: http", "watch cannot read events of http"),
        ("0 20 * * * *", "@every 30s", "cronExpression: '@every 30s'"),
        ("0 20 * * * *", "*/30 * * * *", "cronExpression: '*/30 * * * *'"),
        ("payload: sweep", "payload: weep", "payload: 'weep cdn 3h'"),
        ('-intake-queue"]}', '-intake-queue"]', "eventRuleFilterPattern: no JSON object"),
        ('-intake-queue"]}', '-watch-queue"]}', "['MNS-refresh-intake-queue'], <function>-<trigger>"),
        ('{"source":["MNS', '{"origin":["MNS', "eventRuleFilterPattern.origin: unknown key"),
        ('"data":{', '"detail":{', "eventRuleFilterPattern.detail: unknown key"),
        ('"PushObjectCache"', '"PushObjects"', "eventRuleFilterPattern.data.eventName"),
        ('"type":[{"suffix":":ActionTrail:ApiCall"},{"suffix":":ActionTrail:ConsoleOperation"}],', "", "Pattern.type: not"),
        ("QueueName: refresh-watch", "QueueName: ''", "a QueueName in this region"),
        ("RegionId: ${vars.region}", "RegionId: cn-beijing", "a QueueName in this region"),
        ("eventSourceType: MNS", "eventSourceType: SMQ", "eventSourceType: 'SMQ'"),
        ("eventSourceType: MNS", "eventSourceType: RocketMQ", "eventSourceType: 'RocketMQ'; Default, MNS"),
        ("eventSourceType: Default", "eventSourceType: Kafka", "eventSourceType: 'Kafka'; Default, MNS"),
        ("mode: event-driven", "mode: batch", "runOptions.mode: 'batch'"),
        ("errorsTolerance: ALL", "errorTolerance: ALL", "runOptions.errorTolerance: unknown key"),
        ("PushRetryStrategy: BACKOFF_RETRY", "PushRetryStrategy: OFTEN", "PushRetryStrategy: 'OFTEN'"),
        ("eventSchema: CloudEvents", "eventSchema: Raw", "eventSchema: 'Raw'"),
        ("eventName: CachedObjectsPushed", "eventName: LogFileCreated", "eventName: 'LogFileCreated'"),
        ("eventVersion: 1.0.0", "eventVersion: '2'", "eventVersion: '2'"),
        ("domain: [example.com]", "domain: []", "names no domain"),
        ("acs:mns:${vars.region}", "acs:mns:cn-beijing", "acs:mns:<this region>"),
        ("acs:cdn:*:", "acs:cdn:cn-hangzhou:", "acs:cdn:*:<account>"),
        ("functions/${vars.prefix}-notify", "functions/${vars.prefix}-nobody", "'acs:fc:cn-hangzhou"),
        ("functions/${vars.prefix}-notify", "functions/${vars.prefix}-intake", "must be an event function"),
        ("acs:fc:${vars.region}", "acs:fc:cn-beijing", "another region than cn-hangzhou"),
        ("name: refresh-watch\n", "name: refresh-watch\nvariables: {}\n", "variables: unknown key"),
        ("code: ./.build/watch", "code: ./.build/notify", "writes ./.build/watch"),
        ("memorySize: 384", "memorySize: 128", "from 1 to 4 GB a vCPU"),
        ("maxAsyncEventAgeInSeconds: 86400", "maxAsyncEventAgeInSeconds: 700000", "at most 604800"),
    ],
)  # fmt: skip
def test_ci_finds_what_could_not_be_deployed_or_would_never_work(right: str, wrong: str, told: str) -> None:
    given = everything()
    assert right in given
    found = complaints(given.replace(right, wrong, 1), {})
    assert any(told in line for line in found), found


def test_ci_finds_an_environment_over_4_kb() -> None:
    many = json.dumps([{**CHANNEL, "name": f"team{number}"} for number in range(60)])
    found = complaints(text(), {"REFRESH_WATCH_CHANNELS": many})
    assert [line.split(": ")[0] for line in found] == [
        f"resources.{name}.props.environmentVariables" for name in ("notify", "intake")
    ]


def trigger(name: str) -> dict[str, Any]:
    """The configuration of a trigger, once it is switched on."""
    document = yaml.safe_load(everything())
    resources = Resolver(document, {}).resolve(document["resources"])
    triggers = [each for resource in resources.values() for each in resource["props"].get("triggers", [])]
    config: dict[str, Any] = next(each for each in triggers if each["triggerName"] == name)["triggerConfig"]
    return config


def test_the_triggers_bring_what_our_functions_read() -> None:
    pattern = json.loads(trigger("actiontrail")["eventRuleFilterPattern"])
    assert set(pattern["data"]["eventName"]) == ci("check_triggers").SUBMIT_CALLS
    assert {trigger(name)["eventName"] for name in ("refreshed", "pushed")} == set(CDN_EVENTS)
    assert {product.value for product in read_payload(trigger("sweep")["payload"]).products} == {"cdn"}
