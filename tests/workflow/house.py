"""The whole house on this machine: stand-in products, chats, and the deployed functions on the embedded engine."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.clock import SystemClock
from refresh_watch.credentials import Credentials
from refresh_watch.function_compute.client import FunctionCompute
from refresh_watch.function_compute.tasks import Task
from refresh_watch.function_compute.transport import Transport
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.serve import fork_server
from refresh_watch_emulator.chat_wall import ChatWall, WallMessage
from refresh_watch_emulator.engine.crash import KillWorker
from refresh_watch_emulator.engine.engine import EmbeddedEngine
from refresh_watch_emulator.engine.fork_server import ForkServer
from refresh_watch_emulator.engine.roles import Roles
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.engine.worker import Code
from refresh_watch_emulator.products.catalog import DEFAULT_QUOTA
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches as ProductSwitches
from refresh_watch_emulator.products.world import World
from tests.all_products import endpoint_variables

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("testAK", "testSK", "")
QUICK = "0,0.5,1;1"
"""A schedule for tasks that take a second or two."""
GIVE_UP_AFTER = 180
"""Seconds: a test that waits for longer has failed. A message may have to wait for its turn behind those of other tests."""


@dataclass
class Home:
    """What every house has: products, chats, and an entrance for events."""

    products: StandIn
    wall: ChatWall

    def now(self) -> float:
        return time.time()

    def post(self, body: Any, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Hand a body to intake's HTTP trigger; answers the status and the JSON."""
        raise NotImplementedError

    def start(self, product: str, ids: Sequence[str] | str, **more: Any) -> str:
        """Start a watch with a schedule of seconds; answers its id."""
        request = {"product": product, "task_ids": ids, "schedule": QUICK, "deadline": "20s", **more}
        if product == "vod-legacy":
            request = {"domain_name": "example.com", "object_type": "file", **request}
        status, answer = self.post(request)
        assert status == 202, answer
        return str(answer["watch_id"])

    def messages(self, watch_id: str, kind: str = "final", chat: str = "audit") -> list[dict[str, Any]]:
        """What a watch's messages in the webhook chat held: the `data` of each."""
        return [
            message.body["data"]
            for message in self.wall.messages
            if message.chat == chat and message.body.get("type") == f"refresh_watch.{kind}"
            if message.body["data"].get("watch_id", "") == watch_id
        ]

    def final(self, watch_id: str) -> dict[str, Any]:
        """The final report of a watch, waited for."""
        raise NotImplementedError

    def chats(self, chat: str = "oncall") -> list[WallMessage]:
        """The messages in the DingTalk chat."""
        return [message for message in self.wall.messages if message.chat == chat]


@dataclass
class House(Home):
    """All of it in real time: the deployed functions run on the embedded engine."""

    engine_url: str
    fc: FunctionCompute
    log: list[str] = field(default_factory=list)

    def post(self, body: Any, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        connection = http.client.HTTPConnection(urlsplit(self.engine_url).netloc, timeout=30)
        try:
            connection.request("POST", "/watches", text, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()

    def final(self, watch_id: str) -> dict[str, Any]:
        return wait_for(lambda: self.messages(watch_id), f"no final of {watch_id}")[0]

    def tasks(self, function: str, prefix: str) -> list[Task]:
        """The engine's record."""
        return self.fc.tasks(function, prefix)


def wait_for(condition: Any, why: str) -> Any:
    """Wait until `condition()` is true; answers what it answered."""
    end = time.monotonic() + GIVE_UP_AFTER
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(why)


def environment_of(
    products: StandIn, wall: ChatWall, channels: Sequence[dict[str, Any]] | None = None
) -> dict[str, str]:
    """The environment of the functions: every endpoint points at the stand-ins."""
    if channels is None:
        channels = [wall.entry("dingtalk", "oncall", mention=["13800000000"]), wall.entry("webhook", "audit")]
    return {
        **endpoint_variables(products.endpoint),
        "REFRESH_WATCH_CHANNELS": json.dumps(channels),
        "REFRESH_WATCH_ALLOWED_HOSTS": "127.0.0.1",
        "REFRESH_WATCH_ENVIRONMENT": "test",
        "REFRESH_WATCH_REGION": "cn-hangzhou",
    }


def client_of(engine_url: str) -> FunctionCompute:
    """The official FC SDK, pointed at the engine."""
    return FunctionCompute(transport_to(engine_url))


def transport_to(engine_url: str) -> Transport:
    """The calls that it makes."""
    settings = Settings(fc_endpoint=engine_url, region="cn-hangzhou")
    return Transport(settings, Credentials(KEYS[0], Secret(KEYS[1])), SystemClock())


@contextmanager
def house(
    folder: Path,
    *,
    products: ProductSwitches | None = None,
    engine: EngineSwitches | None = None,
    channels: Sequence[dict[str, Any]] | None = None,
    more: Mapping[str, str] | None = None,
    manifest: Path = ROOT / "s.yaml",
    kills: Sequence[KillWorker] = (),
    quota: Mapping[str, float] = DEFAULT_QUOTA,
    rate_limits: bool = False,
    roles: Roles | None = None,
) -> Iterator[House]:
    """Open the house: engine and stand-ins in threads of this process, handlers in processes of their own."""
    lines: list[str] = []
    world = World(time.time(), quota=dict(quota))
    with StandIn(world, products or ProductSwitches()) as stand_in, ChatWall(rate_limits=rate_limits) as wall:
        environment = {**environment_of(stand_in, wall, channels), **(more or {})}
        started = EmbeddedEngine(
            manifest,
            folder / "queue.sqlite",
            environment=environment,
            credentials=lambda: KEYS,
            switches=engine or EngineSwitches(),
            routes={"/watches": "intake"},
            log=lambda line: lines.append(str(line)),
            kills=kills,
            roles=roles,
            fork_server=_shared_fork_server(),
            code_of=None if manifest.parent == ROOT else _sources,
        )
        with started as running:
            yield House(stand_in, wall, running.url, client_of(running.url), lines)


def manifest_with(folder: Path, **properties: int) -> Path:
    """A copy of s.yaml in `folder` with other numbers, such as ``timeout=6`` (in every function)."""
    text = (ROOT / "s.yaml").read_text()
    for name, value in properties.items():
        text = re.sub(rf"\b{name}: \d+", f"{name}: {value}", text)
    path = folder / "s.yaml"
    path.write_text(text)
    return path


def _sources(key: str) -> Code:
    return Code(ROOT / "functions" / key, (ROOT / "shared",))


@cache
def _shared_fork_server() -> ForkServer:
    return fork_server()
