"""The pinned dependencies of a function, installed for the runtime's platform instead of this machine's.

The locks hold every hash. A dependency that its makers publish as source only is built here with the pinned
setuptools, and accepted when the result is pure Python; a wheel for any other platform is refused.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from email.parser import HeaderParser
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, parse_tag

from refresh_watch_cli.build.refusal import CannotBuild
from refresh_watch_cli.build.runtimes import Runtime

_UNUSED_FOLDERS = ("tests", "test", "__pycache__", "bin")
_UNUSED_FILES = ("_testcapi*", "*.pyi", "py.typed", "*.pyx", "*.pxd", "*.pxi", "*.c", "*.h")


def requirements_for(lock: str, runtime: Runtime) -> list[str]:
    """The lines of a lock that hold for the runtime, without markers.

    pip answers markers for the interpreter that runs it, even when it installs for another: so we do.
    Raises CannotBuild on a line that is not pinned and hashed.
    """
    lines = []
    for line in lock.replace("\\\n", " ").splitlines():
        text = line.partition(" #")[0].strip()
        if not text or text.startswith("#"):
            continue
        pin, *hashes = [part.strip() for part in text.split("--hash=")]
        try:
            requirement = Requirement(pin)
        except InvalidRequirement:
            raise CannotBuild(f"requirements.txt: '{pin}' is no requirement") from None
        if not hashes or not str(requirement.specifier).startswith("=="):
            raise CannotBuild(f"requirements.txt: '{pin}' is not pinned with == and a hash; run `make lock`")
        if requirement.marker is None or requirement.marker.evaluate(runtime.markers):
            extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
            pinned = f"{requirement.name}{extras}{requirement.specifier}"
            lines.append(" ".join([pinned, *(f"--hash={value}" for value in hashes)]))
    return lines


def install(requirements: list[str], runtime: Runtime, target: Path) -> None:
    """Install into ``target``. Raises CannotBuild with pip's own last word."""
    if not requirements:
        return
    with TemporaryDirectory(prefix="refresh-watch-build-") as scratch:
        lock = Path(scratch) / "requirements.txt"
        lock.write_text("\n".join(requirements) + "\n", encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own interpreter's pip
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-compile", "--no-deps",
             "--require-hashes", "--no-build-isolation", "--disable-pip-version-check", "--root-user-action=ignore",
             "--target", str(target), *_platform(runtime), "--requirement", str(lock)],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
            # users' own settings such as `user = true` contradict --target
            env={**os.environ, "PIP_USER": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line] or done.stderr.splitlines()[-1:]
        raise CannotBuild("pip: " + (errors[-1].removeprefix("ERROR: ").strip() if errors else "failed without a word"))
    _check_tags(target, runtime)


def strip(target: Path) -> None:
    """Remove what no function reads: the dependencies' own tests, type stubs, scripts, sources of compiled modules."""
    for name in _UNUSED_FOLDERS:
        for folder in [path for path in target.rglob(name) if path.is_dir()]:
            shutil.rmtree(folder, ignore_errors=True)  # a folder inside one already removed is gone
    for pattern in _UNUSED_FILES:
        for file in list(target.rglob(pattern)):
            file.unlink()


def _platform(runtime: Runtime) -> list[str]:
    arguments = ["--python-version", runtime.python, "--implementation", "cp"]
    for abi in runtime.abis:
        arguments += ["--abi", abi]
    for platform in runtime.platforms:
        arguments += ["--platform", platform]
    return arguments


def _check_tags(target: Path, runtime: Runtime) -> None:
    """pip trusts a wheel that it built itself from source, whatever platform that came out for."""
    loaded = _loaded_by(runtime)
    for wheel in sorted(target.glob("*.dist-info/WHEEL")):
        tags = HeaderParser().parsestr(wheel.read_text(encoding="utf-8")).get_all("Tag", [])
        if not any(tag in loaded for text in tags for tag in parse_tag(text)):
            name = wheel.parent.name.removesuffix(".dist-info")
            raise CannotBuild(f"{name} is built for {', '.join(tags) or 'nothing'}, which {runtime.name} cannot load")


def _loaded_by(runtime: Runtime) -> frozenset[Tag]:
    platforms = [*runtime.platforms, "manylinux2010_x86_64", "manylinux1_x86_64", "manylinux_2_12_x86_64"]
    platforms.append("manylinux_2_5_x86_64")
    interpreter = f"cp{runtime.version[0]}{runtime.version[1]}"
    return frozenset(
        [
            *cpython_tags(runtime.version, abis=[interpreter], platforms=platforms),
            *compatible_tags(runtime.version, interpreter=interpreter, platforms=platforms),
        ]
    )
