"""What this Python has installed, by the names to import: `packages_distributions` of 3.10 misses most of it."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib.metadata import distributions

from packaging.utils import canonicalize_name


@cache
def makers() -> dict[str, set[str]]:
    """The distributions, by each top-level name that one brings. What an old pip built from source has no RECORD."""
    found = defaultdict(set)
    for distribution in distributions():
        maker = canonicalize_name(distribution.metadata["Name"])
        for line in (distribution.read_text("RECORD") or "").splitlines():
            found[re.split(r"[/.,]", line, maxsplit=1)[0]].add(str(maker))
        for name in (distribution.read_text("top_level.txt") or "").split():
            found[name].add(str(maker))
    return found
