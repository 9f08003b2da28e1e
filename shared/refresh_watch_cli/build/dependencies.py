"""The pinned dependencies of a function, installed by uv for the runtime's platform instead of this machine's.

The locks hold every hash. What its makers publish as source only is built here, with the setuptools that is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

from refresh_watch_cli.build.runtimes import CannotBuild, Runtime

_UNUSED_FOLDERS = ("tests", "test", "__pycache__", "bin")
_UNUSED_FILES = ("_testcapi*", "*.pyi", "py.typed", "*.pyx", "*.pxd", "*.pxi", "*.c", "*.h")


def install(lock: Path, runtime: Runtime, target: Path) -> None:
    """Install what ``lock`` pins into ``target``. Raises CannotBuild with what uv says."""
    done = subprocess.run(  # noqa: S603 - the uv that is installed with us
        [find_uv_bin(), "pip", "install", "--quiet", "--no-progress", "--color", "never", "--no-deps",
         "--require-hashes", "--no-build-isolation", "--no-compile-bytecode",
         # a file that is shared with uv's cache would be changed there
         "--link-mode", "copy",
         "--python", sys.executable, "--python-version", runtime.python, "--python-platform", runtime.platform,
         "--target", str(target), "--requirement", str(lock)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        # where no pyproject.toml of another project stands above
        cwd=target, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    if done.returncode:
        raise CannotBuild(f"uv: {_reason(done.stderr)}")
    (target / ".lock").unlink(missing_ok=True)  # uv's own


def strip(target: Path) -> None:
    """Remove what no function reads: the dependencies' own tests, type stubs, scripts, sources of compiled modules."""
    for name in _UNUSED_FOLDERS:
        for folder in [path for path in target.rglob(name) if path.is_dir()]:
            shutil.rmtree(folder, ignore_errors=True)  # a folder inside one already removed is gone
    for pattern in _UNUSED_FILES:
        for file in list(target.rglob(pattern)):
            file.unlink()


def _reason(output: str) -> str:
    """In one line what uv says: each line but the hints of other options."""
    lines = [line.strip() for line in output.partition("\nhint:")[0].splitlines()]
    return " ".join(line for line in lines if line).removeprefix("error: ") or "failed without a word"
