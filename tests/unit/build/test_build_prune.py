"""Which distributions a package keeps: what an import reaches, and what cannot be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refresh_watch_cli.build.prune import leave_out
from refresh_watch_cli.build.runtimes import runtime_named
from tests.unit.build.conftest import install_lines

if TYPE_CHECKING:
    from tests.unit.build.conftest import Shelf

RUNTIME = runtime_named("python3.12")


def left(folder: Path, lines: list[str], *imported: str) -> list[str]:
    """Install, leave out what the imports do not reach, and answer how that is shown."""
    install_lines(lines, RUNTIME, folder)
    return [str(one) for one in leave_out(folder, imported)]


def test_imports_are_followed_through_distributions_and_into_functions(tmp_path: Path, shelf: Shelf) -> None:
    lines = [
        shelf.wheel("first", files={"__init__.py": "", "deep.py": "def late():\n    from second.part import name"}),
        shelf.wheel("second", files={"part.py": "try:\n    import third\nexcept ImportError:\n    third = None"}),
        shelf.wheel("third", needs=["fourth"]),
        shelf.wheel("fourth"),
    ]
    assert left(tmp_path / "out", lines, "first") == ["fourth 1.0"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("first", "first-1.0.dist-info", "second", "second-1.0.dist-info", "third", "third-1.0.dist-info")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import other",
        "from . import other",
        '"""Do not import other."""\nother = 1',
    ],
)
def test_a_name_that_is_only_mentioned_is_no_import(tmp_path: Path, shelf: Shelf, text: str) -> None:
    lines = [shelf.wheel("first", files={"__init__.py": text, "other.py": ""}), shelf.wheel("other")]
    assert left(tmp_path / "out", lines, "first") == ["other 1.0"]


@pytest.mark.parametrize(
    "text",
    [
        "import importlib\ndef load(name):\n    return importlib.import_module(name)",
        "def load(name):\n    return __import__(name)",
        "exec(input())",
        "this is not Python that this Python reads, and speaks of eval",
    ],
)
def test_where_names_cannot_be_told_all_that_is_declared_stays(tmp_path: Path, shelf: Shelf, text: str) -> None:
    lines = [
        shelf.wheel("first", files={"__init__.py": text}, needs=["declared"]),
        shelf.wheel("declared"),
        shelf.wheel("idle"),
    ]
    assert left(tmp_path / "out", lines, "first") == ["idle 1.0"]


@pytest.mark.parametrize(
    ("tag", "files", "gone"),
    [
        ("py3-none-any", {"__init__.py": "import importlib\nimportlib.import_module('named.part')"}, "declared 1.0"),
        ("cp312-cp312-manylinux_2_17_x86_64", {"__init__.py": "", "fast.abi3.so": "\x7fELF"}, "named 1.0"),
    ],
)
def test_a_name_that_stands_in_the_source_brings_only_itself_and_a_compiled_module_all_that_is_declared(
    tmp_path: Path, shelf: Shelf, tag: str, files: dict[str, str], gone: str
) -> None:
    lines = [shelf.wheel("first", tag, files, needs=["declared"]), shelf.wheel("declared"), shelf.wheel("named")]
    assert left(tmp_path / "out", lines, "first") == [gone]


def test_the_half_of_cffi_that_only_makes_bindings_goes_and_the_one_that_runs_them_stays(
    tmp_path: Path, shelf: Shelf
) -> None:
    tag = "cp312-cp312-manylinux_2_17_x86_64"
    runs = {"_cffi_backend.cpython-312-x86_64-linux-gnu.so": "\x7fELF"}
    bindings = {"__init__.py": "", "hazmat/bindings/_rust.abi3.so": "\x7fELF"}
    lines = [
        shelf.wheel("cryptography", tag, bindings, needs=["cffi"]),
        shelf.wheel(
            "cffi", tag, {"__init__.py": "", "parser.py": "import pycparser"}, beside=runs, needs=["pycparser"]
        ),
        shelf.wheel("pycparser"),
    ]
    assert left(tmp_path / "out", lines, "cryptography") == ["cffi 1.0 (all but _cffi_backend)", "pycparser 1.0"]
    assert not (tmp_path / "out/cffi").exists()
    assert (tmp_path / "out" / next(iter(runs))).is_file()
    assert (tmp_path / "out/cffi-1.0.dist-info").is_dir()


def test_what_holds_nothing_to_import_stays(tmp_path: Path, shelf: Shelf) -> None:
    lines = [shelf.wheel("first"), shelf.wheel("data", files={"__init__.py": ""}, beside={"words.txt": ""})]
    assert left(tmp_path / "out", lines, "first", "data") == []
