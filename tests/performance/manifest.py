"""What s.yaml gives each function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from shared.instants import Seconds

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Size:
    """Of an instance: a share of a core, memory in GB, and how long an invocation may take.

    `instances`: its reservedConcurrency, 0 where none is set.
    """

    vcpu: float
    memory: float
    instances: int = 0
    timeout: Seconds = 60


@cache
def sizes() -> dict[str, Size]:
    """By function."""
    resources = yaml.safe_load((PROJECT / "s.yaml").read_text(encoding="utf-8"))["resources"]
    return {name: _size(resource["props"]) for name, resource in resources.items()}


def _size(props: dict[str, object]) -> Size:
    limit = props.get("concurrencyConfig")
    instances = limit.get("reservedConcurrency", 0) if isinstance(limit, dict) else 0
    return Size(
        float(str(props["cpu"])),
        float(str(props["memorySize"])) / 1024,
        int(str(instances)),
        float(str(props["timeout"])),
    )
