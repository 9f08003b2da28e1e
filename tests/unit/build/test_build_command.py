"""`refresh-watch build` from its arguments to the package on disk."""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refresh_watch_cli.build.command import add_arguments, run
from refresh_watch_cli.build.interpreter import interpreter_of
from refresh_watch_cli.build.runtimes import RUNTIMES, Runtime

if TYPE_CHECKING:
    from tests.unit.build.conftest import Shelf

RUNS_HERE = (sys.platform, platform.machine()) == ("linux", "x86_64")


def build(project: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([*arguments, "--project", str(project)]))


def files(package: Path) -> set[str]:
    found = (path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file())
    return {path for path in found if "__pycache__" not in path}


def test_a_package_holds_the_entry_what_it_imports_and_its_dependencies(
    project: Path, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "functions/one/requirements.txt").write_text(shelf.wheel("need"), encoding="utf-8")
    (project / "shared/refresh_watch/room/__init__.py").write_text("import need", encoding="utf-8")
    assert build(project, "one") == 0
    ours = {
        "index.py",
        "refresh_watch/__init__.py",
        "refresh_watch/room/__init__.py",
        "refresh_watch/room/used.py",
        "refresh_watch/room/words.json",
    }
    assert files(project / ".build/one") == ours | {"need/__init__.py", "need-1.0.dist-info/METADATA"}
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[:4] == ["function", "runtime", "ours", "dependencies"]
    assert printed[1].split()[:4] == ["one", "python3.12", "4", "1"]
    assert not [line for line in printed if line.startswith("left out")]


def test_what_nothing_imports_is_left_out_and_named_in_one_line(
    project: Path, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = [shelf.wheel("wanted", needs=["idle"]), shelf.wheel("idle")]
    (project / "functions/one/requirements.txt").write_text("\n".join(lock), encoding="utf-8")
    (project / "shared/refresh_watch/room/__init__.py").write_text("def later():\n    import wanted", encoding="utf-8")
    assert build(project) == 0
    assert not [name for name in files(project / ".build/one") if name.startswith("idle")]
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("left out")]
    assert said == ["left out of one, since nothing imports it: idle 1.0"]


def test_without_names_every_function_is_built(project: Path) -> None:
    (project / "functions/two").mkdir()
    for name in ("index.py", "requirements.txt"):
        (project / "functions/two" / name).write_text("", encoding="utf-8")
    assert build(project) == 0
    assert sorted(path.name for path in (project / ".build").iterdir()) == ["one", "two"]


def test_a_built_package_runs_by_itself(project: Path) -> None:
    assert build(project) == 0
    code = "import sys; sys.path.insert(0, sys.argv[1]); import index; print(index.handler(b'', None))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code, str(project / ".build/one")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "done"


