"""What an invocation of each function costs on this machine, cold and warm: CPU and wall seconds.

Cold is a fresh interpreter with .pyc that imports the deployed entry and handles its first event; warm is each further
event in the same process. The code is the deployed one, with the official SDKs over sockets: the products, the chat
robots and Function Compute are stand-ins in the parent's process, so that none of their CPU is counted. What is started
is recorded and never runs. Every figure is the least of several runs, CPU and wall each by itself.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from refresh_watch.instants import Seconds
from refresh_watch.model import Kind, Product, WatchRequest
from refresh_watch.report import Report
from refresh_watch.reports.wire import encode
from refresh_watch.watch import Watch, open_watch
from refresh_watch.watching.advance import abandon_watch
from refresh_watch.watching.hop_payload import Hop, write_hop
from refresh_watch.watching.reporting import final_report
from refresh_watch.workflow.deliveries import DeliveryState, write_delivery
from refresh_watch_cli.cost.measured import Cost, Costs
from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.engine.engine import EmbeddedEngine
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import ObjectPlan, World

PROJECT = Path(__file__).resolve().parents[2]
KEYS = ("testAK", "testSK", "")
FURTHER = 5
"""Warm events after the cold one."""
APART: Seconds = 0.03
"""Between two events: the quota is set so high that none waits for its turn."""

_HANDLE = """
import sys, time
sys.path[:0] = {path!r}
import base64, json, os, types, index
context = types.SimpleNamespace(request_id="1-0", function=types.SimpleNamespace(timeout=60), credentials=None)
costs, began, cpu = [], {began}, 0.0  # from the interpreter's own start on
for number, event in enumerate(json.load(sys.stdin)):
    if number:
        time.sleep({apart})
        began, cpu = time.time(), time.process_time()
    index.handler(base64.b64decode(event), context)
    costs.append([time.process_time() - cpu, time.time() - began])
status = open("/proc/self/status") if os.path.exists("/proc/self/status") else []
peak = next((line.split()[1] for line in status if line.startswith("VmHWM")), 0)
print(json.dumps([costs, int(peak) / 1024]))
"""


def run_handler(
    interpreter: Sequence[str],
    path: Sequence[str],
    events: Sequence[bytes],
    environment: Mapping[str, str],
    *,
    apart: Seconds = APART,
    under: Callable[[list[str]], list[str]] = list,
) -> tuple[list[Cost], float]:
    """What each event costs the handler of `path[0]` in a fresh process, and the peak of its memory in MB (Linux).

    `under` puts the command under a limit.
    """
    program = _HANDLE.format(path=list(path), apart=apart, began=time.time())
    done = subprocess.run(
        under([*interpreter, "-c", program]),
        input=json.dumps([base64.b64encode(event).decode() for event in events]),
        env=dict(environment),
        capture_output=True,
        text=True,
        check=True,
    )
    costs, peak = json.loads(done.stdout.splitlines()[-1])
    return [Cost(cpu, wall) for cpu, wall in costs], peak


@cache
def measure(runs: int = 3) -> Mapping[str, Costs]:
    """Each thing that is invoked, `runs` fresh interpreters each: intake, hop, guard, fan-out, delivery."""
    with furnished() as house:
        return {
            "intake": _least([house.intake() for _ in range(runs)]),
            "hop": _least([house.hops(Product.CDN) for _ in range(runs)]),
            "hop of vod": _least([house.hops(Product.VOD) for _ in range(runs)]),
            "guard": _least([house.guards() for _ in range(runs)]),
            "fan-out": _least([house.fan_outs() for _ in range(runs)]),
            "delivery": _least([house.deliveries() for _ in range(runs)]),
        }


def _least(runs: Sequence[Sequence[Cost]]) -> Costs:
    further = [cost for first, *rest in runs for cost in rest]
    return Costs(_both([first for first, *_ in runs]), _both(further))


def _both(costs: Sequence[Cost]) -> Cost:
    return Cost(min(cost.cpu for cost in costs), min(cost.wall for cost in costs))


@dataclass
class House:
    """The stand-ins, and events for the functions; every event is another watch's or another hop's."""

    products: StandIn
    environment: Mapping[str, str]

    def hops(self, product: Product) -> list[Cost]:
        watch = self._watch(product)
        return self.handled("watch", [write_hop(Hop(watch, number)) for number in range(1 + FURTHER)])

    def guards(self) -> list[Cost]:
        watch = self._watch(Product.CDN)
        return self.handled("watch", [write_hop(Hop(watch, number, is_guard=True)) for number in range(1 + FURTHER)])

    def intake(self) -> list[Cost]:
        requests = [{"product": "cdn", "task_ids": self._task(Product.CDN)} for _ in range(1 + FURTHER)]
        return self.handled("intake", [json.dumps(request).encode() for request in requests])

    def fan_outs(self) -> list[Cost]:
        return self.handled("notify", [encode(self._report()) for _ in range(1 + FURTHER)])

    def deliveries(self) -> list[Cost]:
        states = [DeliveryState(self._report(), "oncall") for _ in range(1 + FURTHER)]
        return self.handled("notify", [write_delivery(state) for state in states])

    def handled(self, function: str, events: Sequence[bytes]) -> list[Cost]:
        path = (str(PROJECT / "functions" / function), str(PROJECT / "shared"))
        return run_handler([sys.executable], path, events, self.environment)[0]

    def _task(self, product: Product) -> str:
        world = self.products.world
        return world.add_task(
            product, objects=[ObjectPlan("http://example.com/a.txt", after=1e6)], created_at=time.time()
        )

    def _watch(self, product: Product) -> Watch:
        request = WatchRequest(product, (self._task(product),), kind=Kind.REFRESH)
        return open_watch("refresh", request, time.time())

    def _report(self) -> Report:
        watch = self._watch(Product.CDN)
        return final_report(abandon_watch(watch, time.time()), time.time())


@contextmanager
def furnished() -> Iterator[House]:
    with (
        tempfile.TemporaryDirectory() as folder,
        StandIn(World(time.time())) as products,
        ChatWall(rate_limits=False) as wall,
    ):
        settings = {
            "REFRESH_WATCH_CDN_ENDPOINT": products.endpoint,
            "REFRESH_WATCH_VOD_ENDPOINT": products.endpoint,
            "REFRESH_WATCH_CHANNELS": json.dumps([wall.entry("dingtalk", "oncall")]),
            "REFRESH_WATCH_ALLOWED_HOSTS": "127.0.0.1",
            "REFRESH_WATCH_QUOTA": "cdn.list=1000,cdn.by_id=1000,vod.list=1000",
            "REFRESH_WATCH_REGION": "cn-hangzhou",
            "ALIBABA_CLOUD_ACCESS_KEY_ID": KEYS[0],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEYS[1],
        }
        # no instance at all: what is started stays in the queue
        with EmbeddedEngine(
            PROJECT / "s.yaml",
            Path(folder) / "queue.sqlite",
            environment=settings,
            credentials=lambda: KEYS,
            instances=0,
            log=lambda line: None,
        ) as engine:
            yield House(products, {**settings, "REFRESH_WATCH_FC_ENDPOINT": engine.url})
