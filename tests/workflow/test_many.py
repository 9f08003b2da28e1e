"""A thousand VOD ids: a look outlasts the function's time-out, and the quota and 503s stand in the way.

The stand-in ignores the time filter, so that no listing can answer for many ids at once: each is asked about alone.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from refresh_watch.credentials import Credentials
from refresh_watch.reports.from_wire import decode
from refresh_watch.settings import Secret, Settings
from refresh_watch.watch import open_watch
from refresh_watch.watching.hop_payload import Hop, read_hop
from refresh_watch.watching.request import read_request
from refresh_watch.workflow.hop import LOOK_SHARE, look_at, run_hop
from refresh_watch.workflow.task_ids import hop_id
from refresh_watch_emulator.products.faults import throttling
from refresh_watch_emulator.products.server import StandIn
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.all_products import everywhere
from tests.hand_clock import HandClock
from tests.record import Record
from tests.workflow.house import house, manifest_with

COUNT = 1000
FAILS_EVERY = 100


def plans(after: float) -> list[ObjectPlan]:
    ends = ["Failed" if i % FAILS_EVERY == 0 else "Complete" for i in range(COUNT)]
    return [ObjectPlan(f"http://example.com/{i}", end, after, "OriginTimeout") for i, end in enumerate(ends)]


def test_at_five_calls_a_second_every_id_is_asked_within_the_quota_and_none_is_guessed() -> None:
    """Time is by hand, the sockets and the SDK are real: 200 s a sweep, 40 s a look, 503s in between."""
    clock = HandClock()
    world = World(clock.now(), quota={"vod.list": 5.0})
    settings_of = {"region": "cn-hangzhou"}
    with StandIn(world, Switches(throttled_as="503", time_filter="ignored"), world_clock=clock) as stand_in:
        stand_in.faults.add(throttling(), chance=0.05)
        settings = Settings(product_endpoints=everywhere(stand_in.endpoint), **settings_of)
        ids = [world.add_task("vod", objects=[plan], created_at=clock.now()) for plan in plans(330)]
        hop = Hop(open_watch("refresh", read_request({"product": "vod", "task_ids": ids}), clock.now()), 0)
        looked_at: list[float] = []
        while True:
            record, began = Record(), clock.now()
            look = partial(
                look_at,
                settings=settings,
                find_credentials=lambda: Credentials("testAK", Secret("testSK")),
                clock=clock,
                until=began + LOOK_SHARE * 60,
            )
            run_hop(hop, look=look, engine=record, clock=clock)
            assert clock.now() - began <= 60
            looked_at.append(began)
            if not (successor := record.payloads("watch", "w-")):
                break
            hop = read_hop(successor[0])
            clock.sleep(record.delays[hop_id(hop.watch.id, hop.number)])
        final = decode(record.payloads("notify", "f-")[0])
        assert (final.counts.complete, final.counts.failed) == (COUNT - COUNT // FAILS_EVERY, COUNT // FAILS_EVERY)
        assert len(looked_at) > 200 / 40
        refused = [call for call in stand_in.calls if call.fault is None and call.status != 200]
        assert refused == [], "our own pacing never ran into the quota"


def test_on_the_engine_a_look_that_outlasts_the_time_out_goes_on_in_the_next_hop(tmp_path: Path) -> None:
    """The same over the whole house, ten times as fast, with a time-out of 6 s."""
    manifest = manifest_with(tmp_path, timeout=6)
    quota = {"vod.list": 500.0}
    more = {"REFRESH_WATCH_QUOTA": "vod.list=480"}
    switches = Switches(time_filter="ignored")
    with house(tmp_path, products=switches, manifest=manifest, quota=quota, more=more) as home:
        home.products.faults.add(throttling(), chance=0.03)
        ids = [home.products.world.add_task("vod", objects=[plan], created_at=time.time()) for plan in plans(1)]
        watch_id = home.start("vod", ids, deadline="10m", schedule="0,1;1")
        final = home.final(watch_id)
        assert final["outcome"] == "partly_failed"
        assert final["counts"]["complete"] + final["counts"]["failed"] == COUNT
        assert final["counts"]["failed"] == COUNT // FAILS_EVERY
        assert final["looks"] > 3
        assert final["tasks_left_out"] == COUNT - len(final["tasks"])
        assert len(home.messages(watch_id)) == 1
        assert not [t for t in home.tasks("watch", f"w-{watch_id}") if t.status not in ("Succeeded", "Enqueued")]
