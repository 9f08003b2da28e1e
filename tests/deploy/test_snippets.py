"""What docs/starting.md and the README tell people to paste does what they say: every block is run.

`aliyun` is one that answers as the real one prints; everything behind it is the deployed functions.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from alibabacloud_cdn20180510 import models
from alibabacloud_cdn20180510.client import Client
from alibabacloud_tea_openapi.models import Config

from refresh_watch.client import connect
from tests.cli.gate import Gate
from tests.deploy.snippets import PROJECT, Fence, Place, fences, submitters_machine

STARTING = PROJECT / "docs" / "starting.md"


def waits(text: str) -> bool:
    return "--wait" in text


SHELL = [
    *(fence for fence in fences(STARTING) if fence.kind == "sh"),
    *fences(PROJECT / "README.md", "refresh-watch start "),
]
PYTHON = [fence for fence in fences(STARTING) if fence.kind == "python"]
GITHUB, GITLAB = (yaml.safe_load(fence.text) for fence in fences(STARTING) if fence.kind == "yaml")
(JENKINS,) = (fence.text for fence in fences(STARTING) if fence.kind == "groovy")
(POLICY,) = (json.loads(fence.text) for fence in fences(STARTING) if fence.kind == "json")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with submitters_machine(tmp_path_factory.mktemp("place")) as machine:
        yield machine


def test_no_block_of_the_page_is_left_out() -> None:
    assert {fence.kind for fence in fences(STARTING)} == {"sh", "python", "yaml", "groovy", "json"}
    assert len(SHELL) > 4
    assert len(PYTHON) == 1


@pytest.mark.parametrize("fence", SHELL, ids=str)
def test_a_line_of_a_shell_starts_the_watches_that_it_says(place: Place, fence: Fence) -> None:
    before = place.watched()
    submit = place.settled["complete"] if waits(fence.text) else f"new {time.time_ns()}"

    ran = place.run(["sh", "-e"], fence.text, submit)

    assert ran.returncode == 0, ran
    if waits(fence.text):
        assert "[complete 1/1]" in ran.stdout
    else:
        starts = re.findall(r"refresh-watch start |aliyun fc POST |curl ", fence.text)
        assert len(place.watched()) == len(before) + len(starts), ran


@pytest.mark.parametrize("fence", [fence for fence in SHELL if waits(fence.text)], ids=str)
@pytest.mark.parametrize(("submit", "code"), [("failed", 1), ("refused", 2)])
def test_a_line_that_waits_stops_the_script_when_the_refresh_or_its_submit_fails(
    place: Place, fence: Fence, submit: str, code: int
) -> None:
    ran = place.run(["sh", "-e"], f"{fence.text}\necho released\n", place.settled.get(submit, submit))

    assert ran.returncode == code, ran
    assert "released" not in ran.stdout


def test_from_python_the_outcome_is_returned(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    endpoint = place.deployed.products.endpoint.removeprefix("http://")
    own = Client(Config(access_key_id="testAK", access_key_secret="testSK", endpoint=endpoint, protocol="http"))
    request = models.RefreshObjectCachesRequest(object_path="http://example.com/a")

    class Submitted:
        """The caller's own client. The job ends at once, as no real one does."""

        def refresh_object_caches(self, request: Any) -> Any:
            answer = own.refresh_object_caches(request)
            place.deployed.products.world.settle(answer.body.refresh_task_id)
            watches = connect()
            watches.wait(watches.start("cdn", answer, schedule="0,1;1").watch_id)
            return answer

    (fence,) = PYTHON
    exec(compile(fence.text, "docs/starting.md", "exec"), {"cdn": Submitted(), "request": request})

    assert capsys.readouterr().out == "complete 0\n"


