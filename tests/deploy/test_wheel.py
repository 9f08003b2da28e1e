"""The wheel as a stranger installs it: from a clean export into an environment of its own, used in another project.

It takes a minute and the network, so only CI runs it (REFRESH_WATCH_TEST_WHEEL=1).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from refresh_watch_cli.main import COMMANDS
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.cli.command_line import Ran, account_environment

PROJECT = Path(__file__).resolve().parents[2]

NO_STAND_INS = {f"REFRESH_WATCH_{product}_ENDPOINT": "" for product in ("CDN", "DCDN", "VOD")}
"""A deployed function could not reach them, so `deploy` refuses them."""

pytestmark = [
    pytest.mark.skipif(not os.environ.get("REFRESH_WATCH_TEST_WHEEL"), reason="REFRESH_WATCH_TEST_WHEEL is not set"),
    pytest.mark.timeout(900),
]


@dataclass(frozen=True)
class Installed:
    """The command of an environment that holds the wheel and its dependencies, called in a folder of another project."""

    wheel: Path
    python: Path
    folder: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return [str(self.python.with_name("refresh-watch")), *arguments]

    def run(self, *arguments: str, **variables: str) -> Ran:
        done = subprocess.run(
            self.command(*arguments),
            env={**self.environment, **variables}, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn(World(time.time())) as running:
        yield running


@pytest.fixture(scope="module")
def installed(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    scratch = tmp_path_factory.mktemp("wheel")
    export = scratch / "export"
    archive = scratch / "export.tar"
    checked(["git", "-C", str(PROJECT), "archive", "-o", str(archive), "HEAD"])
    with tarfile.open(archive) as tar:
        tar.extractall(export)
    for stray in ("build/lib/refresh_watch/stale.py", "shared/channels.txt", "functions/watch/channels.txt"):
        (export / stray).parent.mkdir(parents=True, exist_ok=True)
        (export / stray).write_text("a secret")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    checked([*pip, "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation", "-w", str(scratch), str(export)])
    shutil.rmtree(export)  # nothing may be read from it any more
    (wheel,) = scratch.glob("*.whl")
    checked([sys.executable, "-m", "venv", str(scratch / "venv")])
    python = scratch / "venv/bin/python"
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "-q", "--python", str(python)]
    checked([*uv, "--require-hashes", "-r", str(needed(wheel, scratch))])
    checked([*uv, "--no-deps", "--no-index", str(wheel)])
    folder = scratch / "service"
    (folder / "shared").mkdir(parents=True)
    (folder / "shared/__init__.py").write_text("raise RuntimeError('the shared of another project')\n")
    (folder / "s.yaml").write_text("resources: {}\n")  # and its own Serverless Devs
    environment = account_environment(stand_in) | {
        f"REFRESH_WATCH_{name}_ENDPOINT": stand_in.endpoint for name in ("STS", "RAM")
    }
    kept = {name: value for name, value in environment.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return Installed(wheel, python, folder, kept)


def needed(wheel: Path, scratch: Path) -> Path:
    """The lock of the wheel's own dependencies: the tests' lock, but for what only the tests need."""
    found = scratch / "requirements.txt"
    uv = Path(sys.executable).with_name("uv")
    pins = [line for line in (PROJECT / "tests/requirements.txt").read_text().splitlines() if "==" in line]
    (scratch / "pins.txt").write_text("\n".join(re.split(r"[ ;\\]", pin)[0] for pin in pins if ";" not in pin))
    (scratch / "wanted.in").write_text(f"refresh-watch @ {wheel.as_uri()}\n")
    compiled = [str(uv), "pip", "compile", "-q", str(scratch / "wanted.in"), "-c", str(scratch / "pins.txt")]
    checked([*compiled, "--generate-hashes", "--no-emit-package", "refresh-watch", "-o", str(found)])
    return found


def checked(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_holds_all_that_is_tracked_and_nothing_that_lies_about(installed: Installed) -> None:
    listed = subprocess.run(
        ["git", "-C", str(PROJECT), "ls-files", "shared"], capture_output=True, text=True, check=True
    )
    tracked = {line.removeprefix("shared/") for line in listed.stdout.splitlines()}
    with zipfile.ZipFile(installed.wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    bundle = {name for name in names if name.startswith("refresh_watch_cli/bundle/")}
    assert names - bundle == tracked
    functions = {path.parent.name for path in PROJECT.glob("functions/*/index.py")}
    files = ("index.py", "policy.json", "requirements.txt")
    assert {name.removeprefix("refresh_watch_cli/bundle/") for name in bundle} == {
        *("s.yaml", "functions/trust.json"),
        *(f"functions/{function}/{file}" for function in functions for file in files),
    }


def test_it_says_its_version_by_its_script_and_as_a_module(installed: Installed) -> None:
    assert re.fullmatch(r"refresh-watch \d+\.\d+\.\d+\n", installed.run("--version").out)
    done = subprocess.run(
        [installed.python, "-m", "refresh_watch_cli", "--version"],
        env=installed.environment, cwd=installed.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == installed.run("--version").out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(installed: Installed, command: str) -> None:
    assert installed.run(command, "--help").code == 0


def test_watch_and_list_work(installed: Installed, stand_in: StandIn) -> None:
    task = stand_in.world.add_task("cdn", created_at=time.time() - 60)
    watched = installed.run("watch", "cdn", task, "--json")
    assert watched.code == 0, watched.err
    assert watched.json["outcome"] == "complete"
    assert task in installed.run("list", "cdn", "--task-id", task).out


def test_the_demo_ends_as_expected(installed: Installed) -> None:
    ran = installed.run("demo")
    assert ran.code == 0, ran.out + ran.err


def test_serve_takes_a_watch(installed: Installed, stand_in: StandIn) -> None:
    task = stand_in.world.add_task("cdn", created_at=time.time())
    with subprocess.Popen(
        installed.command("serve", "--port", "0"),
        env=installed.environment, cwd=installed.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        threading.Thread(target=drain, args=(process.stderr,)).start()
        assert url is not None
        request = urllib.request.Request(
            f"{url[0]}/watches",
            json.dumps({"product": "cdn", "task_ids": task}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 202
            assert json.load(answer)["watch_id"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def drain(stream: IO[str]) -> None:
    for _ in stream:
        pass


def test_preview_draws_its_page(installed: Installed) -> None:
    page = installed.folder / "page.html"
    ran = installed.run("preview", "--output", str(page))
    assert ran.code == 0, ran.err
    assert "<html" in page.read_text()


def test_doctor_examines_the_project_that_the_wheel_carries(installed: Installed) -> None:
    ran = installed.run("doctor", "--product", "cdn")
    assert "refresh-watch" in ran.out
    assert "fault of refresh-watch" not in ran.out + ran.err


def test_a_dry_run_of_deploy_shows_every_function(installed: Installed) -> None:
    ran = installed.run("deploy", "--dry-run", **NO_STAND_INS)
    assert ran.code == 0, ran.err
    assert {"refresh-intake", "refresh-notify", "refresh-watch"} <= set(re.findall(r"function ([\w-]+):", ran.out))
    assert "would come: new role refresh-watch" in ran.out


def test_build_makes_the_packages_in_the_current_folder(installed: Installed) -> None:
    ran = installed.run("build", "notify")
    assert ran.code == 0, ran.err
    package = installed.folder / ".build/notify"
    assert (package / "index.py").is_file()
    assert (package / "refresh_watch/workflow").is_dir()
    assert not (package / "refresh_watch_cli").exists()


def test_deploy_gives_serverless_devs_a_manifest_beside_the_packages(installed: Installed, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    program = tmp_path / "s"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = -v ] && echo "@serverless-devs/s: 3.1.10" && exit\npwd >"{notes}"\ncat s.yaml >>"{notes}"\n'
    )
    program.chmod(0o755)
    path = f"{tmp_path}:{installed.environment['PATH']}"
    ran = installed.run("deploy", "--yes", PATH=path, **NO_STAND_INS)
    assert ran.code == 0, ran.err
    folder, _, manifest = notes.read_text().partition("\n")
    packages = re.findall(r"\bcode: (\S+)", manifest)
    assert len(packages) == 3
    assert all((Path(folder) / package / "index.py").is_file() for package in packages)


def test_a_missing_library_is_named_with_the_line_that_brings_it(installed: Installed) -> None:
    (yaml,) = installed.python.parents[1].glob("lib/python*/site-packages/yaml")
    yaml.rename(yaml.with_name("yaml-away"))
    try:
        ran = installed.run("build")
    finally:
        yaml.with_name("yaml-away").rename(yaml)
    assert ran.code == 1
    assert ran.err == (
        f"refresh-watch: build needs yaml, which is not installed: {installed.python} -m pip install PyYAML\n"
    )
