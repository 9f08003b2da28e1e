"""A small world to build in: a folder of wheels instead of an index, and a project of one function."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from refresh_watch_cli.build.dependencies import install
from refresh_watch_cli.build.runtimes import Runtime

MANIFEST = """
vars: {runtime: "${env('REFRESH_WATCH_RUNTIME', 'python3.12')}"}
resources:
  one:
    component: fc3
    props:
      region: cn-hangzhou
      functionName: refresh-one
      runtime: ${vars.runtime}
      handler: index.handler
      environmentVariables:
        REFRESH_WATCH_CHANNELS: ${env('REFRESH_WATCH_CHANNELS', '[]')}
        REFRESH_WATCH_ENVIRONMENT: ${env('REFRESH_WATCH_ENVIRONMENT', '')}
"""


class Shelf:
    """Distributions that uv finds in a folder; each answers its locked line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()

    def wheel(
        self,
        name: str,
        tag: str = "py3-none-any",
        files: dict[str, str] | None = None,
        *,
        needs: Sequence[str] = (),
        beside: dict[str, str] | None = None,
    ) -> str:
        """`files` are in the folder of its name, those `beside` are not."""
        contents = {f"{name}/{path}": text for path, text in (files or {"__init__.py": ""}).items()}
        contents |= beside or {}
        info = f"{name}-1.0.dist-info"
        declared = "".join(f"Requires-Dist: {need}\n" for need in needs)
        contents[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{declared}"
        contents[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: {tag}\n"
        rows = [
            f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},"
            for path, text in contents.items()
        ]
        contents[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
        file = self._folder / f"{name}-1.0-{tag}.whl"
        with zipfile.ZipFile(file, "w") as archive:
            for path, text in contents.items():
                archive.writestr(path, text)
        return self._line(name, file)

    def source(self, name: str, setup: str = "") -> str:
        file = self._folder / f"{name}-1.0.tar.gz"
        files = {
            "setup.py": f"from setuptools import setup\nsetup(name='{name}', version='1.0', packages=['{name}']{setup})",
            "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            f"{name}/__init__.py": "",
        }
        with tarfile.open(file, "w:gz") as archive:
            for path, text in files.items():
                entry = tarfile.TarInfo(f"{name}-1.0/{path}")
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text.encode()))
        return self._line(name, file)

    def _line(self, name: str, file: Path) -> str:
        return f"{name}==1.0 --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def install_lines(lines: Sequence[str], runtime: Runtime, target: Path) -> None:
    """Install what these lines of a lock pin, in a folder that this makes."""
    target.mkdir()
    lock = target.parent / f"{target.name}.txt"
    lock.write_text("\n".join(lines), encoding="utf-8")
    install(lock, runtime, target)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    made = Shelf(tmp_path / "shelf")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "shelf"))
    return made


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("REFRESH_WATCH_RUNTIME", "REFRESH_WATCH_CHANNELS", "REFRESH_WATCH_ENVIRONMENT"):
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "project"
    files = {
        "s.yaml": MANIFEST,
        "functions/one/index.py": "from refresh_watch.room.used import handler",
        "functions/one/requirements.txt": "",
        "shared/refresh_watch/__init__.py": "",
        "shared/refresh_watch/room/__init__.py": "",
        "shared/refresh_watch/room/used.py": "def handler(event, context):\n    return 'done'\n",
        "shared/refresh_watch/room/words.json": "{}",
        "shared/refresh_watch/unused.py": "",
        "shared/refresh_watch_cli/__init__.py": "",
        "tests/test_it.py": "",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
