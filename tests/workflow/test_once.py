"""Function Compute delivers at least once: what is run twice is reported once."""

from __future__ import annotations

import json
from pathlib import Path

from refresh_watch.model import Outcome
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.watching.advance import advance
from refresh_watch.watching.hop_payload import read_hop
from refresh_watch.workflow.task_ids import WATCH, hop_id
from tests.workflow.scenario import add, check_all, many, start_all
from tests.workflow.virtual_house import virtual_house


def test_every_hop_and_every_delivery_run_twice_changes_no_verdict() -> None:
    with virtual_house(delivers_twice=True) as home:
        started = start_all(home)
        check_all(home, started)
        for name, (watch_id, outcome, _) in started.items():
            finals = home.messages(watch_id)
            # a delivery that is run twice posts twice, with one id: the receiver can tell
            assert {message["outcome"] for message in finals} == {outcome}, name
            assert len({message["id"] for message in finals}) == 1
        reports = [bool(home.messages(watch_id, kind)) for watch_id, _, _ in started.values() for kind in KINDS]
        assert len({m.id for m in home.wall.messages if m.kind == "webhook"}) == sum(reports)


KINDS = ("final", "interim")


def test_a_hop_that_is_run_again_and_sees_something_else_says_nothing_new() -> None:
    with virtual_house() as home:
        task = add(home, "cdn", *many("Complete", 1, after=0))
        watch_id = home.start("cdn", task)
        assert home.final(watch_id)["outcome"] == "complete"
        # the same hop again, by hand, when the world looks different
        home.products.world.settle(task, "Failed")
        home.start_later(WATCH, home.payload(WATCH, hop_id(watch_id, 0)), 0, "again-1")
        assert home.final(watch_id)["outcome"] == "complete"
        assert [task.status for task in home.tasks(WATCH, "again-1")] == ["Succeeded"]
        assert len(home.messages(watch_id)) == 1


def test_two_runs_of_one_hop_that_disagree_leave_one_chain() -> None:
    with virtual_house() as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=15)))
        home.run(until=lambda: home.tasks(WATCH, hop_id(watch_id, 1)))
        home.start_later(WATCH, home.payload(WATCH, hop_id(watch_id, 0)), 0, "again-2")
        home.final(watch_id)
        assert [task.status for task in home.tasks(WATCH, "again-2")] == ["Succeeded"]
        numbers = sorted(task.id for task in home.tasks(WATCH, f"w-{watch_id}-"))
        assert numbers == [hop_id(watch_id, n) for n in range(len(numbers))]
        assert len(home.messages(watch_id)) == 1


def test_a_later_view_is_dropped_by_the_core_too() -> None:
    text = (Path(__file__).parents[1] / "events" / "hop.json").read_bytes()
    hop = read_hop(text)
    now = hop.watch.accepted_at + 60
    seen = ItemObservation(hop.watch.items[0].item, Answer.SEEN, True, complete=1)
    settled = advance(hop.watch, Observation((seen,), now, now, 1), now).watch
    failed = ItemObservation(hop.watch.items[0].item, Answer.SEEN, True, failed=1)
    assert advance(settled, Observation((failed,), now, now, 1), now + 1).watch.items[0].outcome is Outcome.COMPLETE
    assert json.loads(text)["watch"]["items"] == ""
