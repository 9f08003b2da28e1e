"""Compiling a package: a cold start without .pyc takes about three times as long."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from refresh_watch_cli.build.refusal import CannotBuild
from refresh_watch_cli.build.runtimes import Runtime

_WHICH = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


def interpreter_of(runtime: Runtime) -> Path | None:
    """An interpreter here whose minor version is the runtime's: only its .pyc count there."""
    if sys.version_info[:2] == runtime.version:
        return Path(sys.executable)
    found = (_found(place, runtime.python) for place in _places(runtime.python))
    return next((interpreter for interpreter in found if interpreter), None)


def compile_package(package: Path, interpreter: Path) -> None:
    """Write the .pyc of all that stands in ``package``.

    By unchecked hash: unpacking a package gives its files new times, and nothing is compared at run time. In one
    process, one file after the other, with one hash seed: how an object is written depends on what that process holds.
    """
    compiler = [str(interpreter), "-s", "-S", "-m", "compileall", "-q", "-j", "1"]
    # paths are cut so that a traceback of the function shows them as they are there
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [*compiler, "--invalidation-mode", "unchecked-hash", "-s", str(package), "-p", "/code", str(package)],
        # not -I, which would ignore the seed; the folder above a package holds nothing that could be imported instead
        cwd=package.parent, env={**_without_settings(), "PYTHONHASHSEED": "0"},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no reason given"]
        raise CannotBuild(f"{package.name}: compileall failed: {last[0]}")


def _places(python: str) -> Iterator[Path]:
    """Where an interpreter of that version may be: on the PATH, and where pyenv and uv keep theirs."""
    name = f"python{python}"
    yield from (Path(place) / name for place in os.environ.get("PATH", "").split(os.pathsep) if place)
    home = Path(os.environ.get("HOME") or "/nonexistent")
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python")
    yield from sorted(pyenv.glob(f"versions/{python}.*/bin/{name}"), reverse=True)
    yield from sorted(uv.glob(f"cpython-{python}.*/bin/{name}"), reverse=True)


def _found(place: Path, python: str) -> Path | None:
    """The interpreter itself, where what stands there is one of that version; else None.

    pyenv puts a script before it, which finds the interpreter only as long as PATH is as it is.
    """
    if not place.is_file():
        return None
    try:
        done = subprocess.run(  # noqa: S603 - only asked what it is
            [str(place), "-I", "-c", _WHICH],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=20,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None  # a broken link or a stand-in for a version that is not installed: not the one looked for
    version, _, interpreter = done.stdout.strip().partition(" ")
    return Path(interpreter) if version == python and interpreter else None


def _without_settings() -> dict[str, str]:
    """This environment without what would change what an interpreter does."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
