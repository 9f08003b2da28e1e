"""What a function imports, and what this Python has installed by the names to import."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from refresh_watch_cli.build.imports import Closure, closure_of
from refresh_watch_cli.project import find_project

PROJECT = Path(__file__).resolve().parents[2]


@cache
def closure(function: str) -> Closure:
    """What a deployed function needs."""
    return closure_of(find_project(PROJECT), Path("functions", function, "index.py"))


@cache
def makers() -> dict[str, set[str]]:
    """The distributions, by each top-level name that one brings: `packages_distributions` of 3.10 misses most of it.

    What an old pip built from source has no RECORD.
    """
    found = defaultdict(set)
    for distribution in distributions():
        maker = canonicalize_name(distribution.metadata["Name"])
        for line in (distribution.read_text("RECORD") or "").splitlines():
            found[re.split(r"[/.,]", line, maxsplit=1)[0]].add(str(maker))
        for name in (distribution.read_text("top_level.txt") or "").split():
            found[name].add(str(maker))
    return found
