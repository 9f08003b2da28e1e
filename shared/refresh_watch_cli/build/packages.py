"""Function by function: what belongs in its package, put together in the project's `.build/<name>`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from refresh_watch.errors import BadInput
from refresh_watch_cli.build.canonical import digest_of, reduce_records, settle
from refresh_watch_cli.build.dependencies import install, strip
from refresh_watch_cli.build.imports import ROOT, Closure, closure_of
from refresh_watch_cli.build.interpreter import Imports, compile_package, imports_of, interpreter_of
from refresh_watch_cli.build.prune import LeftOut, leave_out
from refresh_watch_cli.build.runtimes import CannotBuild, Runtime
from refresh_watch_cli.project import Project

_DATA = (".json", ".html", ".yaml", ".css", ".js", ".svg")


@dataclass(frozen=True)
class Package:
    """One package that was made. Sizes in bytes."""

    function: str
    runtime: str
    folder: Path
    modules: int  # files of ours, index.py included
    dependencies: int
    source: int
    bytecode: int  # 0 when no interpreter of the runtime's version was at hand
    left_out: tuple[LeftOut, ...]  # of what its requirements bring
    imports: Imports
    digest: str  # of all of it, .pyc included

    @property
    def size(self) -> int:
        return self.source + self.bytecode


def functions_of(project: Project) -> tuple[str, ...]:
    return tuple(sorted(entry.parent.name for entry in (project.folder / "functions").glob("*/index.py")))


def build(project: Project, functions: Sequence[str], runtime_of: Callable[[str], Runtime]) -> Iterator[Package]:
    """Make the package of each function, all when none is named, and answer each as it is ready.

    A package that was there is replaced only when the new one is whole. Raises BadInput on an unknown function and
    CannotBuild when a package would not work.
    """
    known = functions_of(project)
    for name in functions:
        if name not in known:
            raise BadInput("function", name, ", ".join(known) or f"none: no functions/*/index.py in {project.folder}")
    for name in functions or known:
        yield _build_one(project, name, runtime_of(name))


def _build_one(project: Project, name: str, runtime: Runtime) -> Package:
    entry = Path("functions", name, "index.py")
    closure = closure_of(project, entry)
    lock = project.folder / "functions" / name / "requirements.txt"
    if not lock.is_file():
        raise CannotBuild(f"functions/{name}/requirements.txt is missing; run `make lock`")
    output = project.output
    output.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix=f".{name}-", dir=output) as scratch:
        package = Path(scratch) / name
        package.mkdir()
        install(lock, runtime, package)
        left_out = leave_out(package, (top for top, _ in closure.packages))
        strip(package)
        reduce_records(package)
        _check_packages(package, name, closure)
        shutil.copy(project.folder / entry, package / "index.py")
        for module in (*closure.modules, *_data_of(project.source, closure)):
            (package / module).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project.source / module, package / module)
        interpreter = interpreter_of(runtime)
        if interpreter is not None:
            compile_package(package, interpreter)
        settle(package)
        imports = imports_of(package, interpreter)
        shutil.rmtree(output / name, ignore_errors=True)
        package.rename(output / name)
    source, bytecode = _sizes(output / name)
    return Package(
        function=name,
        runtime=runtime.name,
        folder=output / name,
        modules=len(closure.modules) + 1,
        dependencies=len(list((output / name).glob("*.dist-info"))),
        source=source,
        bytecode=bytecode,
        left_out=left_out,
        imports=imports,
        digest=digest_of(output / name),
    )


def _check_packages(package: Path, name: str, closure: Closure) -> None:
    """Everything imported is in the package or in Python: on Function Compute it would fail at the first event."""
    for top, importer in closure.packages:
        there = top in sys.stdlib_module_names or any(package.glob(f"{top}.*")) or (package / top).is_dir()
        if not there:
            raise CannotBuild(f"{importer} imports {top}, which functions/{name}/requirements.txt does not bring")


def _data_of(source: Path, closure: Closure) -> list[Path]:
    """Files that modules read: those beside them, but none from the root room, where nothing reads any."""
    rooms = {module.parent for module in closure.modules} - {Path(ROOT)}
    return sorted(
        file.relative_to(source) for room in rooms for file in (source / room).iterdir() if file.suffix in _DATA
    )


def _sizes(package: Path) -> tuple[int, int]:
    sizes = [(file.suffix, file.stat().st_size) for file in package.rglob("*") if file.is_file()]
    bytecode = sum(size for suffix, size in sizes if suffix == ".pyc")
    return sum(size for _, size in sizes) - bytecode, bytecode
