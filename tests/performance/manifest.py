"""What s.yaml gives each function."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from refresh_watch_cli.resources import Size, read_resources

PROJECT = Path(__file__).resolve().parents[2]


@cache
def sizes() -> dict[str, Size]:
    """By function."""
    return {resource.key: resource.size for resource in read_resources(PROJECT / "s.yaml", {})}
