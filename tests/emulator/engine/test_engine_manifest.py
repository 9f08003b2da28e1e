"""Reading s.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from refresh_watch.errors import BadInput
from refresh_watch_emulator.engine.manifest import Function, HttpTrigger, read_manifest
from tests.emulator.engine.engine_calls import MANIFEST

ONE = """
vars: {{region: cn-hangzhou, loop: "${{vars.loop}}"}}
resources:
  one:
    component: fc3
    props:
      region: ${{vars.region}}
      functionName: one
      runtime: python3.12
      handler: index.handler
      {more}
"""


def write(tmp_path: Path, more: str) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(ONE.format(more=more))
    return path


def test_a_function_is_read_with_its_expressions_resolved() -> None:
    manifest = read_manifest(MANIFEST, {"ENGINE_TEST_PREFIX": "own"})
    assert manifest.keyed("act") == Function(
        key="act",
        name="own-act",
        handler="index.handler",
        runtime="python3.12",
        region="cn-hangzhou",
        timeout=20,
        memory=256,
        environment=(("GREETING", "hello own"), ("NUMBER", "7")),
        async_task=True,
        max_retries=2,
        max_age=86400,
        on_failure="own-catch",
    )
    door = manifest.named("own-door")
    assert door is not None
    assert (door.http, door.async_task, door.timeout) == (HttpTrigger(("POST", "PUT"), "function"), False, 20)
    narrow = manifest.keyed("narrow")
    assert narrow is not None
    assert narrow.reserved_concurrency == 1


def test_defaults_are_those_of_function_compute(tmp_path: Path) -> None:
    function = read_manifest(write(tmp_path, ""), {}).keyed("one")
    assert function == Function("one", "one", "index.handler", "python3.12", "cn-hangzhou", 3, 512)
    assert (function.max_retries, function.max_age, function.reserved_concurrency) == (3, 86400, None)


def test_expressions_stand_inside_text_and_quote_what_they_like(tmp_path: Path) -> None:
    more = """environmentVariables: {A: "x-${env('A', '[{}]')}-y", B: "${env('B','')}", C: "${env(C)}"}"""
    function = read_manifest(write(tmp_path, more), {"C": "${vars.region}"}).keyed("one")
    assert function is not None
    assert dict(function.environment) == {"A": "x-[{}]-y", "B": "", "C": "${vars.region}"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("timeout: ${env('NOT_SET')}", "NOT_SET"),
        ("timeout: ${vars.none}", "vars.none"),
        ("timeout: ${vars.loop}", "circle"),
        ("timeout: ${path('..')}", "path"),
        ("timeout: 0", "resources.one.props.timeout"),
        ("timeout: soon", "resources.one.props.timeout"),
        ("asyncInvokeConfig: {maxAsyncRetryAttempts: 9}", "maxAsyncRetryAttempts"),
        ("asyncInvokeConfig: {asyncTask: maybe}", "asyncTask"),
        ("asyncInvokeConfig: {destinationConfig: {onFailure: {destination: 'acs:mns:x'}}}", "destination"),
        ("asyncInvokeConfig: {destinationConfig: {onFailure: {destination: 'acs:fc:r:a:functions/no'}}}", "'no'"),
        ("concurrencyConfig: 3", "concurrencyConfig"),
        ("triggers: [{triggerType: http, triggerConfig: {}}]", "methods"),
        ("runtime: python3.11", "python3.12"),
        ("handler: src/index.handler", "handler"),
        ("x: [", "YAML"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(tmp_path: Path, more: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_manifest(write(tmp_path, more), {})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_without_functions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("resources: {}\n")
    for name in ("empty.yaml", "missing.yaml"):
        with pytest.raises(BadInput):
            read_manifest(tmp_path / name, {})


def test_the_projects_own_file_can_be_read() -> None:
    manifest = read_manifest(MANIFEST.parents[3] / "s.yaml", {"REFRESH_WATCH_PREFIX": "p"})
    assert {"intake", "watch", "notify"} <= {function.key for function in manifest.functions}
    assert all(function.name == f"p-{function.key}" for function in manifest.functions)
    watch, notify, intake = (manifest.keyed(key) for key in ("watch", "notify", "intake"))
    assert watch is not None
    assert notify is not None
    assert intake is not None
    assert watch.async_task
    assert (watch.on_failure, intake.on_failure, notify.on_failure) == ("p-notify", "p-notify", "")
    assert intake.http is not None
