"""Each function's RAM policy: enough for what it does, and no more."""

from __future__ import annotations

import ast
import fnmatch
import functools
import json
from collections.abc import Iterator

import pytest

from refresh_watch.product_specs.registry import all_specs
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY, WATCH
from refresh_watch_emulator.engine.manifest import read_manifest
from tests.deploy.distributions import PROJECT, closure

MANIFEST = read_manifest(PROJECT / "s.yaml", {})
FUNCTIONS = [function.key for function in MANIFEST.functions]
TARGETS = {"INTAKE": INTAKE, "NOTIFY": NOTIFY, "WATCH": WATCH}
ENGINE_CALLS = {
    "start_later": "fc:InvokeFunction",
    "task": "fc:GetAsyncTask",
    "tasks": "fc:ListAsyncTasks",
    "stop": "fc:StopAsyncTask",
    "kept_payload": "fc:GetAsyncTask",
}
"""What the methods of `refresh_watch.function_compute.tasks.Engine` ask of Function Compute, and the function of the
workflow that is given the function's name to hand it on."""

LOGS = ("log:PostLogStoreLogs", "acs:log:*:*:project/*/logstore/*")
"""Of every function: Function Compute itself writes its logs with the function's role."""

ARN = "acs:fc:cn-hangzhou:1234567890123456:functions/refresh-"


def identifiers(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@functools.cache
def called(function: str) -> set[tuple[str, str]]:
    """What the function asks of Function Compute: (action, function), read from whatever code it can reach.

    A definition is reached when anything reached speaks its name, so this can be too much and never too little.
    """
    definitions: dict[str, list[ast.FunctionDef]] = {}
    for path in closure(function).modules:
        if "workflow" in path.parts:  # the other rooms know no engine
            for node in ast.walk(ast.parse((PROJECT / "shared" / path).read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    definitions.setdefault(node.name, []).append(node)
    entry = ast.parse((PROJECT / "functions" / function / "index.py").read_text(encoding="utf-8"))
    waiting, reached = identifiers(entry), set[str]()
    found = set[tuple[str, str]]()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        for definition in definitions.get(name, []):
            waiting |= identifiers(definition) - reached
            found |= set(engine_calls(definition))
    return found


def engine_calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Attribute, ast.Name)):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        target = node.args[0] if node.args else None
        if name in ENGINE_CALLS and isinstance(target, ast.Name) and target.id in TARGETS:
            yield ENGINE_CALLS[name], TARGETS[target.id]


def product_actions(function: str) -> set[str]:
    """The RAM actions of all products, where the function can reach their APIs."""
    asks = any(path.match("refresh_watch/products/sdk.py") for path in closure(function).modules)
    return {action for spec in all_specs() for action in spec.permissions} if asks else set()


def grants(function: str) -> list[tuple[str, str]]:
    """Every (action, resource) that the function's policy allows."""
    policy = json.loads((PROJECT / "functions" / function / "policy.json").read_text(encoding="utf-8"))
    assert policy["Version"] == "1"
    found = []
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        actions, resources = statement["Action"], statement["Resource"]
        for action in [actions] if isinstance(actions, str) else actions:
            found += [(action, resource) for resource in ([resources] if isinstance(resources, str) else resources)]
    return found


def may(function: str, action: str, resource: str) -> bool:
    return any(action == granted and fnmatch.fnmatch(resource, pattern) for granted, pattern in grants(function))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_its_code_does_and_nothing_else(function: str) -> None:
    calls = called(function)
    assert calls, "it asks something of Function Compute"
    wanted = {action for action, _ in calls} | product_actions(function) | {LOGS[0]}
    assert {action for action, _ in grants(function)} == wanted
    for action in ENGINE_CALLS.values():
        for other in FUNCTIONS:
            for resource in resources(action, other):
                assert may(function, action, resource) == ((action, other) in calls), (action, resource)


def test_only_the_watch_function_asks_the_products() -> None:
    assert {function for function in FUNCTIONS if product_actions(function)} == {"watch"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_policy_fits_into_what_ram_takes_whatever_the_prefix(function: str) -> None:
    policy = json.loads((PROJECT / "functions" / function / "policy.json").read_text(encoding="utf-8"))
    text = json.dumps(policy, separators=(",", ":")).replace("refresh-", f"{'p' * 41}-")
    assert len(text) <= 6144


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_log(function: str) -> None:
    assert LOGS in grants(function)


def resources(action: str, function: str) -> tuple[str, ...]:
    """What Function Compute asks RAM about (its page on policies)."""
    arn = f"{ARN}{function}"
    if action == "fc:InvokeFunction":
        return arn, f"{arn}/LATEST"
    return (f"{arn}/async-tasks/*",) if action == "fc:ListAsyncTasks" else (f"{arn}/async-tasks/w-abc-h0001",)


def test_a_functions_role_may_start_the_destination_of_its_failures() -> None:
    for function in MANIFEST.functions:
        if function.on_failure:
            arn = f"acs:fc:cn-hangzhou:1234567890123456:functions/{function.on_failure}"
            assert may(function.key, "fc:InvokeFunction", arn)


def test_no_grant_over_function_compute_reaches_beyond_this_deployment() -> None:
    for function in FUNCTIONS:
        for action, resource in grants(function):
            if action.startswith("fc:"):
                assert resource.startswith("acs:fc:*:*:functions/refresh-")


def test_only_function_compute_may_take_the_roles() -> None:
    trust = json.loads((PROJECT / "functions/trust.json").read_text(encoding="utf-8"))
    (statement,) = trust["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Principal"] == {"Service": ["fc.aliyuncs.com"]}
