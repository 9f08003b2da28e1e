"""What a source file imports, read from its syntax tree and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

_BY_NAME = ("import_module", "__import__")


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
