"""What is done with an interpreter of the runtime: it compiles a package, and measures what its main job imports.

A cold start without .pyc takes about three times as long. It is measured with the package alone on the path.
Where no interpreter of the runtime's version is here, this one measures, and takes from its own set-up the compiled
modules that are built for another version: near the truth, and shown as such.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from refresh_watch_cli.build.runtimes import CannotBuild, Runtime

ALONE = "index"
MAIN_JOBS: Mapping[str, str] = {
    "intake": "import index, refresh_watch.function_compute.client",
    "watch": (
        "import index, refresh_watch.function_compute.client; from refresh_watch.model import Product; "
        "from refresh_watch.credentials import Credentials; from refresh_watch.settings import Secret, Settings; "
        "from refresh_watch.products.connect import connect; "
        "connect(Product.CDN, Settings(), Credentials('id', Secret('secret')))"
    ),
    "notify": "import index, refresh_watch.function_compute.client",
}
"""A watch started; a look at CDN and the next hop; a report to its channels. Of any other function its entry alone."""

_RUNS = 2
_PATIENCE = 60
_PROGRAM = """
import sys, time
sys.path[:0] = [sys.argv[1]]
sys.path += sys.argv[2:]
began = time.process_time()
{}
print(time.process_time() - began)
"""

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
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@dataclass(frozen=True)
class Imports:
    """`milliseconds` of CPU, the least of a few runs; None when they could not be told, and `why`.

    `by_another`: measured by an interpreter of another version than the runtime's.
    """

    milliseconds: float | None
    by_another: bool = False
    why: str = ""


def imports_of(package: Path, interpreter: Path | None) -> Imports:
    """Measure, with the runtime's own interpreter or else with this one.

    Raises CannotBuild when the runtime's own cannot import the package: Function Compute's could not either.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return Imports(None, why=f"this machine is no x86_64 Linux but {platform.machine()} {platform.system()}")
    own_modules = [] if interpreter else [sysconfig.get_path("platlib")]
    program = _PROGRAM.format(MAIN_JOBS.get(package.name, f"import {ALONE}"))
    least: float | None = None
    for _ in range(_RUNS):
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter
                [str(interpreter or sys.executable), "-I", "-S", "-B", "-c", program, str(package), *own_modules],
                capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=_PATIENCE,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Imports(None, why=f"not done within {_PATIENCE} s")
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
            # a library that this machine cannot load says nothing of the runtime
            if interpreter and not last[0].startswith("ImportError") and done.returncode == 1:
                raise CannotBuild(f"{package.name}: the package cannot be imported: {last[0]}")
            return Imports(None, why=last[0])
        seconds = float(done.stdout.split()[-1])
        least = seconds if least is None else min(least, seconds)
    return Imports(None if least is None else least * 1000, by_another=interpreter is None)
