"""Function Compute's built-in Python runtimes, as far as a package depends on them.

Source: Function Compute's Python page of 2026-06-02. All are x86_64; the versions of glibc are those of their Debian.
"""

from __future__ import annotations

from dataclasses import dataclass

from refresh_watch.errors import BadInput

_OLDEST_GLIBC_MINOR = 17  # manylinux2014, which pip widens to the older names itself


@dataclass(frozen=True)
class Runtime:
    """One runtime. `glibc` is the minor of 2.x."""

    name: str
    version: tuple[int, int]
    glibc: int

    @property
    def python(self) -> str:
        """Its Python, such as ``3.12``."""
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def abis(self) -> tuple[str, ...]:
        """The ABI tags whose wheels it loads."""
        return (f"cp{self.version[0]}{self.version[1]}", "abi3", "none")

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags whose wheels it loads, the newest first."""
        tags = [f"manylinux_2_{minor}_x86_64" for minor in range(self.glibc, _OLDEST_GLIBC_MINOR - 1, -1)]
        return (*tags, "manylinux2014_x86_64")

    @property
    def markers(self) -> dict[str, str]:
        """The environment in which the markers of requirements are answered (PEP 508)."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": "posix",
            "platform_machine": "x86_64",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "linux",
        }


RUNTIMES = (
    Runtime("python3.12", (3, 12), 31),  # Debian 11
    Runtime("python3.10", (3, 10), 28),  # Debian 10
)


def runtime_named(name: str) -> Runtime:
    """The runtime of that name. Raises BadInput that names those there are."""
    for runtime in RUNTIMES:
        if runtime.name == name:
            return runtime
    raise BadInput("runtime", name, ", ".join(runtime.name for runtime in RUNTIMES))
