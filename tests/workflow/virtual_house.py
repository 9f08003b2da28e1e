"""The functions in virtual time: products and chats over real sockets, Function Compute's queue and record in memory.

The code that runs is the project's own, from the event to the bytes at the chat; only time and the queue are made up, so
that what takes ten minutes or a day in truth is shown at once.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.errors import EngineError, Undelivered
from refresh_watch.function_compute.tasks import Started, TaskStatus
from refresh_watch.instants import Instant, Seconds
from refresh_watch.report import Report
from refresh_watch.reports.wire import encode
from refresh_watch.settings import Settings, read_channels
from refresh_watch.triggers.read import open_event
from refresh_watch.watching.hop_payload import read_hop
from refresh_watch.watching.quota import Quota
from refresh_watch.workflow.guard import run_guard
from refresh_watch.workflow.hop import LOOK_SHARE, TURN_PATIENCE, look_at, run_hop
from refresh_watch.workflow.intake import take_in
from refresh_watch.workflow.notify import notify
from refresh_watch.workflow.task_ids import NOTIFY, WATCH
from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.engine.crash import KillWorker, WorkerKills
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import World
from tests.channels.delivering import ALLOWED
from tests.hand_clock import HandClock
from tests.products.polling import CREDENTIALS
from tests.record import Record
from tests.workflow.house import Home, environment_of

KEPT_BUSY: Seconds = 0.4
"""So long an event of notify keeps its instance."""
TIMEOUT: Seconds = 60
RETRIED_AFTER: Seconds = 60
"""Function Compute runs a task again so long after its instance has died."""


class Killed(BaseException):
    """The instance has died."""


@dataclass(frozen=True, order=True)
class Queued:
    """A run that is due; of equal ones the first that was queued goes first."""

    due: Instant
    order: int
    function: str
    task_id: str
    run: int = 1


@dataclass
class VirtualHouse(Record, Home):
    """Runs what is started on its functions: each event on the instance of notify, or of watch, that is free first.

    An instance that one of `kills` names dies after that call, and its task is run `runs` times in all. With
    `delivers_twice` each task is run again after it has succeeded.
    """

    clock: HandClock = field(default_factory=HandClock)
    settings: Settings = field(default_factory=Settings)
    instances: int = 2
    kills: Sequence[KillWorker] = ()
    runs: int = 2
    delivers_twice: bool = False
    queue: list[Queued] = field(default_factory=list)

    @classmethod
    def of(
        cls, clock: HandClock, wall: ChatWall, channels: Sequence[dict[str, Any]], instances: int = 2, **more: Any
    ) -> VirtualHouse:
        """Chats alone: a house for deliveries."""
        settings = Settings(
            channels=read_channels(json.dumps(list(channels)), ALLOWED), allowed_hosts=ALLOWED, environment="prod"
        )
        return cls(None, wall, clock=clock, settings=settings, instances=instances, **more)  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        self._pacings = [Pacing(self.instances) for _ in range(self.instances)]
        self._quota = Quota(dict(self.settings.quota))
        self._kills = WorkerKills(tuple(self.kills))
        self._running, self._calls = "", 0
        self._busy_until = {function: [0.0] * self.instances for function in (WATCH, NOTIFY)}

    def now(self) -> Instant:
        return self.clock.now()

    def post(self, body: Any, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Hand a body to intake, and wait for the answer."""
        reply = take_in(open_event(json.dumps(body).encode()), settings=self.settings, engine=self, clock=self.clock)
        return reply.status, reply.body

    def final(self, watch_id: str) -> dict[str, Any]:
        """The final report of a watch, once all that was started has been run."""
        self.run()
        return self.messages(watch_id)[0]

    def start_later(self, function: str, payload: bytes, delay: Seconds, task_id: str) -> Started:
        started = super().start_later(function, payload, delay, task_id)
        if started is Started.STARTED:
            heapq.heappush(self.queue, Queued(self.clock.now() + delay, len(self.kept), function, task_id))
        self._calls += 1
        if self._kills.due(self._running, self._calls):
            raise Killed
        return started

    def commit(self, report: Report) -> None:
        """As a hop does."""
        self.start_later(NOTIFY, encode(report), 0, report.id)

    def run(self, until: Callable[[], object] = lambda: False) -> None:
        """Until nothing is queued, or until that is so. Each task goes to the instance that is free first."""
        while self.queue and not until():
            self._run(heapq.heappop(self.queue))

    def _run(self, queued: Queued) -> None:
        function, task_id = queued.function, queued.task_id
        if self.kept[function, task_id].status is TaskStatus.STOPPED:
            return
        busy_until = self._busy_until[function]
        free = min(range(self.instances), key=busy_until.__getitem__)
        self.clock.at = max(self.clock.at, queued.due, busy_until[free])
        self._running, self._calls = task_id, 0
        status = TaskStatus.SUCCEEDED
        try:
            self._handle(function, self.payload(function, task_id), free)
        except (Undelivered, EngineError):
            status = TaskStatus.FAILED
        except Killed:
            again = queued.run < self.runs
            status = TaskStatus.RETRYING if again else TaskStatus.FAILED
            if again:
                heapq.heappush(self.queue, replace(queued, due=self.clock.now() + RETRIED_AFTER, run=queued.run + 1))
        if self.delivers_twice and queued.run == 1 and status is TaskStatus.SUCCEEDED:
            heapq.heappush(self.queue, replace(queued, due=self.clock.now() + 1, run=2))
        self._running = ""
        self.set(function, task_id, status)
        if status is TaskStatus.FAILED and function == WATCH:
            self.start_later(NOTIFY, self._failure(function, task_id), 0, f"failure-of-{task_id}")
        busy_until[free] = self.clock.now() + KEPT_BUSY

    def _failure(self, function: str, task_id: str) -> bytes:
        """What Function Compute hands to the destination of a function that has failed for good."""
        return json.dumps(
            {
                "requestContext": {
                    "functionArn": f"acs:fc:cn-hangzhou:1234567890123456:functions/refresh-{function}",
                    "condition": "UnhandledInvocationError",
                    "approximateInvokeCount": self.runs,
                },
                "requestPayload": self.payload(function, task_id).decode(),
                "responseContext": {"statusCode": 200, "functionError": "UnhandledInvocationError"},
                "responsePayload": "",
            }
        ).encode()

    def _handle(self, function: str, payload: bytes, instance: int) -> None:
        if function == NOTIFY:
            pacing = self._pacings[instance]
            notify(payload, settings=self.settings, engine=self, clock=self.clock, pacing=pacing)
            return
        hop = read_hop(payload)
        if hop.is_guard:
            run_guard(hop, engine=self, clock=self.clock)
            return
        look = partial(
            look_at,
            settings=self.settings,
            find_credentials=lambda: CREDENTIALS,
            clock=self.clock,
            until=self.clock.now() + LOOK_SHARE * TIMEOUT,
            quota=self._quota,
            patience=TURN_PATIENCE,
            booked=hop.booked,
        )
        run_hop(hop, look=look, engine=self, clock=self.clock)


@contextmanager
def virtual_house(
    *,
    clock: HandClock | None = None,
    products: Switches | None = None,
    channels: Sequence[dict[str, Any]] | None = None,
    **more: Any,
) -> Iterator[VirtualHouse]:
    """Open the house: products and chats in threads of this process, their time by hand. `more`: see VirtualHouse."""
    clock = clock or HandClock()
    world = World(clock.now())
    with StandIn(world, products, world_clock=clock) as stand_in, ChatWall(clock=clock) as wall:
        settings = Settings.from_environment(environment_of(stand_in, wall, channels))
        yield VirtualHouse(stand_in, wall, clock=clock, settings=settings, **more)
