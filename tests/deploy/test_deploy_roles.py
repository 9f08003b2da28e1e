"""The commands of the READMEs that make the roles: run as they stand there, with an `aliyun` that notes its arguments."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from shared.local.engine.manifest import read_manifest

PROJECT = Path(__file__).resolve().parents[2]
NOTES_ITS_ARGUMENTS = """#!/bin/sh
printf '%s\\0' "$@" >> "$NOTES"
printf '\\0' >> "$NOTES"
"""


def noted(readme: str, prefix: str, folder: Path) -> list[dict[str, str]]:
    """What `aliyun` was asked for: the action, and its options by name."""
    (block,) = (
        text
        for text in re.findall(r"```sh\n(.*?)```", (PROJECT / readme).read_text(encoding="utf-8"), re.DOTALL)
        if "CreateRole" in text
    )
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
@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_roles_that_s_yaml_names_are_made_and_reach_the_functions_of_that_prefix_only(
    readme: str, prefix: str, tmp_path: Path
) -> None:
    calls = noted(readme, prefix, tmp_path)
    manifest = read_manifest(PROJECT / "s.yaml", {"REFRESH_WATCH_PREFIX": prefix} if prefix else {})
    names = {function.name for function in manifest.functions}
    text = (PROJECT / "s.yaml").read_text(encoding="utf-8")
    assert re.findall(r"role/(\S+)", text) == re.findall(r"functionName: (\S+)", text), (
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
