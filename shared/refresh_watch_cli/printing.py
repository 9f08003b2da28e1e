"""What every command prints: one-line complaints and notes, and how it is called itself."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from refresh_watch.reports.plain import one_line

_NAME = "refresh-watch"


def called_as() -> str:
    """The command as the shell of this terminal finds it: its name alone where that is on PATH, else as it was called.

    From a module (`python -m`) it is that call.
    """
    import shutil

    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m refresh_watch_cli"
    if called.name != _NAME:
        return _NAME
    found = shutil.which(_NAME)
    return _NAME if found and Path(found).resolve() == called.resolve() else shlex.quote(sys.argv[0])


def version() -> str:
    """Of the package that is installed."""
    from importlib import metadata

    try:
        return metadata.version("refresh-watch")
    except metadata.PackageNotFoundError:  # run from a folder of the sources
        return "(not installed)"


def complain(line: str) -> None:
    """One line on standard error; nothing of others can break it in two or move the cursor."""
    print(f"refresh-watch: {one_line(line)}", file=sys.stderr, flush=True)


def note(line: str) -> None:
    """One line on standard error that is no complaint, so that standard output holds nothing but what was asked."""
    print(one_line(line), file=sys.stderr, flush=True)