@dataclass(frozen=True)
class Pipeline:
    """What a CI system makes of a block: shells with a script each, one after the other, and the variables they see."""

    scripts: tuple[tuple[tuple[str, ...], str], ...]
    variables: dict[str, str]

    def run(self, place: Place, submit: str) -> tuple[int, str]:
        """The exit code of the first script that fails, and what all of them printed."""
        printed = ""
        for shell, script in self.scripts:
            variables = {**self.variables, "CI_PROJECT_PATH": "group/site", "GITHUB_REPOSITORY": "team/site"}
            ran = place.run(list(shell), script, submit, **variables, JOB_NAME="site", BUILD_NUMBER="7")
            printed += ran.stdout + ran.stderr
            if ran.returncode:
                return ran.returncode, printed
        return 0, printed


def github() -> Pipeline:
    (job,) = GITHUB["jobs"].values()
    scripts = tuple((("bash", "-e"), step["run"]) for step in job["steps"] if "run" in step)
    return Pipeline(scripts, {name: filled(value) for name, value in job["env"].items()})


def gitlab() -> Pipeline:
    (job,) = GITLAB.values()
    script = "\n".join(job["script"])
    return Pipeline(((("bash", "-e", "-o", "pipefail"), script),), dict(job["variables"]))


def jenkins() -> Pipeline:
    steps = re.findall(r"sh '''(.*?)'''|sh '([^'\n]*)'", JENKINS, re.DOTALL)
    variables = dict(re.findall(r"^\s+([A-Z_]+) = (.+)$", JENKINS, re.MULTILINE))
    scripts = tuple((("sh", "-xe"), long or short) for long, short in steps)
    return Pipeline(scripts, {name: filled(value) for name, value in variables.items()})


def filled(value: str) -> str:
    """The value of a variable, with the secrets of the stand-ins in place of the CI system's."""
    if "SECRET }}" in value or "access-key-secret" in value:
        return "testSK"
    return "testAK" if "secrets." in value or "credentials(" in value else value.strip("'")


@pytest.mark.parametrize("pipeline", [github(), gitlab(), jenkins()], ids=["github", "gitlab", "jenkins"])
@pytest.mark.parametrize(("submit", "code"), [("complete", 0), ("failed", 1), ("refused", None)])
def test_a_pipeline_goes_on_after_a_complete_refresh_and_stops_on_any_other(
    place: Place, pipeline: Pipeline, submit: str, code: int | None
) -> None:
    ended, printed = pipeline.run(place, place.settled.get(submit, submit))

    assert ended == code or (code is None and ended > 0), printed
    assert ("\nthe new release is on every edge\n" in printed) is (ended == 0)
    assert "testSK" not in printed


def test_a_pipeline_waits_longer_than_a_watch_of_a_refresh_can_take() -> None:
    (job,) = GITHUB["jobs"].values()
    (other,) = GITLAB.values()
    minutes = re.findall(r"timeout\(time: (\d+), unit: 'MINUTES'\)", JENKINS)

    assert all(int(one) > 30 for one in (job["timeout-minutes"], other["timeout"].split()[0], *minutes))


def test_the_policy_allows_what_start_and_wait_ask_and_no_more(place: Place) -> None:
    with Gate(place.deployed.engine_url) as gate:
        line = f"refresh-watch start cdn {place.settled['complete']} --wait --request-id policy --schedule '0,1;1'"
        ran = place.run(["sh", "-e"], line, "", REFRESH_WATCH_FC_ENDPOINT=gate.url)
        assert ran.returncode == 0, ran
    asked = {
        (ACTIONS[method], "acs:fc:*:*:" + re.split(r"/2023-03-30/|/invocations", path)[1])
        for method, path in gate.asked
    }
    allowed = [
        (statement["Action"], resource) for statement in POLICY["Statement"] for resource in statement["Resource"]
    ]

    for action, resource in asked:
        assert any(action == one and fits(pattern, resource) for one, pattern in allowed), (action, resource)
    assert {action for action, _ in allowed} == {action for action, _ in asked}


ACTIONS = {"POST": "fc:InvokeFunction", "GET": "fc:GetAsyncTask"}


def fits(pattern: str, resource: str) -> bool:
    literal = "acs:fc:*:*:"
    rest = pattern.removeprefix(literal)
    return re.fullmatch(re.escape(rest).replace(r"\*", ".*"), resource.removeprefix(literal)) is not None
