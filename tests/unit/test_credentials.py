"""Where credentials come from, and that they are never shown."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from refresh_watch.credentials import Credentials, find
from refresh_watch.settings import Secret

ENVIRONMENT = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "env-id",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "env-secret",
    "ALIBABA_CLOUD_SECURITY_TOKEN": "env-token",
}


@dataclass
class ContextCredentials:
    """As in the Python 3.10 runtime."""

    access_key_id: str | None
    access_key_secret: str | None
    security_token: str | None


@dataclass
class Context:
    credentials: ContextCredentials | None


def test_the_context_of_the_3_10_runtime_comes_first() -> None:
    context = Context(ContextCredentials("role-id", "role-secret", "role-token"))
    assert find(ENVIRONMENT, context) == Credentials("role-id", Secret("role-secret"), Secret("role-token"))


@pytest.mark.parametrize(
    "context",
    [
        None,
        object(),
        Context(None),
        Context(ContextCredentials("", "", "")),
        Context(ContextCredentials(None, None, None)),
    ],
)
def test_a_context_without_credentials_leaves_it_to_the_environment(context: object) -> None:
    assert find(ENVIRONMENT, context) == Credentials("env-id", Secret("env-secret"), Secret("env-token"))


def test_a_permanent_key_has_no_token() -> None:
    environment = {**ENVIRONMENT, "ALIBABA_CLOUD_SECURITY_TOKEN": ""}
    assert find(environment).security_token is None


def test_every_call_reads_afresh() -> None:
    environment = dict(ENVIRONMENT)
    find(environment)
    environment["ALIBABA_CLOUD_SECURITY_TOKEN"] = "renewed"
    assert find(environment).security_token == Secret("renewed")


def test_no_part_of_them_is_shown() -> None:
    shown = f"{find(ENVIRONMENT)!r} {find(ENVIRONMENT)}"
    assert not any(value in shown for value in ENVIRONMENT.values())


def test_without_any_one_line_says_what_to_set(tmp_path: Path) -> None:
    line = _find_in_a_process_of_its_own(tmp_path, {})
    assert line.startswith("NoCredentials: ")
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in line
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET" in line


def test_what_aliyun_configure_wrote_is_found_through_the_chain(tmp_path: Path) -> None:
    folder = tmp_path / ".aliyun"
    folder.mkdir()
    profile = {"name": "default", "mode": "AK", "access_key_id": "cli-id", "access_key_secret": "cli-secret"}
    (folder / "config.json").write_text(json.dumps({"current": "default", "profiles": [profile]}), encoding="utf-8")
    assert _find_in_a_process_of_its_own(tmp_path, {}) == "cli-id"


def test_a_chain_that_hangs_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        line = _find_in_a_process_of_its_own(tmp_path, {"ALIBABA_CLOUD_CREDENTIALS_URI": uri}, seconds=0.2)
    assert "no answer within 0.2 s" in line


def test_no_alibaba_module_is_imported_while_the_environment_is_enough() -> None:
    program = (
        f"import sys; from refresh_watch.credentials import find; find({ENVIRONMENT!r});"
        "sys.exit(any(name.startswith(('alibabacloud', 'Tea')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def _find_in_a_process_of_its_own(home: Path, environment: dict[str, str], seconds: float = 5.0) -> str:
    """The chain reads the process's environment when it is imported."""
    program = (
        "from refresh_watch.credentials import find\n"
        "from refresh_watch.errors import NoCredentials\n"
        f"try: print(find({{}}, chain_seconds={seconds}).access_key_id)\n"
        "except NoCredentials as error: print('NoCredentials:', error)\n"
    )
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    clean = {**kept, "HOME": str(home), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", **environment}
    done = subprocess.run(
        [sys.executable, "-c", program], env=clean, capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    return done.stdout.strip()
