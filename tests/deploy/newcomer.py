"""A person who deploys for the first time: keys, a checkout, and programs on PATH that note what they were given."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from refresh_watch_cli.build.runtimes import CannotBuild
from refresh_watch_cli.project import Project
from refresh_watch_emulator.products.server import StandIn
from tests.cli.command_line import CommandLine, Ran

PROJECT = Path(__file__).resolve().parents[2]
FUNCTIONS = ("intake", "notify", "watch")
SECRETS = ("testSK", "token-of-a-robot", "token-of-old")
CHANNELS = json.dumps(
    [{"name": "oncall", "kind": "slack", "url": "https://hooks.slack.com/services/T00/B00/token-of-a-robot"}]
)
NOBODY = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "",
    "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
}
READS = ("GetCallerIdentity", "GetRole", "GetPolicy", "ListPolicyVersions", "ListPoliciesForRole")

FAKE_S = """#!{python}
import json, os, sys
if sys.argv[1:] == ["-v"]:
    print("@serverless-devs/s: {version}, s-home: ~/.s")
    raise SystemExit
with open(os.environ["NOTES"], "w") as notes:
    json.dump({{"arguments": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}}, notes)
print("s says: deployed", flush=True)
for name in ("REFRESH_WATCH_CHANNELS", "S_PRINTS"):
    sys.stdout.write(name + ": " + os.environ.get(name, ""))
    sys.stdout.flush()
    print()
raise SystemExit(int(os.environ.get("S_EXIT", "0")))
"""


def done(ran: Ran) -> list[str]:
    """What was made, in the words of the command."""
    return [line.removeprefix("done: ") for line in ran.out.splitlines() if line.startswith("done: ")]


class Newcomer:
    """A person with keys, a checkout, and programs on PATH."""

    def __init__(self, stand_in: StandIn, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.account = stand_in.world.account
        self._stand_in = stand_in
        self.programs = folder / "programs"
        self.programs.mkdir()
        self.notes = folder / "notes"
        self.project = folder / "project"
        shutil.copytree(PROJECT / "functions", self.project / "functions", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(PROJECT / "s.yaml", self.project)
        self.install_s()
        self.built: list[Path] = []
        self.cannot_build: CannotBuild | None = None
        patch.setattr("refresh_watch_cli.deploy.command.build_packages", self._build)

    def _build(self, project: Project, _environment: Mapping[str, str]) -> None:
        """In place of half a minute of building, which tests/deploy/test_deploy_package_runs.py is about."""
        if self.cannot_build is not None:
            raise self.cannot_build
        self.built.append(project.folder)

    def install(self, name: str, text: str) -> None:
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def install_s(self, name: str = "s", version: str = "3.1.10") -> None:
        self.install(name, FAKE_S.format(python=sys.executable, version=version))

    def deploy(self, *arguments: str, alone: bool = False, stdin: str | None = "", **variables: str) -> Ran:
        """`alone`: in a process of its own, for what this process would remember."""
        command = CommandLine(self._environment(variables))
        words = ("deploy", "--project", str(self.project), *arguments)
        ran = command.run_alone(*words) if alone else command.run(*words, stdin=stdin)
        assert [secret for secret in SECRETS if secret in ran.out + ran.err] == []
        return ran

    def refuses(self, ran: Ran, *words: str, code: int = 2) -> bool:
        """It ended with one line that holds these words, and nothing was asked or made."""
        return ran.refuses(*words, code=code) and self.asked() == [] and not self.s_ran

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        environment = {
            "HOME": str(self.programs),
            "PATH": str(self.programs),
            "NOTES": str(self.notes),
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testSK",
            "REFRESH_WATCH_STS_ENDPOINT": self._stand_in.endpoint,
            "REFRESH_WATCH_RAM_ENDPOINT": self._stand_in.endpoint,
            "REFRESH_WATCH_CHANNELS": CHANNELS,
            **variables,
        }
        return {name: value for name, value in environment.items() if value}

    @property
    def noted(self) -> Any:
        return json.loads(self.notes.read_text())

    @property
    def s_ran(self) -> bool:
        return self.notes.exists()

    def change_policy(self, number: int, name: str = "watch") -> None:
        path = self.project / "functions" / name / "policy.json"
        policy = json.loads(path.read_text())
        policy["Statement"][0]["Action"] = [f"cdn:Describe{number}"]
        path.write_text(json.dumps(policy, indent=1))

    def asked(self) -> list[str]:
        return [call.action for call in self._stand_in.calls]

    def written(self) -> list[str]:
        return [call.action for call in self._stand_in.calls if call.action not in READS and call.status == 200]
