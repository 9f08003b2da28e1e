"""The blocks of a document that people paste, and a machine on which they are run.

`aliyun` is one that prints what the real one prints; behind `refresh-watch` are the deployed functions.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from refresh_watch.client import connect
from refresh_watch_emulator.products.world import ObjectPlan
from tests.cli.command_line import clean_environment
from tests.workflow.house import House, house

PROJECT = Path(__file__).resolve().parents[2]
KEYS = {
    "cdn RefreshObjectCaches": "RefreshTaskId",
    "cdn PushObjectCache": "PushTaskId",
    "dcdn RefreshDcdnObjectCaches": "RefreshTaskId",
    "dcdn PreloadDcdnObjectCaches": "PreloadTaskId",
    "vod RefreshVodObjectCaches": "RefreshTaskId",
    "vod PreloadVodObjectCaches": "PreloadTaskId",
}
"""What each submit operation calls the ids in its answer (their documents)."""

ALIYUN = '''#!{python}
"""Prints what the aliyun command prints: an answer indented by tabs, or an error on standard error."""
import json, os, sys, zlib
product, operation, *rest = sys.argv[1:]
options = dict(zip(rest[::2], rest[1::2])) if operation != "POST" else dict(zip(rest[1::2], rest[2::2]))
if (product, operation) == ("fc", "POST"):
    from alibabacloud_tea_openapi.client import Client
    from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
    from darabonba.runtime import RuntimeOptions
    config = Config(access_key_id="testAK", access_key_secret="testSK", protocol="http",
                    endpoint=os.environ["REFRESH_WATCH_FC_ENDPOINT"].removeprefix("http://"))
    params = Params(action="InvokeFunction", version="2023-03-30", pathname=rest[0], method="POST", style="ROA",
                    auth_type="AK", protocol="HTTP", req_body_type="json", body_type="binary")
    body = options["--body"].encode()
    answer = Client(config).call_api(params, OpenApiRequest(body=body, stream=body), RuntimeOptions())
    print(answer["body"].decode() if isinstance(answer["body"], bytes) else answer["body"].read().decode())
    raise SystemExit
keys = {keys!r}
key = keys.get(product + " " + operation)
if key is None or not options.get("--ObjectPath") or os.environ["SUBMIT"] == "refused":
    sys.exit("ERROR: SDK.ServerError\\nErrorCode: InvalidObjectPath.Malformed\\nRecommend: \\nRequestId: x\\nMessage: no")
ids = os.environ["SUBMIT"]
if ids.startswith("new"):
    ids = str(zlib.crc32(" ".join([ids, *sys.argv]).encode()))
print(json.dumps({{"RequestId": "174F6032-AA26-470D-B90E-36F0EB205BEE", key: ids}}, indent="\\t"))
'''


@dataclass(frozen=True)
class Fence:
    """A block of a document."""

    document: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}: {self.text.strip().splitlines()[0][:60]}"


def fences(path: Path, having: str = "") -> list[Fence]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL)
    return [Fence(path.name, kind, text) for kind, text in found if having in text]


@dataclass(frozen=True)
class Place:
    """A machine from which jobs are submitted: `aliyun` and `refresh-watch` are on its PATH."""

    deployed: House
    folder: Path
    environment: dict[str, str]
    settled: dict[str, str]

    def run(self, shell: list[str], script: str, submit: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*shell, "-c", script],
            env={**self.environment, "SUBMIT": submit, **variables},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def watched(self) -> list[str]:
        """The first hop of each watch: on a slow machine the next ones are there before the test is done."""
        return [task.id for task in self.deployed.tasks("watch", "w-") if task.id.endswith("-h0000")]


@contextmanager
def submitters_machine(folder: Path) -> Iterator[Place]:
    """Open one in an empty folder."""
    programs = folder / "bin"
    write(programs / "aliyun", ALIYUN.format(python=sys.executable, keys=KEYS))
    ours = f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(PROJECT / "shared"))} exec {sys.executable} -m refresh_watch_cli "$@"\n'
    write(programs / "refresh-watch", ours)
    write(folder / ".venv" / "bin" / "refresh-watch", ours)
    write(programs / "pip", '#!/bin/sh\n[ "$*" = "install ./refresh-watch" ]\n')
    with house(folder) as deployed:
        environment = {
            **clean_environment(),
            "PATH": f"{programs}:{os.environ['PATH']}",
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testSK",
            "REFRESH_WATCH_FC_ENDPOINT": deployed.engine_url,
            "REFRESH_WATCH_SERVE_URL": deployed.engine_url,
            "REFRESH_WATCH_SERVE_TOKEN": "a-fake-token",
        }
        yield Place(deployed, folder, environment, settled(deployed, environment))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def settled(deployed: House, environment: dict[str, str]) -> dict[str, str]:
    """A task id for each outcome, whose watch has ended before any block is run: a submitter who waits, waits minutes."""
    watches = connect(environment)
    ids = {
        outcome: deployed.products.world.add_task(
            "cdn", objects=[ObjectPlan("http://example.com/a", ends)], created_at=time.time()
        )
        for outcome, ends in (("complete", "Complete"), ("failed", "Failed"))
    }
    started = [watches.start("cdn", task_id, schedule="0,1;1") for task_id in ids.values()]
    for one in started:
        watches.wait(one.watch_id)
    return ids
