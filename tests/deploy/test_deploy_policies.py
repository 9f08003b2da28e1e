"""Each function's RAM policy: enough for what it does, and no more."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path

import pytest

from shared.local.engine.manifest import read_manifest

PROJECT = Path(__file__).resolve().parents[2]
MANIFEST = read_manifest(PROJECT / "s.yaml", {})
FUNCTIONS = [function.key for function in MANIFEST.functions]
ALLOWED = {
    "intake": {"fc:InvokeFunction", "fc:GetAsyncTask", "fc:ListAsyncTasks", "log:PostLogStoreLogs"},
    "watch": {
        "fc:InvokeFunction", "fc:GetAsyncTask", "fc:ListAsyncTasks", "log:PostLogStoreLogs",
        "cdn:DescribeRefreshTasks", "cdn:DescribeRefreshTaskById",
        "dcdn:DescribeDcdnRefreshTasks", "dcdn:DescribeDcdnRefreshTaskById",
        "vod:DescribeVodRefreshTasks", "vod:DescribeRefreshTasks",
    },
    "notify": {"fc:InvokeFunction", "fc:GetAsyncTask", "log:PostLogStoreLogs"},
}  # fmt: skip
STARTS = {"intake": {"watch", "notify"}, "watch": {"watch", "notify"}, "notify": {"notify"}}
"""Who starts whom (CONTRIBUTING, how a watch flows): hops and guards, reports, deliveries."""


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
def test_a_function_may_do_what_it_does_and_nothing_else(function: str) -> None:
    assert {action for action, _ in grants(function)} == ALLOWED[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_start_those_that_it_starts_and_no_other(function: str) -> None:
    for other in FUNCTIONS:
        arn = f"acs:fc:cn-hangzhou:1234567890123456:functions/refresh-{other}"
        for resource in (arn, f"{arn}/LATEST"):
            assert may(function, "fc:InvokeFunction", resource) == (other in STARTS[function])


@pytest.mark.parametrize("function", ["intake", "watch"])
def test_who_asks_whether_a_watch_is_alive_may_read_the_tasks_that_tell(function: str) -> None:
    for other in ("watch", "notify"):
        tasks = f"acs:fc:cn-hangzhou:1234567890123456:functions/refresh-{other}/async-tasks/"
        assert may(function, "fc:GetAsyncTask", tasks + "w-abc-h0001")
        assert may(function, "fc:ListAsyncTasks", tasks + "*")


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
