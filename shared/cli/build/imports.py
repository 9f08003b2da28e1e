"""Which modules of ours a function needs: the closure of its imports, read from the source and never run.

Imports inside functions count, since that is where the heavy ones stand; those under ``if TYPE_CHECKING`` do not.
A room that is loaded by name, ``import_module(f"{__package__}.{kind}")``, is needed whole.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.cli.build.refusal import CannotBuild

ROOT = "shared"
NEVER_DEPLOYED = ("shared.local", "shared.cli")


@dataclass(frozen=True)
class Closure:
    """What one entry needs.

    `modules`: our files, relative to the project. `packages`: the top-level names of everything else that is
    imported, each with the file that does.
    """

    modules: tuple[Path, ...]
    packages: tuple[tuple[str, Path], ...]


def closure_of(folder: Path, entry: Path) -> Closure:
    """Follow the imports of ``entry``, a file under the project ``folder``.

    Raises CannotBuild when a room is reached that is never deployed, or a name that cannot be told from the source.
    """
    reader = _Reader(folder)
    reader.follow(entry)
    return Closure(tuple(sorted(reader.modules)), tuple(sorted(reader.packages.items())))


class _Reader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[Path] = set()
        self.modules: set[Path] = set()
        self.packages: dict[str, Path] = {}

    def follow(self, entry: Path) -> None:
        waiting = [entry]
        while waiting:
            path = waiting.pop()
            if path in self._read:
                continue
            self._read.add(path)
            for name, is_module in _imported(self._folder / path, path):
                waiting += self._files(name, path, is_module=is_module)

    def _files(self, name: str, importer: Path, *, is_module: bool) -> list[Path]:
        """The files behind an imported name; a trailing ``.*`` means all of a room."""
        top = name.partition(".")[0]
        if top != ROOT:
            self.packages.setdefault(top, importer)
            return []
        if any(name == room or name.startswith(f"{room}.") for room in NEVER_DEPLOYED):
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
            if (self._folder / path).is_file():
                yield path

    def _module(self, name: str) -> list[Path]:
        path = Path(*name.split("."))
        candidates = (path.with_suffix(".py"), path / "__init__.py")
        # `from shared.x import y`: y may be a name in shared.x instead of a module, then there is no such file
        return [candidate for candidate in candidates if (self._folder / candidate).is_file()]

    def _room(self, name: str) -> list[Path]:
        room = Path(*name.split("."))
        return [path.relative_to(self._folder) for path in sorted((self._folder / room).rglob("*.py"))]


def _imported(file: Path, shown: Path) -> Iterator[tuple[str, bool]]:
    """Each imported name, and whether it has to be a module: the y of ``from x import y`` may be anything."""
    tree = ast.parse(file.read_text(encoding="utf-8"), str(shown))
    assigned = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in _running(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, True) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(part for part in (_base(node, shown), node.module) if part)
            yield base, True
            yield from ((f"{base}.{alias.name}", False) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__") and node.args:
            argument = node.args[0]
            if isinstance(argument, ast.Name):
                argument = assigned.get(argument.id, argument)
            yield _by_name(argument, shown, node.lineno), True


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for other in node.orelse:
                yield other
                yield from _running(other)
            continue
        yield node
        yield from _running(node)


def _base(node: ast.ImportFrom, shown: Path) -> str:
    """The package that a relative import starts from; empty for an absolute one."""
    return "" if node.level == 0 else ".".join(shown.parts[: -node.level])


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _by_name(argument: ast.expr, shown: Path, line: int) -> str:
    """The name given to import_module: whole, or with ``.*`` the room that it begins with."""
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
    raise CannotBuild(
        f'{shown}:{line}: a name loaded by import_module has to start with __package__ or "{ROOT}.<room>."'
    )
