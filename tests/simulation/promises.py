"""One watch under the trouble that a seed says, and what has to hold of it in the end."""

from __future__ import annotations

from random import Random

from refresh_watch.model import Outcome
from refresh_watch.reports.from_wire import decode
from refresh_watch.watch import open_watch
from refresh_watch.watching.hop_payload import Hop, write_hop
from refresh_watch.watching.request import read_request
from refresh_watch.workflow.guard import guard_delay
from refresh_watch.workflow.task_ids import final_id, guard_id, hop_id
from tests.simulation.cloud import CHANNELS, NOON, Cloud, Truth


def run(seed: int) -> None:
    chance = Random(seed)
    trouble = chance.choice((0.0, 0.3, 1.0))
    cloud = Cloud(chance=chance)
    for n in range(chance.randint(1, 4)):
        ends_at = cloud.clock.at + chance.choice((0.0, 40.0, 330.0, 1797.0, 1e9))
        complete, failed = chance.choice(((1, 0), (3, 0), (0, 1), (2, 1)))
        cloud.truths[str(n)] = Truth(ends_at, complete, failed, cloud.clock.at + chance.choice((0.0, 20.0)))
    request = read_request({"product": "cdn", "task_ids": list(cloud.truths)})
    watch = open_watch("refresh", request, cloud.clock.at)
    cloud.start_later("watch", write_hop(Hop(watch, 0)), 0, hop_id(watch.id, 0))
    guard = Hop(watch, 0, is_guard=True)
    cloud.start_later("watch", write_hop(guard), guard_delay(watch, 0), guard_id(watch.id, 0))
    cloud.trouble = trouble
    cloud.run()
    check(cloud, watch.id, seed)


def check(cloud: Cloud, watch_id: str, seed: int) -> None:
    final = decode(cloud.payload("notify", final_id(watch_id)))
    assert final.made_at < NOON + 86400, f"seed {seed}: what was cut off was picked up only at the very end"
    for name in CHANNELS:
        assert cloud.posts[final.id, name] >= 1, f"seed {seed}: {name} was not told"
        if not cloud.trouble:
            assert cloud.posts[final.id, name] == 1
    for task in final.tasks:
        truth = cloud.truths[task.item]
        ended = truth.ends_at < final.made_at + 10
        assert task.outcome is not Outcome.COMPLETE or (ended and not truth.failed), f"seed {seed}: a guess"
        if task.outcome in (Outcome.FAILED, Outcome.PARTLY_FAILED):
            assert (ended, bool(truth.failed)) == (True, True), f"seed {seed}: a guess"
        if not cloud.trouble:
            assert task.outcome is expected(truth), f"seed {seed}"


def expected(truth: Truth) -> Outcome:
    """Where nothing goes wrong."""
    if truth.ends_at > NOON + 1800:
        return Outcome.OVERDUE
    if not truth.failed:
        return Outcome.COMPLETE
    return Outcome.PARTLY_FAILED if truth.complete else Outcome.FAILED
