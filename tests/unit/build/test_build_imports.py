"""Which of our files a function's package gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from refresh_watch_cli.build.imports import closure_of
from refresh_watch_cli.build.runtimes import CannotBuild
from refresh_watch_cli.project import Project

ENTRY = Path("functions/one/index.py")


def project(folder: Path, files: dict[str, str]) -> Project:
    for name, text in {"shared/refresh_watch/__init__.py": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Project(folder, folder / "shared", folder / ".build")


def modules(folder: Path, files: dict[str, str]) -> set[str]:
    return {path.as_posix() for path in closure_of(project(folder, files), ENTRY).modules}


def test_imports_are_followed_through_modules_and_into_functions(tmp_path: Path) -> None:
    found = modules(
        tmp_path,
        {
            "functions/one/index.py": "from refresh_watch.first import start",
            "shared/refresh_watch/first.py": "def start():\n    from refresh_watch.room import second",
            "shared/refresh_watch/room/__init__.py": "",
            "shared/refresh_watch/room/second.py": "import refresh_watch.third",
            "shared/refresh_watch/room/beside.py": "",
            "shared/refresh_watch/third.py": "",
            "shared/refresh_watch/fourth.py": "",
        },
    )
    room = {"refresh_watch/room/__init__.py", "refresh_watch/room/second.py"}
    assert found == {"refresh_watch/__init__.py", "refresh_watch/first.py", "refresh_watch/third.py"} | room


def test_relative_imports_are_followed(tmp_path: Path) -> None:
    found = modules(
        tmp_path,
        {
            "functions/one/index.py": "import refresh_watch.room.first",
            "shared/refresh_watch/room/__init__.py": "",
            "shared/refresh_watch/room/first.py": "from . import second\nfrom ..top import name",
            "shared/refresh_watch/room/second.py": "",
            "shared/refresh_watch/top.py": "name = 1",
        },
    )
    assert {"refresh_watch/room/second.py", "refresh_watch/top.py"} <= found


def test_imports_for_the_type_checker_only_are_left_out(tmp_path: Path) -> None:
    files = {
        "functions/one/index.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import refresh_watch.words\n",
        "shared/refresh_watch/words.py": "",
    }
    assert modules(tmp_path, files) == set()


@pytest.mark.parametrize(
    "loading",
    [
        'import_module(f"refresh_watch.room.{kind}")',
        'importlib.import_module("refresh_watch.room." + kind)',
        'name = f"refresh_watch.room.{kind}"\nimport_module(name)',
    ],
)
def test_a_room_loaded_by_name_comes_whole(tmp_path: Path, loading: str) -> None:
    files = {
        "functions/one/index.py": loading,
        "shared/refresh_watch/room/__init__.py": "",
        "shared/refresh_watch/room/first.py": "import refresh_watch.base",
        "shared/refresh_watch/room/second.py": "",
        "shared/refresh_watch/base.py": "",
    }
    room = {"refresh_watch/room/__init__.py", "refresh_watch/room/first.py", "refresh_watch/room/second.py"}
    assert modules(tmp_path, files) == {"refresh_watch/__init__.py", "refresh_watch/base.py"} | room


def test_a_registry_that_loads_its_own_room_brings_it_whole(tmp_path: Path) -> None:
    files = {
        "functions/one/index.py": "import refresh_watch.room.registry",
        "shared/refresh_watch/room/__init__.py": "",
        "shared/refresh_watch/room/registry.py": 'def get(kind):\n    return import_module(f"{__package__}.{kind}")',
        "shared/refresh_watch/room/first.py": "",
    }
    assert "refresh_watch/room/first.py" in modules(tmp_path, files)


@pytest.mark.parametrize(
    ("entry", "middle", "told"),
    [
        ("def load(name):\n    return import_module(name)", "", r"functions/one/index\.py:2: "),
        ("from refresh_watch.gone import x", "", r"functions/one/index\.py imports refresh_watch\.gone"),
        *(
            (
                "import refresh_watch.middle",
                f"from {room}.main import main",
                rf"refresh_watch/middle\.py imports {room}\.main, which is never deployed",
            )
            for room in ("refresh_watch_cli", "refresh_watch_emulator")
        ),
    ],
)
def test_what_cannot_be_told_is_not_there_or_never_deployed_is_refused_with_its_place(
    tmp_path: Path, entry: str, middle: str, told: str
) -> None:
    made = project(tmp_path, {"functions/one/index.py": entry, "shared/refresh_watch/middle.py": middle})
    with pytest.raises(CannotBuild, match=told):
        closure_of(made, ENTRY)


def test_a_module_whose_name_only_begins_like_such_a_room_is_welcome(tmp_path: Path) -> None:
    files = {"functions/one/index.py": "import refresh_watch.clients", "shared/refresh_watch/clients.py": ""}
    assert "refresh_watch/clients.py" in modules(tmp_path, files)


def test_other_packages_are_named_with_who_imports_them(tmp_path: Path) -> None:
    files = {
        "functions/one/index.py": "import json\nimport refresh_watch.far",
        "shared/refresh_watch/far.py": "from big.sdk import Client",
    }
    closure = closure_of(project(tmp_path, files), ENTRY)
    assert dict(closure.packages) == {"json": ENTRY, "big": Path("refresh_watch/far.py")}


def test_what_calls_the_products_needs_the_sdk_of_each(tmp_path: Path) -> None:
    files = {
        "functions/one/index.py": "import refresh_watch.products.sdk",
        "shared/refresh_watch/products/sdk.py": 'def client(spec):\n    return import_module(f"{spec.sdk}.client")',
        "shared/refresh_watch/product_specs/cdn.py": 'SPEC = ProductSpec(sdk="first_sdk")',
        "shared/refresh_watch/product_specs/dcdn.py": 'SPEC = ProductSpec(sdk="second_sdk")',
    }
    found = closure_of(project(tmp_path, files), Path("functions/one/index.py"))
    assert {"first_sdk", "second_sdk"} <= {name for name, _ in found.packages}
