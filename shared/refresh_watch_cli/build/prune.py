"""Which of the installed distributions a package needs: those that an import reaches, read from their sources.

A lock holds all that distributions declare; several declare more than they import. What counts here is one top-level
name, such as ``aiohttp``: once it is imported, so is all that any file of it imports, inside functions too. What stays
behind is what no file of any name that is reached mentions in an import. Where a file loads modules by names that its
source does not tell, or is compiled, all that its distribution declares counts as imported. The answer depends on the
installed files and on nothing of this machine.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from refresh_watch_cli.build.canonical import remove_empty_folders
from refresh_watch_cli.build.imports import called, given_name, loads_by_name, running

_COMPILED = (".so",)
_IMPORTS_OF_COMPILED: Mapping[str, frozenset[str]] = {
    # its C sources import `_io`, and what a binding includes: none does
    "_cffi_backend": frozenset(),
    # the bindings that cffi made for it are inside, and cffi's own Python is for making them
    "cryptography/hazmat/bindings/_rust": frozenset({"_cffi_backend"}),
}
"""What compiled modules import beyond their own distribution and Python's; of any other it cannot be told."""

_LOADS_ANYTHING = ("exec", "eval", "run_module", "run_path", "load_module")
_MAY_LOAD = re.compile(rb"\b(?:import_module|__import__|%s)\b" % "|".join(_LOADS_ANYTHING).encode())


@dataclass(frozen=True)
class LeftOut:
    """What was removed of one distribution. `kept`: its top-level names that are needed; none when all of it went."""

    name: str
    version: str
    kept: tuple[str, ...]

    def __str__(self) -> str:
        whole = f"{self.name} {self.version}"
        return f"{whole} (all but {', '.join(self.kept)})" if self.kept else whole


@dataclass(frozen=True)
class _Distribution:
    name: str
    version: str
    declares: tuple[str, ...]  # canonical names
    files: Mapping[str, tuple[Path, ...]]  # those that can be imported from, by top-level name
    others: tuple[Path, ...]  # its records, and what lies about beside


def leave_out(target: Path, imported: Iterable[str]) -> tuple[LeftOut, ...]:
    """Remove from ``target``, as uv installed it, what cannot be reached from the top-level names in ``imported``."""
    distributions = {found.name: found for found in map(_read, sorted(target.glob("*.dist-info")))}
    reached = _reached(target, distributions, set(imported))
    removed = []
    for found in distributions.values():
        kept = [top for top in found.files if (found.name, top) in reached]
        unneeded = [file for top, files in found.files.items() if top not in kept for file in files]
        if not unneeded:
            continue
        for file in unneeded if kept else [*unneeded, *found.others]:
            (target / file).unlink(missing_ok=True)
        removed.append(LeftOut(found.name, found.version, tuple(kept)))
    remove_empty_folders(target)
    return tuple(removed)


def _read(info: Path) -> _Distribution:
    record = Distribution.at(info)
    files: dict[str, list[Path]] = {}
    others = []
    for path in sorted(Path(file) for file in record.files or ()):
        top = path.parts[0]
        if path.is_absolute() or top in ("..", "bin"):  # a script
            continue
        if path.suffix in (".py", *_COMPILED) if len(path.parts) == 1 else "." not in top:
            files.setdefault(top.partition(".")[0], []).append(path)
        else:
            others.append(path)
    return _Distribution(
        canonicalize_name(record.metadata["Name"]),
        record.version,
        # whatever its markers say: what is not for this runtime is not installed
        tuple(canonicalize_name(Requirement(text).name) for text in record.requires or ()),
        {top: tuple(found) for top, found in files.items()},
        tuple(others),
    )


def _reached(target: Path, distributions: Mapping[str, _Distribution], imported: set[str]) -> set[tuple[str, str]]:
    """Pairs of a distribution and a top-level name of it. One that holds nothing to import is never among them."""
    reached: set[tuple[str, str]] = set()
    waiting = set(imported)
    while True:
        found = next(
            (
                (one, top)
                for one in distributions.values()
                for top in one.files
                if top in waiting and (one.name, top) not in reached
            ),
            None,
        )
        if found is None:
            return reached
        distribution, top = found
        reached.add((distribution.name, top))
        tops = {name for one in distributions.values() for name in one.files}
        for file in distribution.files[top]:
            names = _imported_by(target, file, tops - waiting)
            if names is None:
                declared = (distributions[name] for name in distribution.declares if name in distributions)
                names = {name for one in (distribution, *declared) for name in one.files}
            waiting |= names


def _imported_by(target: Path, file: Path, unseen: set[str]) -> set[str] | None:
    """Which of the top-level names in ``unseen`` a file imports; None when its imports cannot be told."""
    if file.suffix in _COMPILED:
        known = _IMPORTS_OF_COMPILED.get((file.parent / file.name.partition(".")[0]).as_posix())
        return None if known is None else set(known)
    if file.suffix != ".py" or not (target / file).is_file():
        return set()
    source = (target / file).read_bytes()
    mentions = unseen and re.search(rb"\b(?:%s)\b" % b"|".join(re.escape(name).encode() for name in unseen), source)
    if not mentions and not _MAY_LOAD.search(source):
        return set()  # most files of an SDK: reading them as Python would take seconds
    try:
        names = [name for node in running(ast.parse(source, str(file))) for name in _names(node, file)]
    except (SyntaxError, ValueError):
        return None
    return None if None in names else {name.partition(".")[0] for name in names if name} & unseen


def _names(node: ast.AST, file: Path) -> Iterator[str | None]:
    """What one node imports from outside of its own folder; None for what cannot be told."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        yield node.module
    elif isinstance(node, ast.Call) and loads_by_name(node):
        name = given_name(node.args[0], file)
        yield None if not name or name.startswith(".") else name
    elif isinstance(node, ast.Call) and called(node) in _LOADS_ANYTHING:
        yield None
