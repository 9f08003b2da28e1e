"""Which modules of ours a function needs: the closure of its imports, read from the source and never run.

Imports inside functions count, since that is where the heavy ones stand; those under ``if TYPE_CHECKING`` do not.
A room that is loaded by name, ``import_module(f"{__package__}.{kind}")``, is needed whole. Where the name is that of a
product's SDK, ``import_module(f"{spec.sdk}.client")``, the SDK of every product is needed: the ``sdk=`` of their files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from refresh_watch_cli.build.runtimes import CannotBuild
from refresh_watch_cli.project import Project

ROOT = "refresh_watch"
SPECS = Path(ROOT, "product_specs")
NEVER_DEPLOYED = ("refresh_watch_emulator", "refresh_watch_cli")
_BY_NAME = ("import_module", "__import__")


@dataclass(frozen=True)
class Closure:
    """What one entry needs.

    `modules`: our files, relative to the folder of our packages. `packages`: the top-level names of everything
    else that is imported, each with the file that does.
    """

    modules: tuple[Path, ...]
    packages: tuple[tuple[str, Path], ...]


def closure_of(project: Project, entry: Path) -> Closure:
    """Follow the imports of ``entry``, a file relative to the project's folder.

    Raises CannotBuild when a room is reached that is never deployed, or a name that cannot be told from the source.
    """
    reader = _Reader(project.source)
    reader.follow(project.folder / entry, entry)
    return Closure(tuple(sorted(reader.modules)), tuple(sorted(reader.packages.items())))


class _Reader:
    def __init__(self, source: Path) -> None:
        self._source = source
        self._read: set[Path] = set()
        self.modules: set[Path] = set()
        self.packages: dict[str, Path] = {}

    def follow(self, file: Path, shown: Path) -> None:
        waiting = self._behind(file, shown)
        while waiting:
            path = waiting.pop()
            if path not in self._read:
                self._read.add(path)
                waiting += self._behind(self._source / path, path)

    def _behind(self, file: Path, shown: Path) -> list[Path]:
        names = _imported(file, shown, self._source / SPECS)
        return [found for name, is_module in names for found in self._files(name, shown, is_module=is_module)]

    def _files(self, name: str, importer: Path, *, is_module: bool) -> list[Path]:
        """The files behind an imported name; a trailing ``.*`` means all of a room."""
        top = name.partition(".")[0]
        if top not in (ROOT, *NEVER_DEPLOYED):
            self.packages.setdefault(top, importer)
            return []
        if top in NEVER_DEPLOYED:
            raise CannotBuild(f"{importer} imports {name}, which is never deployed")
        own = self._room(name[:-2]) if name.endswith(".*") else self._module(name)
        if is_module and not own:
            raise CannotBuild(f"{importer} imports {name}, which is no module of this project")
        found = [*self._parents(name), *own]
        self.modules.update(found)
        return found

    def _parents(self, name: str) -> Iterator[Path]:
        parts = name.split(".")
        for length in range(1, len(parts)):
            path = Path(*parts[:length], "__init__.py")
            if (self._source / path).is_file():
                yield path

    def _module(self, name: str) -> list[Path]:
        path = Path(*name.split("."))
        candidates = (path.with_suffix(".py"), path / "__init__.py")
        # `from refresh_watch.x import y`: y may be a name in it instead of a module, then there is no such file
        return [candidate for candidate in candidates if (self._source / candidate).is_file()]

    def _room(self, name: str) -> list[Path]:
        room = Path(*name.split("."))
        return [path.relative_to(self._source) for path in sorted((self._source / room).rglob("*.py"))]


def _imported(file: Path, shown: Path, specs: Path) -> Iterator[tuple[str, bool]]:
    """Each imported name, and whether it has to be a module: the y of ``from x import y`` may be anything."""
    tree = ast.parse(file.read_text(encoding="utf-8"), str(shown))
    assigned = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in running(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, True) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(part for part in (base_of(node, shown), node.module) if part)
            yield base, True
            yield from ((f"{base}.{alias.name}", False) for alias in node.names)
        elif isinstance(node, ast.Call) and loads_by_name(node):
            argument = node.args[0]
            if isinstance(argument, ast.Name):
                argument = assigned.get(argument.id, argument)
            name = given_name(argument, shown)
            if name is None and _is_of_an_sdk(argument):
                yield from ((sdk, True) for sdk in _sdks(specs))
                continue
            if name is None:
                raise CannotBuild(
                    f"{shown}:{node.lineno}: a name loaded by import_module has to start with __package__ "
                    f'or "{ROOT}.<room>."'
                )
            yield name, True


def _is_of_an_sdk(argument: ast.expr) -> bool:
    first = argument.values[0] if isinstance(argument, ast.JoinedStr) and argument.values else None
    return isinstance(first, ast.FormattedValue) and ast.unparse(first.value) == "spec.sdk"


def _sdks(specs: Path) -> Iterator[str]:
    """The constants given as ``sdk=`` in the products' files."""
    for file in sorted(specs.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "sdk" and isinstance(node.value, ast.Constant):
                yield str(node.value.value)


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for other in node.orelse:
                yield other
                yield from running(other)
            continue
        yield node
        yield from running(node)


def base_of(node: ast.ImportFrom, shown: Path) -> str:
    """The package that a relative import starts from; empty for an absolute one."""
    return "" if node.level == 0 else ".".join(shown.parts[: -node.level])


def called(node: ast.Call) -> str:
    """The last part of the name that is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def loads_by_name(node: ast.AST) -> bool:
    """It is a call of import_module or __import__."""
    return isinstance(node, ast.Call) and called(node) in _BY_NAME and bool(node.args)


def given_name(argument: ast.expr, shown: Path) -> str | None:
    """The name given to import_module: whole, or with ``.*`` the room that it begins with. None: it cannot be told."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    start: ast.expr = argument
    while isinstance(start, ast.BinOp):
        start = start.left
    if isinstance(start, ast.JoinedStr) and start.values:
        start = start.values[0]
    if isinstance(start, ast.FormattedValue):
        start = start.value
    if isinstance(start, ast.Name) and start.id == "__package__":
        return ".".join(shown.parts[:-1]) + ".*"
    if isinstance(start, ast.Constant) and isinstance(start.value, str) and "." in start.value:
        return start.value.rpartition(".")[0] + ".*"
    return None
