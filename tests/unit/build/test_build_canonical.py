"""What is the same in every build: records, modes, times, and the digest."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refresh_watch_cli.build.canonical import digest_of, reduce_records, settle
from refresh_watch_cli.build.runtimes import runtime_named
from tests.unit.build.conftest import install_lines

if TYPE_CHECKING:
    from tests.unit.build.conftest import Shelf


def installed(folder: Path, info: str, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / info / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / info / name).write_text(text, encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_wheel_leaves_the_same_records_whichever_setuptools_built_it(tmp_path: Path) -> None:
    former = installed(
        tmp_path / "former",
        "Some.Thing-1.0.dist-info",
        {
            "METADATA": "Metadata-Version: 2.1\nName: Some.Thing\nVersion: 1.0\nLicense: MIT\nAuthor: x\n\nLong text",
            "WHEEL": "Generator: bdist_wheel (0.38.4)\n",
            "top_level.txt": "some_thing\n",
            "LICENSE": "do as you like",
            "entry_points.txt": "[some.group]\nname = some_thing:Thing\n",
        },
    )
    later = installed(
        tmp_path / "later",
        "some_thing-1.0.dist-info",
        {
            "METADATA": "Metadata-Version: 2.4\nName: Some.Thing\nVersion: 1.0\nLicense-File: LICENSE\nLicense: MIT\n",
            "WHEEL": "Generator: setuptools (84.2.1)\n",
            "RECORD": "",
            "sboms/bill.json": "{}",
            "licenses/LICENSE": "do as you like",
            "entry_points.txt": "[some.group]\nname = some_thing:Thing\n",
        },
    )
    for folder in (former, later):
        reduce_records(folder)
    assert tree(former) == tree(later)
    assert set(tree(later)) == {
        f"some_thing-1.0.dist-info/{name}" for name in ("METADATA", "entry_points.txt", "licenses/LICENSE")
    }


def test_version_and_entry_points_can_still_be_asked(tmp_path: Path, shelf: Shelf) -> None:
    info = {"thing-1.0.dist-info/entry_points.txt": "[some.group]\nname = thing:Thing\n"}
    install_lines([shelf.wheel("thing", beside=info)], runtime_named("python3.12"), tmp_path / "out")
    reduce_records(tmp_path / "out")
    (found,) = importlib.metadata.distributions(path=[str(tmp_path / "out")])
    assert (found.name, found.version) == ("thing", "1.0")
    assert [entry.value for entry in found.entry_points] == ["thing:Thing"]


def test_modes_and_times_are_settled_for_files_and_folders(tmp_path: Path) -> None:
    package = installed(tmp_path, "package", {"a.py": "", "room/b.so": ""}) / "package"
    (package / "a.py").chmod(0o600)
    (package / "room").chmod(0o777)
    settle(package)
    modes = {path.name: oct(path.stat().st_mode & 0o7777) for path in [package, *package.rglob("*")]}
    assert modes == {"package": "0o755", "a.py": "0o644", "room": "0o755", "b.so": "0o644"}
    assert {path.stat().st_mtime for path in [package, *package.rglob("*")]} == {315_619_200}


@pytest.mark.parametrize("change", ["content", "name", "mode", "cut elsewhere"])
def test_the_digest_tells_what_differs(tmp_path: Path, change: str) -> None:
    folder = installed(tmp_path, "package", {"a.py": "one", "b.py": "two"}) / "package"
    before = digest_of(folder)
    if change == "content":
        (folder / "a.py").write_text("eno", encoding="utf-8")
    elif change == "name":
        (folder / "a.py").rename(folder / "c.py")
    elif change == "mode":
        (folder / "a.py").chmod(0o755)
    else:
        (folder / "a.py").write_text("onet", encoding="utf-8")
        (folder / "b.py").write_text("wo", encoding="utf-8")
    assert digest_of(folder) != before
