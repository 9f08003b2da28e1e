"""Which of our files a function's package gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from refresh_watch_cli.build.imports import closure_of
from refresh_watch_cli.build.runtimes import CannotBuild
from refresh_watch_cli.project import Project

ENTRY = Path("functions/one/index.py")


OURS = {
    "first.py": "def start():\n    from refresh_watch.room import second",
    "room/__init__.py": "",
    "room/near.py": "from . import second\nfrom ..top import name",
    "room/registry.py": 'def get(kind):\n    return import_module(f"{__package__}.{kind}")',
    "room/second.py": "import refresh_watch.base",
    "base.py": "",
    "clients.py": "",
    "top.py": "name = 1",
}
ROOM = {"room/__init__.py", "room/near.py", "room/registry.py", "room/second.py", "base.py", "top.py"}


def project(folder: Path, files: dict[str, str]) -> Project:
    for name, text in {"shared/refresh_watch/__init__.py": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Project(folder, folder / "shared", folder / ".build")


@pytest.mark.parametrize(
    ("entry", "needed"),
    [
        ("from refresh_watch.first import start", {"first.py", "room/__init__.py", "room/second.py", "base.py"}),
        ("import refresh_watch.room.near", ROOM - {"room/registry.py"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import refresh_watch.base\n", set()),
        ('import_module(f"refresh_watch.room.{kind}")', ROOM),
        ('importlib.import_module("refresh_watch.room." + kind)', ROOM),
        ('name = f"refresh_watch.room.{kind}"\nimport_module(name)', ROOM),
        ("import refresh_watch.room.registry", ROOM),
        ("import refresh_watch.clients", {"clients.py"}),  # no room that is never deployed, whatever it begins with
    ],
)
def test_imports_are_followed_into_functions_and_a_room_that_is_loaded_by_name_comes_whole(
    tmp_path: Path, entry: str, needed: set[str]
) -> None:
    files = {f"shared/refresh_watch/{name}": text for name, text in OURS.items()}
    found = closure_of(project(tmp_path, {"functions/one/index.py": entry, **files}), ENTRY).modules
    names = {path.relative_to("refresh_watch").as_posix() for path in found}
    assert names == (needed | {"__init__.py"} if needed else set())


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
