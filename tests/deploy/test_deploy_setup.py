"""What a newcomer meets first: make."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", "-C", str(PROJECT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_make_alone_lists_the_targets() -> None:
    listed = make().stdout
    for target in ("setup", "demo", "test", "lint", "bench", "build", "lock"):
        assert re.search(rf"^  make {target} +\w", listed, re.MULTILINE)


def test_a_python_that_is_too_old_gets_one_clear_line(tmp_path: Path) -> None:
    old = tmp_path / "python-of-old"
    pretend = "import sys; sys.version_info = (3, 8, 10); exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{pretend}" "$2"\n', encoding="utf-8")
    old.chmod(0o755)
    done = make("setup", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith("refresh-watch needs Python 3.10 or newer, and ")
    assert " is 3.8 " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_python_that_is_not_there_gets_one_clear_line(tmp_path: Path) -> None:
    done = make("setup", "PYTHON=python-of-nowhere", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "refresh-watch needs Python 3.10 or newer, and 'python-of-nowhere' is not there (make PYTHON=...)"
    )
