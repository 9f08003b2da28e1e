"""The way by hand of docs/deploying.md: run as it stands there, with an `aliyun` that notes its arguments."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from refresh_watch_cli.account.services import AccountRefusal
from refresh_watch_cli.deploy import roles
from refresh_watch_cli.deploy.plan import read_plan
from refresh_watch_cli.deploy.roles import changes_of
from refresh_watch_cli.project import find_project
from refresh_watch_emulator.engine.manifest import read_manifest
from refresh_watch_emulator.products.account import Account
from refresh_watch_emulator.products.call import ApiError, Call
from refresh_watch_emulator.products.ram import VERSION, answer_ram

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "deploying.md").read_text(encoding="utf-8")
NOTES_ITS_ARGUMENTS = """#!/bin/sh
printf '%s\\0' "$@" >> "$NOTES"
printf '\\0' >> "$NOTES"
"""


def noted(prefix: str, folder: Path) -> list[dict[str, str]]:
    """What `aliyun` was asked for: the action, and its options by name."""
    (block,) = (text for text in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "CreateRole" in text)
    fake, notes = folder / "aliyun", folder / "notes"
    fake.write_text(NOTES_ITS_ARGUMENTS)
    fake.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "NOTES": str(notes)}
    if prefix:
        environment["REFRESH_WATCH_PREFIX"] = prefix
    subprocess.run(["sh", "-euc", block], cwd=PROJECT, env=environment, check=True, timeout=30)
    calls = [call.split("\0") for call in notes.read_text(encoding="utf-8").split("\0\0") if call]
    return [{"action": words[1], **dict(zip(words[2::2], words[3::2], strict=True))} for words in calls]


@pytest.mark.parametrize("prefix", ["", "team-a"])
def test_the_roles_that_s_yaml_names_are_made_and_reach_the_functions_of_that_prefix_only(
    prefix: str, tmp_path: Path
) -> None:
    calls = noted(prefix, tmp_path)
    manifest = read_manifest(PROJECT / "s.yaml", {"REFRESH_WATCH_PREFIX": prefix} if prefix else {})
    names = {function.name for function in manifest.functions}
    text = (PROJECT / "s.yaml").read_text(encoding="utf-8")
    assert re.findall(r"role: \S+role/(\S+)", text) == re.findall(r"functionName: (\S+)", text), (
        "a role is named as its function"
    )
    made = {call["--RoleName"] for call in calls if call["action"] == "CreateRole"}
    attached = {call["--RoleName"]: call["--PolicyName"] for call in calls if call["action"] == "AttachPolicyToRole"}
    policies = {call["--PolicyName"]: call["--PolicyDocument"] for call in calls if call["action"] == "CreatePolicy"}
    assert made == set(attached) == names
    for name in names:
        resources = re.findall(r"functions/([\w-]+)", json.dumps(json.loads(policies[attached[name]])))
        assert resources
        assert set(resources) <= names


@pytest.mark.parametrize("prefix", ["", "team-a", "Team-A"])
def test_what_was_made_by_hand_is_what_the_command_would_have_made(prefix: str, tmp_path: Path) -> None:
    account = Account()

    def ram(action: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            return answer_ram(account, Call(action, VERSION, params), 0.0, "EntityAlreadyExist")
        except ApiError as error:
            raise AccountRefusal(error.code, error.message) from None

    for call in noted(prefix, tmp_path):
        ram(call["action"], {name.removeprefix("--"): value for name, value in call.items() if name != "action"})
    for plan in read_plan(find_project(PROJECT), {"REFRESH_WATCH_PREFIX": prefix} if prefix else {}):
        assert changes_of(ram, plan) == []


def test_the_page_names_every_action_that_the_command_needs_and_no_other() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    granted: set[str] = set()
    for statement in json.loads(block)["Statement"]:
        actions = statement["Action"]
        granted |= {actions} if isinstance(actions, str) else set(actions)
    source = Path(roles.__file__).read_text(encoding="utf-8")
    asked = set(re.findall(r'"((?:Create|Get|Update|List|Delete|Attach)[A-Za-z]+)"', source))
    assert granted == {f"ram:{action}" for action in asked} | {"ram:PassRole"}
