"""The rules of functions/*/index.py, which import-linter cannot see since they are in no package.

Each is under 60 lines, has ``handler(event, context)``, and imports nothing of ours that is never deployed.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "functions"
FORBIDDEN = ("refresh_watch_emulator", "refresh_watch_cli", "functions", "tests")
MAX_LINES = 60


def complaints(entry: Path) -> list[str]:
    """What is wrong with one entry, a line each."""
    source = entry.read_text(encoding="utf-8")
    tree = ast.parse(source)
    found = []
    if source.count("\n") >= MAX_LINES:
        found.append(f"{source.count(chr(10))} lines; an entry parses, calls and answers in under {MAX_LINES}")
    handlers = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "handler"]
    if [[argument.arg for argument in handler.args.args] for handler in handlers] != [["event", "context"]]:
        found.append("no handler(event, context)")
    found += [f"imports {name}, which is never deployed" for name in sorted(_imported(tree)) if _forbidden(name)]
    return [f"{entry.relative_to(FOLDER.parent)}: {text}" for text in found]


def _forbidden(name: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in FORBIDDEN)


def _imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def main() -> int:
    """Print every complaint. 0 when there is none."""
    entries = sorted(FOLDER.glob("*/index.py"))
    found = [line for entry in entries for line in complaints(entry)] if entries else ["functions: no index.py"]
    print("\n".join(found) if found else f"{len(entries)} entries keep their rules.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
