"""How large the packages are and what they import, with .pyc and without, beside a package of everything.

The package of everything holds all that the functions' requirements bring and all of ours, as a plain `pip install -t`
beside the sources does. All are built in this run for every runtime whose interpreter is here, and measured with
nothing else on the path, in turn; the times are CPU, the least of several.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from refresh_watch_cli.build.dependencies import install
from refresh_watch_cli.build.interpreter import compile_package, imports_of, interpreter_of
from refresh_watch_cli.build.packages import build
from refresh_watch_cli.build.runtimes import RUNTIMES, Runtime
from refresh_watch_cli.project import find_project
from tests.deploy.package_house import RUNNABLE, copy_of_project
from tests.performance.table import Check, at_most, print_table

FUNCTIONS = ("intake", "notify", "watch")
EVERYTHING = "everything, as"
ROUNDS = 3
_MEGABYTE = 1_000_000


@dataclass
class _Row:
    name: str
    folder: Path  # named like the function
    dependencies: int
    source: int = 0
    bytecode: int = 0
    zipped: int = 0
    compiled: float = float("inf")  # milliseconds
    bare: float = float("inf")

    @property
    def together(self) -> int:
        return self.source + self.bytecode


def main(quick: bool) -> list[Check]:
    """Print a table for each runtime; answers whether every package is smaller than one of everything."""
    checks: list[Check] = []
    for runtime in RUNTIMES:
        interpreter = interpreter_of(runtime)
        if interpreter is None or not RUNNABLE:
            print(f"\nPackages for {runtime.name}: not measured, there is no interpreter for them here")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            rows = _built(Path(scratch), runtime, interpreter)
            _measure(rows, interpreter, 1 if quick else ROUNDS)
        _print(runtime, rows)
        for function in FUNCTIONS:
            mine, other = (next(row for row in rows if row.name == name) for name in (function, _other(function)))
            claim = f"{function} for {runtime.name}: its size beside that of everything"
            checks.append(at_most(claim, mine.together / _MEGABYTE, other.together / _MEGABYTE, " MB"))
    return checks


def _other(function: str) -> str:
    return f"{EVERYTHING} {function}"


def _built(scratch: Path, runtime: Runtime, interpreter: Path) -> list[_Row]:
    project = copy_of_project(scratch / "project")
    made = build(find_project(project), FUNCTIONS, lambda function: runtime)
    rows = [_Row(package.function, package.folder, package.dependencies) for package in made]
    everything = _everything(project, runtime, scratch / "everything")
    for function in FUNCTIONS:
        folder = scratch / "everything-as" / function
        shutil.copytree(everything, folder)
        shutil.copy(project / "functions" / function / "index.py", folder / "index.py")
        compile_package(folder, interpreter)
        rows.append(_Row(_other(function), folder, len(list(folder.glob("*.dist-info")))))
    return rows


def _everything(project: Path, runtime: Runtime, folder: Path) -> Path:
    folder.mkdir()
    for name in FUNCTIONS:
        install(project / "functions" / name / "requirements.txt", runtime, folder)
    shutil.copytree(project / "shared" / "refresh_watch", folder / "refresh_watch")
    return folder


def _measure(rows: list[_Row], interpreter: Path, rounds: int) -> None:
    for row in rows:
        files = [file for file in row.folder.rglob("*") if file.is_file()]
        row.bytecode = sum(file.stat().st_size for file in files if file.suffix == ".pyc")
        row.source = sum(file.stat().st_size for file in files) - row.bytecode
        row.zipped = _zipped(row.folder, files)
    for _ in range(rounds):
        for row in rows:
            row.compiled = min(row.compiled, imports_of(row.folder, interpreter).milliseconds or row.compiled)
    for row in rows:
        for file in list(row.folder.rglob("*.pyc")):
            file.unlink()
    for _ in range(rounds):
        for row in rows:
            row.bare = min(row.bare, imports_of(row.folder, interpreter).milliseconds or row.bare)


def _zipped(folder: Path, files: list[Path]) -> int:
    """What is uploaded."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                archive.write(path, path.relative_to(folder))
        return file.tell()


def _print(runtime: Runtime, rows: list[_Row]) -> None:
    heads = (
        "package",
        "dependencies",
        "source MB",
        ".pyc MB",
        "together MB",
        "zipped MB",
        "imports ms",
        "without .pyc",
    )
    cells: list[tuple[str | float, ...]] = [
        (
            row.name,
            row.dependencies,
            *(f"{size / _MEGABYTE:.1f}" for size in (row.source, row.bytecode, row.together, row.zipped)),
            f"{row.compiled:.0f}",
            f"{row.bare:.0f}",
        )
        for row in rows
    ]
    print_table(f"Packages for {runtime.name}, and what a cold start of each imports (CPU)", heads, cells)
