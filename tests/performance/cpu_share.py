"""A share of a core for a process, as an instance of Function Compute has: by Linux's control groups, where it may."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_PERIOD = 100_000
"""Microseconds: the kernel's own default."""
_JOIN = 'echo $$ > "$0/cgroup.procs" && exec "$@"'


@dataclass(frozen=True)
class Group:
    """A control group of ours."""

    folder: Path
    is_unified: bool  # version 2

    def limit(self, vcpu: float) -> None:
        """From now on its processes get so much of a core, together."""
        quota = round(vcpu * _PERIOD)
        if self.is_unified:
            (self.folder / "cpu.max").write_text(f"{quota} {_PERIOD}", encoding="ascii")
        else:
            (self.folder / "cpu.cfs_period_us").write_text(str(_PERIOD), encoding="ascii")
            (self.folder / "cpu.cfs_quota_us").write_text(str(quota), encoding="ascii")

    def command(self, command: Sequence[str]) -> list[str]:
        """The same command, run inside."""
        return ["/bin/sh", "-c", _JOIN, str(self.folder), *command]


@contextmanager
def group() -> Iterator[Group | None]:
    """A group, gone in the end; None where this user may make none, or there are none."""
    made = _make()
    try:
        yield made
    finally:
        if made is not None:
            for _ in range(50):  # a process that has just ended is in it for a moment yet
                try:
                    made.folder.rmdir()
                    break
                except OSError:
                    time.sleep(0.1)


def _make() -> Group | None:
    is_unified = (_ROOT / "cgroup.controllers").exists()
    folder = (_ROOT if is_unified else _ROOT / "cpu") / f"refresh-watch-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError:
        return None
    made = Group(folder, is_unified)
    try:
        made.limit(1.0)
    except OSError:
        folder.rmdir()
        return None
    return made
