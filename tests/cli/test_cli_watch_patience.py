"""How long `refresh-watch watch` goes on past its deadline, by a clock that is moved by hand."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

import pytest

from refresh_watch.instants import Seconds
from refresh_watch.model import Outcome, Product, WatchRequest
from refresh_watch.observation import Observation
from refresh_watch.report import Report
from refresh_watch.settings import Settings
from refresh_watch.watch import Watch
from refresh_watch_cli.context import CommandContext
from refresh_watch_cli.exit_codes import OF_OUTCOME
from refresh_watch_cli.watch import NO_ANSWER_SECONDS, follow
from refresh_watch_emulator.products.faults import throttling_user
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.all_products import everywhere
from tests.hand_clock import HandClock

KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "testAK", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testSK"}
DEADLINE = 300.0


@dataclass
class Said:
    """A Progress that keeps what it was told."""

    lines: list[str] = field(default_factory=list)
    looks: int = 0

    def looked(self, watch: Watch, observation: Observation, after: Seconds | None) -> None:
        self.looks += 1

    def say(self, text: str) -> None:
        self.lines.append(text)


def request(task_id: str) -> WatchRequest:
    return WatchRequest(Product.CDN, task_ids=(task_id,), deadline=DEADLINE)


def no_interim(report: Report) -> None:
    raise AssertionError(report)


@pytest.fixture
def closed() -> str:
    """An endpoint of this machine that refuses every connection."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_an_api_that_never_answers_is_given_up_a_minute_past_the_deadline(closed: str) -> None:
    clock = HandClock()
    began = clock.now()
    said = Said()

    report = follow(
        request("123"), CommandContext(Settings(product_endpoints=everywhere(closed)), KEYS, clock), said, no_interim
    )

    assert DEADLINE + NO_ANSWER_SECONDS <= clock.now() - began < DEADLINE + 3 * NO_ANSWER_SECONDS
    assert report.outcome is Outcome.UNVERIFIABLE
    assert OF_OUTCOME[report.outcome] == 4
    assert report.problem
    assert said.lines == []


def test_what_was_seen_before_the_api_fell_silent_is_overdue(stand_in: StandIn) -> None:
    clock = HandClock()
    plans = [ObjectPlan("http://example.com/a", NEVER)]
    task_id = stand_in.world.add_task("cdn", objects=plans, created_at=clock.now())

    class FallsSilent(Said):
        def looked(self, watch: Watch, observation: Observation, after: Seconds | None) -> None:
            super().looked(watch, observation, after)
            if self.looks == 1:
                stand_in.stop()

    context = CommandContext(Settings(product_endpoints=everywhere(stand_in.endpoint)), KEYS, clock)
    report = follow(request(task_id), context, FallsSilent(), no_interim)

    assert report.outcome is Outcome.OVERDUE
    assert OF_OUTCOME[report.outcome] == 3


def test_throttling_past_the_deadline_is_waited_out_and_said_once(stand_in: StandIn) -> None:
    clock = HandClock()
    began = clock.now()
    task_id = stand_in.world.add_task("cdn", created_at=began)
    stand_in.faults.add(throttling_user(), times=1_000_000)

    class Recovers(Said):
        def looked(self, watch: Watch, observation: Observation, after: Seconds | None) -> None:
            super().looked(watch, observation, after)
            if clock.now() - began > DEADLINE + 10 * NO_ANSWER_SECONDS:
                stand_in.faults.clear()

    said = Recovers()
    context = CommandContext(Settings(product_endpoints=everywhere(stand_in.endpoint)), KEYS, clock)
    report = follow(request(task_id), context, said, no_interim)

    assert report.outcome is Outcome.COMPLETE
    assert clock.now() - began > DEADLINE + 10 * NO_ANSWER_SECONDS
    (line,) = said.lines
    assert line.startswith("the deadline has passed; going on until ")
    assert line.endswith(" UTC, since throttling changes no verdict")
