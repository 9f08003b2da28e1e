"""What is installed for a runtime that is not this machine's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refresh_watch_cli.build.dependencies import strip
from refresh_watch_cli.build.runtimes import CannotBuild, runtime_named
from tests.unit.build.conftest import install_lines

if TYPE_CHECKING:
    from tests.unit.build.conftest import Shelf

OLD = runtime_named("python3.10")
NEW = runtime_named("python3.12")
HASH = "--hash=sha256:" + "0" * 64


def test_markers_are_answered_for_the_runtime_and_not_for_this_python(tmp_path: Path, shelf: Shelf) -> None:
    lines = [
        shelf.wheel("old").replace(" ", " ; python_full_version < '3.11' ", 1),
        shelf.wheel("new").replace(" ", " ; python_full_version >= '3.11' ", 1),
        shelf.wheel("other").replace(" ", " ; sys_platform == 'win32' ", 1),
    ]
    for runtime, name in ((OLD, "old"), (NEW, "new")):
        install_lines(lines, runtime, tmp_path / runtime.name)
        assert [path.parent.name for path in (tmp_path / runtime.name).glob("*/__init__.py")] == [name]


@pytest.mark.parametrize("line", ["plain==1.0", f"plain>=1 {HASH}", f"plain {HASH}"])
def test_a_line_without_pin_or_hash_is_refused(tmp_path: Path, shelf: Shelf, line: str) -> None:
    shelf.wheel("plain")
    with pytest.raises(CannotBuild, match=r"uv: .*plain"):
        install_lines([line], NEW, tmp_path / "out")


def test_a_wheel_of_the_runtimes_own_tag_is_taken_for_each(tmp_path: Path, shelf: Shelf) -> None:
    lines = {
        OLD: shelf.wheel("fast", "cp310-cp310-manylinux_2_17_x86_64", {"__init__.py": "made_for = '3.10'"}),
        NEW: shelf.wheel("fast", "cp312-cp312-manylinux_2_28_x86_64", {"__init__.py": "made_for = '3.12'"}),
    }
    hashes = " ".join(line.partition(" ")[2] for line in lines.values())
    for runtime in lines:
        target = tmp_path / runtime.name
        install_lines([f"fast==1.0 {hashes}"], runtime, target)
        assert (target / "fast/__init__.py").read_text(encoding="utf-8") == f"made_for = '{runtime.python}'"


def test_a_wheel_that_needs_a_newer_glibc_is_refused(tmp_path: Path, shelf: Shelf) -> None:
    line = shelf.wheel("fresh", "cp310-cp310-manylinux_2_31_x86_64")
    with pytest.raises(CannotBuild, match=r"uv: .*fresh"):
        install_lines([line], OLD, tmp_path / "out")


def test_a_changed_file_is_refused_by_its_hash(tmp_path: Path, shelf: Shelf) -> None:
    shelf.wheel("plain")
    with pytest.raises(CannotBuild, match=r"(?i)hash"):
        install_lines([f"plain==1.0 {HASH}"], NEW, tmp_path / "out")


def test_a_dependency_published_as_source_only_is_built_when_it_is_pure(tmp_path: Path, shelf: Shelf) -> None:
    install_lines([shelf.source("pure")], NEW, tmp_path / "out")
    assert (tmp_path / "out/pure/__init__.py").is_file()


def test_a_wheel_built_here_for_this_machine_only_is_refused(tmp_path: Path, shelf: Shelf) -> None:
    # a distribution that says it holds compiled code gets the platform's tag, whether a compiler runs or not
    setup = ", distclass=type('D', (__import__('setuptools').Distribution,), {'has_ext_modules': lambda self: True})"
    with pytest.raises(CannotBuild, match=r"uv: .*native"):
        install_lines([shelf.source("native", setup)], NEW, tmp_path / "out")


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
    install_lines([shelf.wheel("big", files=files)], NEW, tmp_path / "out")
    strip(tmp_path / "out")
    left = {path.relative_to(tmp_path / "out/big").as_posix() for path in (tmp_path / "out/big").rglob("*.*")}
    assert left == {"__init__.py", "data.bin"}
