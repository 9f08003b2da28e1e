"""The packages as `refresh-watch build` makes them: equal to the byte, nothing in them without a use, and at work.

They are built once, for a runtime whose interpreter is here (REFRESH_WATCH_TEST_RUNTIME names one) or else for this
Python, and run from their own folders with nothing else on the path. About half a minute, most of it pip and compiling.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from refresh_watch.channels.registry import kinds
from refresh_watch_cli.build.canonical import MADE_AT, digest_of
from tests.all_products import NEEDS_DOMAIN, WORDS
from tests.deploy.distributions import makers
from tests.deploy.package_house import RUNNABLE, Handled, Outside, build_in, copy_of_project, outside, runtime_here

FUNCTIONS = ("intake", "notify", "watch")
CHEAPEST = "intake"
RUNTIME = os.environ.get("REFRESH_WATCH_TEST_RUNTIME", "")

pytestmark = pytest.mark.skipif(not RUNNABLE, reason="packages are for x86_64 Linux, as Function Compute is")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built packages. Whichever of the tests' processes comes first builds them for all."""
    alone = not os.environ.get("PYTEST_XDIST_WORKER")
    scratch = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    folder = scratch / "packages"
    with (scratch / "packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "digests.json").exists():
            runtime, _ = runtime_here(RUNTIME)
            settings = {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}
            digests = build_in(copy_of_project(folder), runtime, umask=0o022, **settings)
            (folder / "digests.json").write_text(json.dumps(digests), encoding="utf-8")
    return folder / ".build"


@pytest.fixture(scope="module")
def ran(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with outside(kinds()) as place:
        yield Run(packages, place, tmp_path_factory.mktemp("home"))


class Run:
    """Watches of every product, from their requests to the messages in the chats, handed on from package to package."""

    def __init__(self, packages: Path, place: Outside, home: Path) -> None:
        runtime, self._python = runtime_here(RUNTIME)
        self._keys = ("testAK", "testSK", "") if runtime.python == "3.10" else None
        self._packages = packages
        self.place = place
        self.modules: dict[str, dict[str, str]] = {}
        self.started = self._handle("intake", [json.dumps([self._request(product) for product in WORDS]).encode()])
        self._handle("watch", place.payloads("watch", "w-"))
        self._handle("notify", place.payloads("notify", "f-"))
        self._handle("notify", place.payloads("notify", "n-"))
        configured = {"current": "default", "profiles": [{"name": "default", "mode": "AK", "access_key_id": "testAK"}]}
        configured["profiles"][0]["access_key_secret"] = "testSK"  # type: ignore[index]
        (home / ".aliyun").mkdir()
        (home / ".aliyun/config.json").write_text(json.dumps(configured), encoding="utf-8")
        self.by_profile = self._handle("intake", [json.dumps(self._request("cdn")).encode()], home)

    def _request(self, product: str) -> dict[str, object]:
        task_id = self.place.products.world.add_task(product, created_at=time.time() - 60)
        request: dict[str, object] = {"product": product, "task_ids": task_id, "label": product}
        if product != "cdn":
            request["channels"] = ["webhook"]
        if product in NEEDS_DOMAIN:
            request |= {"domain_name": "example.com", "object_type": "file"}
        return request

    def _handle(self, function: str, events: Sequence[bytes], home: Path | None = None) -> Handled:
        keys = None if home else self._keys
        handled = self.place.handle(self._python, self._packages / function, events, keys=keys, home=home)
        self.modules.setdefault(function, {}).update(handled.modules)
        return handled


def contents(package: Path) -> Mapping[str, tuple[int, float, bytes]]:
    return {
        path.relative_to(package).as_posix(): (
            stat.S_IMODE(path.stat().st_mode),
            path.stat().st_mtime,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [package, *package.rglob("*")]
    }


def test_the_same_package_comes_of_another_folder_umask_hash_seed_locale_and_hour(
    packages: Path, tmp_path: Path
) -> None:
    again = copy_of_project(tmp_path / "elsewhere" / "with a longer name")
    for path in again.rglob("*"):
        path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IWOTH)
    settings = {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C", "PYTHONOPTIMIZE": "1"}
    digests = build_in(again, runtime_here(RUNTIME)[0], [CHEAPEST], umask=0o077, **settings)
    one, other = contents(packages / CHEAPEST), contents(again / ".build" / CHEAPEST)
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert {seconds for _, seconds, _ in one.values()} == {MADE_AT}
    assert any(name.endswith(".pyc") for name in one)
    assert not [name for name, (_, _, content) in one.items() if str(packages).encode() in content]
    assert digests == {CHEAPEST: json.loads((packages.parent / "digests.json").read_text())[CHEAPEST]}
    assert digests[CHEAPEST] == digest_of(packages / CHEAPEST)


@pytest.mark.parametrize("product", WORDS)
def test_a_watch_of_each_product_ends_in_its_final_report_in_the_chat(ran: Run, product: str) -> None:
    (final,) = [
        message.body["data"]
        for message in ran.place.wall.messages
        if message.chat == "webhook" and message.body["data"]["label"] == product
    ]
    assert final["product"] == product
    assert final["outcome"] == "complete"
    assert final["watch_id"] in json.dumps(ran.started.answers)


def test_a_report_reaches_a_robot_of_every_kind(ran: Run) -> None:
    assert {message.chat for message in ran.place.wall.messages} == set(kinds())


def test_intake_works_with_the_credentials_of_a_configured_profile(ran: Run) -> None:
    assert "watch_id" in json.dumps(ran.by_profile.answers)
    assert "alibabacloud_credentials.provider.cli_profile" in ran.modules["intake"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_distribution_is_in_a_package_for_nothing(ran: Run, packages: Path, function: str) -> None:
    brought = {canonicalize_name(info.stem.rpartition("-")[0]) for info in (packages / function).glob("*.dist-info")}
    imported = {name.partition(".")[0] for name, file in ran.modules[function].items() if "/" in file}
    assert brought
    assert brought - {maker for top in imported for maker in makers().get(top, {canonicalize_name(top)})} == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_imported_from_beside_a_package(ran: Run, packages: Path, function: str) -> None:
    outside_of_it = [
        file
        for file in ran.modules[function].values()
        if "/site-packages/" in file or (file and not file.startswith(("/", "<", str(packages))))
    ]
    assert outside_of_it == []
    ours = {
        name: file
        for name, file in ran.modules[function].items()
        if name.partition(".")[0] in ("index", "refresh_watch")
    }
    assert ours
    assert all(file.startswith(str(packages / function)) for file in ours.values() if file)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_package_holds_neither_tests_nor_what_is_never_deployed(packages: Path, function: str) -> None:
    names = [path.relative_to(packages / function).as_posix() for path in (packages / function).rglob("*")]
    parts = {part for name in names for part in name.split("/")}
    assert not parts & {"tests", "test", "bin", "RECORD", "py.typed"}
    assert not [name for name in names if name.startswith(("refresh_watch_cli", "refresh_watch_emulator", "functions"))]
    assert {path.suffix for path in (packages / function).rglob("*")} & {".pyi", ".pyx", ".pxd", ".c", ".h"} == set()
    sources = {name for name in names if name.endswith(".py")}
    compiled = {name for name in names if name.endswith(".pyc")}
    assert len(compiled) == len(sources)
