"""Function Compute's built-in Python runtimes, as far as a package depends on them.

Source: Function Compute's Python page of 2026-06-02. All are x86_64; python3.12 is a Debian 11 with glibc 2.31,
python3.10 a Debian 10 with glibc 2.28.
"""

from __future__ import annotations

from dataclasses import dataclass

from refresh_watch.errors import BadInput, RefreshWatchError


class CannotBuild(RefreshWatchError):
    """A package would not work on Function Compute. Its text is one line that says what to change."""


@dataclass(frozen=True)
class Runtime:
    """One runtime. `platform`: the newest wheels that it loads, as uv names them."""

    name: str
    version: tuple[int, int]
    platform: str

    @property
    def python(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"


RUNTIMES = (
    Runtime("python3.12", (3, 12), "x86_64-manylinux_2_31"),
    Runtime("python3.10", (3, 10), "x86_64-manylinux_2_28"),
)


def runtime_named(name: str) -> Runtime:
    """The runtime of that name. Raises BadInput that names those there are."""
    by_name = {runtime.name: runtime for runtime in RUNTIMES}
    if name not in by_name:
        raise BadInput("runtime", name, ", ".join(by_name))
    return by_name[name]
