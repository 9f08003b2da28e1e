"""The packages as they are deployed: built from a copy of the project, and run from their own folders alone.

What they meet outside are the stand-in products, the robots, and an engine that runs nothing: what is started stays in
its record, and the test that uses this hands it on.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refresh_watch.clock import SystemClock
from refresh_watch.credentials import Credentials
from refresh_watch.function_compute.client import FunctionCompute
from refresh_watch.function_compute.transport import Transport
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.build.interpreter import interpreter_of
from refresh_watch_cli.build.runtimes import RUNTIMES, Runtime, runtime_named
from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.engine.engine import EmbeddedEngine
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World
from tests.all_products import endpoint_variables

PROJECT = Path(__file__).resolve().parents[2]
KEYS = ("testAK", "testSK", "")
RUNNABLE = (sys.platform, platform.machine()) == ("linux", "x86_64")
"""Packages are made for Function Compute's platform, and run on no other."""

_COPIED = ("s.yaml", "functions", "shared")
_BUILD = """
import sys
from pathlib import Path
from refresh_watch_cli.build import packages
from refresh_watch_cli.build.interpreter import Imports
from refresh_watch_cli.build.runtimes import Runtime
from refresh_watch_cli.project import find_project
name, major, minor, platform = sys.argv[2:6]
runtime = Runtime(name, (int(major), int(minor)), platform)
packages.imports_of = lambda package, interpreter: Imports(None)  # tests/unit/build measures
for made in packages.build(find_project(Path(sys.argv[1])), sys.argv[6:], lambda function: runtime):
    print(made.function, made.digest)
"""
_HANDLE = """
import base64, json, sys, types
given = json.load(sys.stdin)
sys.path.insert(0, given["package"])
import index
answers = []
for event in given["events"]:
    context = types.SimpleNamespace(**given["context"])
    context.function = types.SimpleNamespace(**given["function"])
    if given["keys"]:
        names = ("access_key_id", "access_key_secret", "security_token")
        context.credentials = types.SimpleNamespace(**dict(zip(names, given["keys"])))
    answers.append(index.handler(base64.b64decode(event), context))
modules = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
print(json.dumps([answers, modules]))
"""


@dataclass(frozen=True)
class Handled:
    """What a function's process answered to its events, and the modules that it held in the end, with their files."""

    answers: tuple[Any, ...]
    modules: Mapping[str, str]


def runtime_here(wanted: str = "") -> tuple[Runtime, Path]:
    """A runtime and an interpreter for it: that of the name, or one there is, or this Python as if it were one."""
    for runtime in [runtime_named(wanted)] if wanted else RUNTIMES:
        interpreter = interpreter_of(runtime)
        if interpreter is not None:
            return runtime, interpreter
    assert not wanted, f"no interpreter for {wanted} here"
    here = (sys.version_info[0], sys.version_info[1])
    return Runtime(f"python{here[0]}.{here[1]}", here, RUNTIMES[0].platform), Path(sys.executable)


def copy_of_project(folder: Path) -> Path:
    """What a build reads, in ``folder``: the checkout's own packages stay as they are."""
    folder.mkdir(parents=True)
    for name in _COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def build_in(
    folder: Path, runtime: Runtime, functions: Sequence[str] = (), *, umask: int = 0o022, **environment: str
) -> dict[str, str]:
    """Build in a process of its own; answers the digest of each package, which is in ``folder/.build``."""
    chosen = (runtime.name, *map(str, runtime.version), runtime.platform)
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, str(folder), *chosen, *functions],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "shared"), **environment},
        umask=umask,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split() for line in done.stdout.splitlines())


@dataclass(frozen=True)
class Outside:
    """What the packages meet, and how they know of it."""

    products: StandIn
    wall: ChatWall
    fc: FunctionCompute
    environment: Mapping[str, str]

    def payloads(self, function: str, prefix: str) -> list[bytes]:
        """What was started of a function, in the order of the task ids."""
        found = [self.fc.task(function, task.id) for task in self.fc.tasks(function, prefix)]
        return [task.payload or b"" for task in sorted(filter(None, found), key=lambda task: task.id)]

    def handle(
        self,
        interpreter: Path,
        package: Path,
        events: Sequence[bytes],
        *,
        keys: Sequence[str] | None = None,
        home: Path | None = None,
    ) -> Handled:
        """Run a package's handler in its own folder, with nothing on the path but it and the standard library.

        Credentials come with the environment, as in 3.12; with ``keys`` from the context, as in 3.10; with ``home``
        from what is configured there.
        """
        environment = {name: text for name, text in self.environment.items() if "KEY" not in name or not (keys or home)}
        if home is not None:
            environment["HOME"] = str(home)
        given = {
            "package": str(package),
            "events": [base64.b64encode(event).decode() for event in events],
            "context": {"request_id": "1-0", "region": "cn-hangzhou", "account_id": "1234567890123456"},
            "function": {"name": f"refresh-{package.name}", "handler": "index.handler", "memory": 512, "timeout": 60},
            "keys": keys,
        }
        done = subprocess.run(
            [str(interpreter), "-I", "-S", "-B", "-c", _HANDLE],
            input=json.dumps(given), env={**environment, "FC_FUNC_CODE_PATH": str(package)}, cwd=package,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        answers, modules = json.loads(done.stdout.splitlines()[-1])
        return Handled(tuple(answers), modules)


@contextmanager
def outside(chats: Sequence[str]) -> Iterator[Outside]:
    """Open the stand-ins, with a robot of each kind in ``robots`` that has the kind's name."""
    with (
        tempfile.TemporaryDirectory() as folder,
        StandIn(World(time.time())) as products,
        ChatWall(rate_limits=False) as wall,
    ):
        endpoints = endpoint_variables(products.endpoint)
        settings = {
            **endpoints,
            "REFRESH_WATCH_CHANNELS": json.dumps([wall.entry(kind, kind) for kind in chats]),
            "REFRESH_WATCH_ALLOWED_HOSTS": "127.0.0.1",
            "REFRESH_WATCH_REGION": "cn-hangzhou",
            "REFRESH_WATCH_QUOTA": "cdn.list=1000,cdn.by_id=1000,dcdn.list=1000,dcdn.by_id=1000,vod.list=1000",
        }
        with EmbeddedEngine(
            PROJECT / "s.yaml",
            Path(folder) / "queue.sqlite",
            environment=settings,
            credentials=lambda: KEYS,
            instances=0,  # what is started stays in the queue
            log=lambda line: None,
        ) as engine:
            own = {
                "FC_ACCOUNT_ID": "1234567890123456",
                "FC_REGION": "cn-hangzhou",
                "FC_FUNCTION_HANDLER": "index.handler",
                "FC_INSTANCE_ID": "c-0",
                "ALIBABA_CLOUD_ACCESS_KEY_ID": KEYS[0],
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEYS[1],
            }
            there = Settings(fc_endpoint=engine.url, region="cn-hangzhou")
            fc = FunctionCompute(Transport(there, Credentials(KEYS[0], Secret(KEYS[1])), SystemClock()))
            yield Outside(products, wall, fc, {**own, **settings, "REFRESH_WATCH_FC_ENDPOINT": engine.url})
