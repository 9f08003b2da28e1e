"""What the demo runs on: products and chats that stand in, and the embedded engine with the functions of s.yaml."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from refresh_watch.client import Watches
from refresh_watch.clock import SystemClock
from refresh_watch.credentials import Credentials
from refresh_watch.function_compute.client import FunctionCompute
from refresh_watch.function_compute.transport import Transport
from refresh_watch.instants import Seconds
from refresh_watch.model import Outcome
from refresh_watch.product_specs.registry import services
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.demo.jobs import Job
from refresh_watch_cli.project import find_project
from refresh_watch_cli.serve import LOCAL_REGION, ROUTES, fork_server
from refresh_watch_emulator.chat_wall import ChatWall, WallMessage
from refresh_watch_emulator.engine.engine import EmbeddedEngine
from refresh_watch_emulator.engine.worker import LogLine
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import World, by_words_in_url

STANDING_IN = (*(spec.product.name for spec in services()), "STS", "RAM")
"""Whose REFRESH_WATCH_..._ENDPOINT the stand-in answers for."""

ENDS_AFTER: Seconds = 10
"""So soon a job ends that is submitted to it from outside the demo."""

KEY_ID, KEY_SECRET = "demo-key-id", "demo-key-secret-that-opens-nothing"
KEYS = Credentials(KEY_ID, Secret(KEY_SECRET))


@dataclass(frozen=True)
class Audience:
    """A channel of the demo, and the outcomes that it gets; empty: all."""

    kind: str
    name: str
    on: tuple[Outcome, ...] = ()

    def wants(self, outcome: Outcome) -> bool:
        return not self.on or outcome in self.on


PROBLEMS = tuple(outcome for outcome in Outcome if outcome is not Outcome.COMPLETE)
AUDIENCES = (
    Audience("dingtalk", "oncall", PROBLEMS),
    Audience("feishu", "releases", (Outcome.COMPLETE,)),
    Audience("webhook", "audit"),
)
_PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True)
class DemoStage:
    products: StandIn
    wall: ChatWall
    engine: EmbeddedEngine
    record: FunctionCompute
    watches: Watches


@contextmanager
def stage(
    jobs: tuple[Job, ...],
    on_message: Callable[[WallMessage], None],
    on_log: Callable[[LogLine], None],
    language: str,
) -> Iterator[DemoStage]:
    """Start it all on free ports of 127.0.0.1, and end it. Nothing is kept."""
    for name in _PROXIES:  # the SDKs would ask it for 127.0.0.1 too
        os.environ.pop(name, None)
    plans = {plan.path: plan for job in jobs for plan in job.plans}
    world = World(time.time())
    others = by_words_in_url(after=ENDS_AFTER)
    world.plan_for = lambda url: plans.get(url) or others(url)
    with (
        tempfile.TemporaryDirectory(prefix="refresh-watch-demo-") as folder,
        StandIn(world, credentials={KEY_ID: KEY_SECRET}) as products,
        ChatWall(on_message=on_message) as wall,
        fork_server() as forks,
    ):
        environment = _environment(products, wall, language)
        engine = EmbeddedEngine(
            find_project().manifest,
            Path(folder) / "queue.sqlite",
            environment=environment,
            credentials=lambda: (KEY_ID, KEY_SECRET, ""),
            routes=ROUTES,
            log=on_log,
            fork_server=forks,
        )
        with engine:
            settings = Settings(fc_endpoint=engine.url, region=LOCAL_REGION, language=language)
            record = FunctionCompute(Transport(settings, KEYS, SystemClock()))
            yield DemoStage(products, wall, engine, record, Watches(settings, lambda: KEYS, SystemClock()))


def _environment(products: StandIn, wall: ChatWall, language: str) -> dict[str, str]:
    # every variable that s.yaml asks for: nothing of the user's own set-up gets into the demo
    channels = [
        wall.entry(
            audience.kind,
            audience.name,
            on=[outcome.value for outcome in audience.on],
            mention=["13800000000"] if audience.kind == "dingtalk" else [],
        )
        for audience in AUDIENCES
    ]
    return {
        "REFRESH_WATCH_REGION": LOCAL_REGION,
        "REFRESH_WATCH_PREFIX": "refresh",
        "REFRESH_WATCH_RUNTIME": "python3.12",
        "REFRESH_WATCH_ENVIRONMENT": "demo",
        "REFRESH_WATCH_LANGUAGE": language,
        "REFRESH_WATCH_QUOTA": "",
        "REFRESH_WATCH_CHANNELS": json.dumps(channels),
        "REFRESH_WATCH_ALLOWED_HOSTS": "127.0.0.1",
        **{spec.endpoint_variable: products.endpoint for spec in services()},
        "REFRESH_WATCH_FC_ENDPOINT": "",
    }
