"""Where the project is that a command works on: s.yaml, the functions, and our packages that they import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from refresh_watch.errors import BadInput

SOURCE = "shared"
"""The folder of a checkout that holds our packages."""

_INSTALLED = Path(__file__).resolve().parents[1]
_BUNDLE = Path(__file__).resolve().parent / "bundle"
"""What a wheel carries of the project (pyproject.toml)."""


@dataclass(frozen=True)
class Project:
    """`folder` holds s.yaml and functions/, `source` our packages; function packages are built in `output`."""

    folder: Path
    source: Path
    output: Path

    @property
    def manifest(self) -> Path:
        return self.folder / "s.yaml"

    @property
    def is_installed(self) -> bool:
        """It came with a wheel, so that nothing may be written into its folder."""
        return self.folder == _BUNDLE


def find_project(given: Path | None = None) -> Project:
    """The folder given, else this one if it is a checkout, else the checkout that is installed, else the wheel's own.

    Raises BadInput for a folder that holds no s.yaml.
    """
    if given is not None and not (given / "s.yaml").is_file():
        raise BadInput("--project", str(given), "a folder that holds s.yaml")
    if given is not None or _is_checkout(Path()):
        return _project(given or Path())
    if _is_checkout(_INSTALLED.parent):
        return _project(_INSTALLED.parent)
    return Project(_BUNDLE, _INSTALLED, Path(".build").resolve())


def _project(folder: Path) -> Project:
    folder = folder.resolve()
    source = folder / SOURCE
    return Project(folder, source if _has_packages(source) else _INSTALLED, folder / ".build")


def _is_checkout(folder: Path) -> bool:
    # a folder of another project may hold an s.yaml of its own
    return (folder / "s.yaml").is_file() and _has_packages(folder / SOURCE)


def _has_packages(source: Path) -> bool:
    return (source / "refresh_watch" / "__init__.py").is_file()
