"""`refresh-watch build`: its arguments, and what it prints."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from refresh_watch.errors import RefreshWatchError
from refresh_watch_cli.build.packages import Package, build, functions_of
from refresh_watch_cli.build.runtimes import RUNTIMES, Runtime, runtime_named
from refresh_watch_cli.project import Project, find_project
from refresh_watch_cli.resources import check_environment
from refresh_watch_emulator.engine.manifest import read_manifest

_ROW = "{:<10} {:<10} {:>5} {:>13} {:>8} {:>8} {:>9} {:>9}  {:<12}  {}"
_HEADS = ("ours", "dependencies", "source", ".pyc", "together", "imports", "digest", "package")
_MEGABYTE = 1_000_000
_SHOWN = 12
"""Hex digits of a digest."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help="folders of functions/ (default: all)")
    names = ", ".join(runtime.name for runtime in RUNTIMES)
    parser.add_argument("--runtime", default="", help=f"{names} (default: the one in s.yaml)")
    parser.add_argument("--project", type=Path, help="the folder that holds s.yaml (default: this one)")


def run(namespace: argparse.Namespace) -> int:
    """Make the packages and print a line for each. 0, or 2 with one line that says what is wrong."""
    try:
        build_packages(find_project(namespace.project), os.environ, namespace.functions, namespace.runtime)
    except RefreshWatchError as error:
        print(f"refresh-watch build: {error}", file=sys.stderr)
        return 2
    return 0


def build_packages(
    project: Project, environment: Mapping[str, str], functions: Sequence[str] = (), runtime: str = ""
) -> None:
    """Make the packages, for `runtime` or else what s.yaml says, and print a line for each.

    Raises BadInput and CannotBuild; what the deployed functions could not read is found before anything is built.
    """
    manifest = read_manifest(project.manifest, environment)

    def runtime_of(name: str) -> Runtime:
        function = manifest.keyed(name)
        if function is not None:
            check_environment(function.name, dict(function.environment))
        return runtime_named(runtime or (function.runtime if function else RUNTIMES[0].name))

    for name in functions or functions_of(project):
        runtime_of(name)
    packages: list[Package] = []
    for package in build(project, functions, runtime_of):
        if not packages:
            print(_ROW.format("function", "runtime", *_HEADS))
        print(_line(package, project.output.parent), flush=True)
        packages.append(package)
    print("\n".join(_notes(packages)), flush=True)


def _line(package: Package, folder: Path) -> str:
    imports = package.imports
    return _ROW.format(
        package.function,
        package.runtime,
        package.modules,
        package.dependencies,
        _megabytes(package.source),
        _megabytes(package.bytecode),
        _megabytes(package.size),
        "-" if imports.milliseconds is None else f"{'~' if imports.by_another else ''}{imports.milliseconds:.0f} ms",
        package.digest[:_SHOWN],
        package.folder.relative_to(folder),
    )


def _notes(packages: Sequence[Package]) -> Iterator[str]:
    """What the table cannot say, a line each."""
    yield "imports: CPU time of what a cold start imports for its main job; digest: equal bytes have the same"
    for left_out in dict.fromkeys(package.left_out for package in packages if package.left_out):
        functions = ", ".join(package.function for package in packages if package.left_out == left_out)
        yield f"left out of {functions}, since nothing imports it: {', '.join(map(str, left_out))}"
    for python in sorted({package.runtime.removeprefix("python") for package in packages if not package.bytecode}):
        yield (
            f"note: no python{python} on this machine, so these packages hold no .pyc: they work, "
            "and each cold start takes about three times as long"
        )
    if any(package.imports.by_another for package in packages):
        here = ".".join(map(str, sys.version_info[:2]))
        yield f"note: imports marked ~ were measured by python{here}, with its own compiled modules"
    for why in dict.fromkeys(package.imports.why for package in packages if package.imports.why):
        yield f"note: imports could not be measured here: {why}"


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f} MB" if size else "-"
