"""What is installed for a runtime that is not this machine's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refresh_watch_cli.build.refusal import CannotBuild
from refresh_watch_cli.build.runtimes import runtime_named
from refresh_watch_cli.build.wheels import install, requirements_for, strip

if TYPE_CHECKING:
    from tests.unit.build.conftest import Shelf

OLD = runtime_named("python3.10")
NEW = runtime_named("python3.12")
HASH = "--hash=sha256:" + "0" * 64


def test_markers_are_answered_for_the_runtime_and_not_for_this_python() -> None:
    lock = f"""
a==1 ; python_full_version < '3.11' \\
    {HASH}
a==2 ; python_full_version >= '3.11' \\
    {HASH} \\
    {HASH}
b==1 ; sys_platform == 'win32' \\
    {HASH}
"""
    assert requirements_for(lock, OLD) == [f"a==1 {HASH}"]
    assert requirements_for(lock, NEW) == [f"a==2 {HASH} {HASH}"]


@pytest.mark.parametrize("line", ["a==1", f"a>=1 {HASH}", f"a {HASH}"])
def test_a_line_without_pin_or_hash_is_refused(line: str) -> None:
    with pytest.raises(CannotBuild, match="make lock"):
        requirements_for(line, NEW)


def test_a_wheel_of_the_runtimes_own_tag_is_taken_for_each(tmp_path: Path, shelf: Shelf) -> None:
    lines = {
        OLD: shelf.wheel("fast", "cp310-cp310-manylinux_2_17_x86_64", {"__init__.py": "made_for = '3.10'"}),
        NEW: shelf.wheel("fast", "cp312-cp312-manylinux_2_28_x86_64", {"__init__.py": "made_for = '3.12'"}),
    }
    hashes = " ".join(line.partition(" ")[2] for line in lines.values())
    for runtime in lines:
        target = tmp_path / runtime.name
        install([f"fast==1.0 {hashes}"], runtime, target)
        assert (target / "fast/__init__.py").read_text(encoding="utf-8") == f"made_for = '{runtime.python}'"


def test_a_wheel_that_needs_a_newer_glibc_is_refused(tmp_path: Path, shelf: Shelf) -> None:
    line = shelf.wheel("fresh", "cp310-cp310-manylinux_2_31_x86_64")
    with pytest.raises(CannotBuild, match=r"pip: .*fresh"):
        install([line], OLD, tmp_path / "out")


def test_a_changed_file_is_refused_by_its_hash(tmp_path: Path, shelf: Shelf) -> None:
    shelf.wheel("plain")
    with pytest.raises(CannotBuild, match=r"(?i)hash"):
        install([f"plain==1.0 {HASH}"], NEW, tmp_path / "out")


def test_a_dependency_published_as_source_only_is_built_when_it_is_pure(tmp_path: Path, shelf: Shelf) -> None:
    install([shelf.source("pure")], NEW, tmp_path / "out")
    assert (tmp_path / "out/pure/__init__.py").is_file()


def test_a_wheel_built_here_for_this_machine_only_is_refused(tmp_path: Path, shelf: Shelf) -> None:
    # a distribution that says it holds compiled code gets the platform's tag, whether a compiler runs or not
    setup = ", distclass=type('D', (__import__('setuptools').Distribution,), {'has_ext_modules': lambda self: True})"
    with pytest.raises(CannotBuild, match=r"native-1\.0 is built for .*, which python3\.\d+ cannot load"):
        install([shelf.source("native", setup)], NEW, tmp_path / "out")


def test_tests_stubs_scripts_and_sources_of_compiled_modules_are_left_behind(tmp_path: Path, shelf: Shelf) -> None:
    files = {
        "__init__.py": "",
        "core.pyi": "",
        "py.typed": "",
        "fast.pyx": "",
        "tests/test_core.py": "",
        "sub/tests/tests/deep.py": "",
        "data.bin": "x",
    }
    install([shelf.wheel("big", files=files)], NEW, tmp_path / "out")
    strip(tmp_path / "out")
    left = {path.relative_to(tmp_path / "out/big").as_posix() for path in (tmp_path / "out/big").rglob("*.*")}
    assert left == {"__init__.py", "data.bin"}
