"""Compiling a package: a cold start without .pyc takes about 0.8 s longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from shared.cli.build.refusal import CannotBuild
from shared.cli.build.runtimes import Runtime

_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def interpreter_of(runtime: Runtime) -> Path | None:
    """An interpreter here whose minor version is the runtime's: only its .pyc count there."""
    if sys.version_info[:2] == runtime.version:
        return Path(sys.executable)
    name = f"python{runtime.python}"
    places = [Path(place) / name for place in os.environ.get("PATH", "").split(os.pathsep) if place]
    return next((place for place in places if place.is_file() and _version(place) == runtime.python), None)


def compile_package(package: Path, interpreter: Path) -> None:
    """Write the .pyc of all that stands in ``package``.

    By unchecked hash: unpacking a package gives its files new times, and nothing is compared at run time.
    """
    compiler = [str(interpreter), "-I", "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    # paths are cut so that a traceback of the function shows them as they are there
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [*compiler, "-s", str(package), "-p", "/code", str(package)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no reason given"]
        raise CannotBuild(f"{package.name}: compileall failed: {last[0]}")


def _version(interpreter: Path) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - only asked for its version
            [str(interpreter), "-I", "-c", _VERSION],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=20,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""  # a broken link or a stand-in for a version that is not installed: not the one looked for
    return done.stdout.strip()
