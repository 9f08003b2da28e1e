"""The promises under seeded trouble, in virtual time: the seed is in the test's message, and repeats it."""

from __future__ import annotations

from random import Random

import pytest

from refresh_watch.watch import open_watch
from refresh_watch.watching.hop_payload import Hop, write_hop
from refresh_watch.watching.request import read_request
from refresh_watch.workflow.task_ids import hop_id
from tests.effort import EFFORT
from tests.simulation.cloud import NOON, Cloud, Truth
from tests.simulation.promises import run


@pytest.mark.parametrize("seeds", [range(first, first + 50) for first in range(0, EFFORT.seeds, 50)], ids=str)
def test_every_accepted_watch_ends_in_one_true_final_report_on_every_channel(seeds: range) -> None:
    for seed in seeds:
        run(seed)


def test_the_same_seed_is_the_same_run() -> None:
    def posts(seed: int) -> dict[tuple[str, str], int]:
        chance = Random(seed)
        cloud = Cloud(chance=chance, truths={"1": Truth(NOON + 300, 1, 0)})
        watch = open_watch("refresh", read_request({"product": "cdn", "task_ids": "1"}), cloud.clock.at)
        cloud.start_later("watch", write_hop(Hop(watch, 0)), 0, hop_id(watch.id, 0))
        cloud.trouble = 1.0
        cloud.run()
        return dict(cloud.posts)

    assert posts(7) == posts(7)