def test_an_interpreter_of_the_runtimes_version_compiles_the_package_whatever_its_files_times(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Runtime(
        "python3.12", sys.version_info[:2], RUNTIMES[0].platform
    )  # this Python, under a name that s.yaml knows
    monkeypatch.setattr("refresh_watch_cli.build.command.runtime_named", lambda _: here)
    assert build(project) == 0
    compiled = list((project / ".build/one").rglob("*.pyc"))
    assert len(compiled) == 4
    # PEP 552: flags 1 say that the file is found by hash, and the hash not compared
    assert {file.read_bytes()[4:8] for file in compiled} == {b"\x01\x00\x00\x00"}


def test_without_such_an_interpreter_the_package_is_made_and_a_line_says_what_that_costs(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    for runtime in RUNTIMES:  # as version managers leave them: there, but not of that version
        (broken / f"python{runtime.python}").write_text("#!/bin/sh\necho no such version >&2\nexit 127\n")
        (broken / f"python{runtime.python}").chmod(0o755)
    monkeypatch.setenv("PATH", str(broken))
    monkeypatch.setenv("HOME", str(tmp_path))  # where pyenv and uv keep theirs
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.delenv("UV_PYTHON_INSTALL_DIR", raising=False)
    other = next(runtime for runtime in RUNTIMES if runtime.version != sys.version_info[:2])
    assert build(project, "--runtime", other.name) == 0
    assert not list((project / ".build/one").rglob("*.pyc"))
    printed = capsys.readouterr().out
    assert f"no python{other.python} on this machine" in printed
    if RUNS_HERE:  # what it imports is measured all the same, by this Python, and shown as such
        assert "~" in printed.splitlines()[1]
        assert f"measured by python{sys.version_info[0]}.{sys.version_info[1]}" in printed


@pytest.mark.parametrize(
    "place", [".pyenv/versions/{0}.7/bin/python{0}", ".local/share/uv/python/cpython-{0}.7-linux/bin/python{0}"]
)
def test_an_interpreter_that_a_version_manager_keeps_is_found(
    place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.delenv("UV_PYTHON_INSTALL_DIR", raising=False)
    other = next(runtime for runtime in RUNTIMES if runtime.version != sys.version_info[:2])
    assert interpreter_of(other) is None
    kept = tmp_path / place.format(other.python)
    kept.parent.mkdir(parents=True)
    kept.write_text(f"#!/bin/sh\necho {other.python} /the/interpreter itself\n", encoding="utf-8")
    kept.chmod(0o755)
    assert interpreter_of(other) == Path("/the/interpreter itself")


@pytest.mark.skipif(not RUNS_HERE, reason="packages are for x86_64 Linux")
def test_a_package_that_its_own_interpreter_cannot_import_is_refused_and_the_old_one_stays(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Runtime("python3.12", sys.version_info[:2], RUNTIMES[0].platform)
    monkeypatch.setattr("refresh_watch_cli.build.command.runtime_named", lambda _: here)
    assert build(project) == 0
    (project / "shared/refresh_watch/room/used.py").write_text("handler = unknown_name\n", encoding="utf-8")
    assert build(project) == 2
    assert "one: the package cannot be imported: NameError" in capsys.readouterr().err
    assert "done" in (project / ".build/one/refresh_watch/room/used.py").read_text(encoding="utf-8")


def test_the_digest_is_the_packages_and_changes_with_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def digest() -> str:
        assert build(project) == 0
        return capsys.readouterr().out.splitlines()[1].split()[-2]

    first = digest()
    assert digest() == first
    assert len(first) == 12
    (project / "shared/refresh_watch/room/words.json").write_text("{ }", encoding="utf-8")
    assert digest() != first


def test_the_runtime_is_that_of_the_manifest_unless_one_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REFRESH_WATCH_RUNTIME", "python3.10")
    assert build(project) == 0
    assert "python3.10" in capsys.readouterr().out
    assert build(project, "--runtime", "python3.12") == 0
    assert "python3.12" in capsys.readouterr().out


REFUSALS = {
    "an unknown function": (["two"], {}, "function: 'two' is not allowed; allowed: one"),
    "an unknown runtime": (
        ["--runtime", "python3.11"],
        {},
        "runtime: 'python3.11' is not allowed; allowed: python3.12",
    ),
    "channels that are no JSON": ([], {"REFRESH_WATCH_CHANNELS": "[{"}, "REFRESH_WATCH_CHANNELS: "),
    "channels in a file": ([], {"REFRESH_WATCH_CHANNELS": "@channels.json"}, "the file is in no package"),
    "an environment over 4 KB": (
        [],
        {"REFRESH_WATCH_CHANNELS": "[" + " " * 4090 + "]"},
        "environment of refresh-one: 4,139 bytes (REFRESH_WATCH_CHANNELS alone has 4,092) is not allowed",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_could_not_work_is_refused_in_one_line_and_what_was_built_stays(
    case: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(project) == 0
    capsys.readouterr()
    arguments, environment, said = REFUSALS[case]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert build(project, *arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert (project / ".build/one/index.py").is_file()


def test_an_import_that_no_requirement_brings_is_refused_and_the_old_package_stays(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(project) == 0
    used = project / "shared/refresh_watch/room/used.py"
    used.write_text("def handler(event, context):\n    import absent_sdk\n", encoding="utf-8")
    assert build(project) == 2
    said = "refresh_watch/room/used.py imports absent_sdk, which functions/one/requirements.txt does not bring"
    assert said in capsys.readouterr().err
    assert "done" in (project / ".build/one/refresh_watch/room/used.py").read_text(encoding="utf-8")
    assert [path.name for path in (project / ".build").iterdir()] == ["one"]
