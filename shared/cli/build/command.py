"""`refresh-watch build`: its arguments, and what it prints."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from shared.cli.build.environment import check_environment
from shared.cli.build.packages import Package, build, functions_of
from shared.cli.build.runtimes import RUNTIMES, Runtime, runtime_named
from shared.errors import RefreshWatchError
from shared.local.engine.manifest import read_manifest

_ROW = "{:<10} {:<10} {:>6} {:>13} {:>10} {:>10} {:>10}   {}"
_MEGABYTE = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help="folders of functions/ (default: all)")
    names = ", ".join(runtime.name for runtime in RUNTIMES)
    parser.add_argument("--runtime", default="", help=f"{names} (default: the one in s.yaml)")
    parser.add_argument("--project", default=".", type=Path, help="the folder that holds s.yaml (default: this one)")


def run(namespace: argparse.Namespace) -> int:
    """Make the packages and print a line for each. 0, or 2 with one line that says what is wrong."""
    folder: Path = namespace.project.resolve()
    chosen: str = namespace.runtime
    try:
        manifest = read_manifest(folder / "s.yaml", os.environ)

        def runtime_of(name: str) -> Runtime:
            function = manifest.keyed(name)
            if function is not None:
                check_environment(function.name, dict(function.environment))
            return runtime_named(chosen or (function.runtime if function else RUNTIMES[0].name))

        for name in namespace.functions or functions_of(folder):
            runtime_of(name)
        bare: list[Package] = []
        heading = _ROW.format("function", "runtime", "ours", "dependencies", "source", ".pyc", "together", "package")
        lines = [heading]

        def made(package: Package) -> None:
            lines.append(_line(package, folder))
            print("\n".join(lines), flush=True)
            lines.clear()
            if not package.bytecode:
                bare.append(package)

        build(folder, namespace.functions, runtime_of, made)
    except RefreshWatchError as error:
        print(f"refresh-watch build: {error}", file=sys.stderr)
        return 2
    for version in sorted({package.runtime.removeprefix("python") for package in bare}):
        print(
            f"note: no python{version} on this machine, so these packages hold no .pyc: they work, "
            "and each cold start takes about 0.8 s longer"
        )
    return 0


def _line(package: Package, folder: Path) -> str:
    return _ROW.format(
        package.function,
        package.runtime,
        package.modules,
        package.dependencies,
        _megabytes(package.source),
        _megabytes(package.bytecode),
        _megabytes(package.size),
        package.folder.relative_to(folder),
    )


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f} MB" if size else "-"
