"""Which of our files a function's package gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.cli.build.imports import closure_of
from shared.cli.build.refusal import CannotBuild

ENTRY = Path("functions/one/index.py")


def project(folder: Path, files: dict[str, str]) -> Path:
    for name, text in {"shared/__init__.py": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def modules(folder: Path, files: dict[str, str]) -> set[str]:
    return {path.as_posix() for path in closure_of(project(folder, files), ENTRY).modules}


def test_imports_are_followed_through_modules_and_into_functions(tmp_path: Path) -> None:
    found = modules(
        tmp_path,
        {
            "functions/one/index.py": "from shared.first import start",
            "shared/first.py": "def start():\n    from shared.room import second",
            "shared/room/__init__.py": "",
            "shared/room/second.py": "import shared.third",
            "shared/room/beside.py": "",
            "shared/third.py": "",
            "shared/fourth.py": "",
        },
    )
    room = {"shared/room/__init__.py", "shared/room/second.py"}
    assert found == {"shared/__init__.py", "shared/first.py", "shared/third.py"} | room


def test_relative_imports_are_followed(tmp_path: Path) -> None:
    found = modules(
        tmp_path,
        {
            "functions/one/index.py": "import shared.room.first",
            "shared/room/__init__.py": "",
            "shared/room/first.py": "from . import second\nfrom ..top import name",
            "shared/room/second.py": "",
            "shared/top.py": "name = 1",
        },
    )
    assert {"shared/room/second.py", "shared/top.py"} <= found


def test_imports_for_the_type_checker_only_are_left_out(tmp_path: Path) -> None:
    files = {
        "functions/one/index.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shared.words\n",
        "shared/words.py": "",
    }
    assert modules(tmp_path, files) == set()


@pytest.mark.parametrize(
    "loading",
    [
        'import_module(f"shared.room.{kind}")',
        'importlib.import_module("shared.room." + kind)',
        'name = f"shared.room.{kind}"\nimport_module(name)',
    ],
)
def test_a_room_loaded_by_name_comes_whole(tmp_path: Path, loading: str) -> None:
    files = {
        "functions/one/index.py": loading,
        "shared/room/__init__.py": "",
        "shared/room/first.py": "import shared.base",
        "shared/room/second.py": "",
        "shared/base.py": "",
    }
    room = {"shared/room/__init__.py", "shared/room/first.py", "shared/room/second.py"}
    assert modules(tmp_path, files) == {"shared/__init__.py", "shared/base.py"} | room


def test_a_registry_that_loads_its_own_room_brings_it_whole(tmp_path: Path) -> None:
    files = {
        "functions/one/index.py": "import shared.room.registry",
        "shared/room/__init__.py": "",
        "shared/room/registry.py": 'def get(kind):\n    return import_module(f"{__package__}.{kind}")',
        "shared/room/first.py": "",
    }
    assert "shared/room/first.py" in modules(tmp_path, files)


def test_a_name_that_cannot_be_told_is_refused_with_its_place(tmp_path: Path) -> None:
    folder = project(tmp_path, {"functions/one/index.py": "def load(name):\n    return import_module(name)"})
    with pytest.raises(CannotBuild, match=r"functions/one/index\.py:2: "):
        closure_of(folder, ENTRY)


def test_a_module_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    folder = project(tmp_path, {"functions/one/index.py": "from shared.gone import x"})
    with pytest.raises(CannotBuild, match=r"functions/one/index\.py imports shared\.gone"):
        closure_of(folder, ENTRY)


@pytest.mark.parametrize("room", ["cli", "local"])
def test_a_room_that_is_never_deployed_is_refused_and_says_who_wants_it(tmp_path: Path, room: str) -> None:
    files = {
        "functions/one/index.py": "import shared.middle",
        "shared/middle.py": f"from shared.{room}.main import main",
    }
    folder = project(tmp_path, files)
    with pytest.raises(CannotBuild, match=rf"shared/middle\.py imports shared\.{room}\.main, which is never deployed"):
        closure_of(folder, ENTRY)


def test_a_module_whose_name_only_begins_like_such_a_room_is_welcome(tmp_path: Path) -> None:
    files = {"functions/one/index.py": "import shared.clients", "shared/clients.py": ""}
    assert "shared/clients.py" in modules(tmp_path, files)


def test_other_packages_are_named_with_who_imports_them(tmp_path: Path) -> None:
    files = {"functions/one/index.py": "import json\nimport shared.far", "shared/far.py": "from big.sdk import Client"}
    closure = closure_of(project(tmp_path, files), ENTRY)
    assert dict(closure.packages) == {"json": ENTRY, "big": Path("shared/far.py")}
