"""The same bytes from the same pins, on every machine and at every time: records, modes and times of a package.

What differs by who installed a wheel, or by which setuptools built it, is reduced to what is read at run time.
"""

from __future__ import annotations

import hashlib
import os
from email.parser import HeaderParser
from pathlib import Path

from packaging.utils import canonicalize_name

MADE_AT = 315_619_200
"""1980-01-02 00:00 UTC, for every file: a zip knows no time before 1980, and time zones reach back a day."""

_FILE = 0o644
_FOLDER = 0o755
_LICENCES = ("LICEN", "NOTICE", "COPYING", "AUTHORS")
_KEPT_HEADERS = ("Name", "Version", "License", "License-Expression")


def reduce_records(package: Path) -> None:
    """Of each ``*.dist-info`` keep name, version, entry points and licences: the first three are asked at run time."""
    for info in sorted(package.glob("*.dist-info")):
        metadata = HeaderParser().parsestr((info / "METADATA").read_text(encoding="utf-8"))
        kept = [f"{name}: {text}" for name in _KEPT_HEADERS if (text := metadata[name]) and "\n" not in text]
        licences = {}
        for file in sorted(path for path in info.rglob("*") if path.is_file()):
            relative = file.relative_to(info)
            if relative.parts[0] == "licenses":
                licences[Path(*relative.parts[1:])] = file.read_bytes()
            elif file.name.startswith(_LICENCES):  # where setuptools put them in former days
                licences[relative] = file.read_bytes()
            if relative.name != "entry_points.txt":
                file.unlink()
        for relative, content in licences.items():
            place = info / "licenses" / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *kept, ""]), encoding="utf-8", newline="\n")
        plain = canonicalize_name(metadata["Name"]).replace("-", "_")
        remove_empty_folders(info)
        info.rename(info.with_name(f"{plain}-{metadata['Version']}.dist-info"))


def remove_empty_folders(folder: Path) -> None:
    """Those inside ``folder``, and those that are empty once their own are gone."""
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def settle(package: Path) -> None:
    """Give every file and folder the same modes and times, whatever the umask and the hour."""
    for path in [*package.rglob("*"), package]:
        path.chmod(_FOLDER if path.is_dir() else _FILE)
        os.utime(path, (MADE_AT, MADE_AT))


def digest_of(package: Path) -> str:
    """SHA-256 over the sorted relative paths, modes and contents, in hex."""
    digest = hashlib.sha256()
    files = ((path.relative_to(package).as_posix(), path) for path in package.rglob("*") if path.is_file())
    for name, path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{name}\0{path.stat().st_mode & 0o7777:o}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
