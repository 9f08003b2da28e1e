"""The real functions' packages, as far as they can be told without fetching anything."""

from __future__ import annotations

import re
import sys

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from refresh_watch_cli.build.runtimes import RUNTIMES, Runtime
from tests.deploy.distributions import PROJECT, closure, makers

FUNCTIONS = sorted(entry.parent.name for entry in (PROJECT / "functions").glob("*/index.py"))
PRODUCT_SDKS = {"alibabacloud_cdn20180510", "alibabacloud_dcdn20180115", "alibabacloud_vod20170321"}


def locked(function: str, runtime: Runtime) -> set[str]:
    lock = (PROJECT / "functions" / function / "requirements.txt").read_text(encoding="utf-8")
    lines = re.findall(r"^[a-z0-9].*?(?= \\$)", lock, re.MULTILINE)
    there = {"python_version": runtime.python, "python_full_version": f"{runtime.python}.0", "sys_platform": "linux"}
    pins = map(Requirement, lines)
    return {canonicalize_name(pin.name) for pin in pins if pin.marker is None or pin.marker.evaluate(there)}


@pytest.mark.parametrize("runtime", RUNTIMES, ids=lambda runtime: runtime.name)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_functions_lock_brings_everything_that_its_modules_import(function: str, runtime: Runtime) -> None:
    brought = locked(function, runtime)
    for package, importer in closure(function).packages:
        if package not in sys.stdlib_module_names:
            assert brought & makers()[package], f"{importer} imports {package}"


def test_only_watch_brings_the_products_and_only_notify_and_intake_the_channels() -> None:
    for function in FUNCTIONS:
        sdks = {package for package, _ in closure(function).packages} & PRODUCT_SDKS
        assert sdks == (PRODUCT_SDKS if function == "watch" else set())
        channels = any(module.parts[1] == "channels" for module in closure(function).modules)
        assert channels == (function != "watch")


@pytest.mark.parametrize("lock", ["tests", *(f"functions/{name}" for name in FUNCTIONS)])
def test_a_lock_names_no_host_and_brings_no_boto(lock: str) -> None:
    text = (PROJECT / lock / "requirements.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^boto(3|core)?\b", text, re.MULTILINE)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_deployed_is_what_was_tested(function: str) -> None:
    pinned = re.compile(r"^([A-Za-z0-9_.-]+==\S+)", re.MULTILINE)
    tested = pinned.findall((PROJECT / "tests/requirements.txt").read_text(encoding="utf-8"))
    deployed = pinned.findall((PROJECT / "functions" / function / "requirements.txt").read_text(encoding="utf-8"))
    assert deployed
    assert set(deployed) <= set(tested)
