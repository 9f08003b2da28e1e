"""Function Compute delivers at least once: what is run twice is told once."""

from __future__ import annotations

import json
import time
from pathlib import Path

from refresh_watch.model import Outcome
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.watching.advance import advance
from refresh_watch.watching.state import read_hop
from refresh_watch.workflow.task_ids import hop_id
from refresh_watch_emulator.engine.switches import EngineSwitches
from tests.workflow.house import House, house, wait_for
from tests.workflow.scenario import add, check_all, many, start_all


def test_every_hop_and_every_delivery_run_twice_changes_no_verdict(tmp_path: Path) -> None:
    with house(tmp_path, engine=EngineSwitches(run_twice=True)) as home:
        started = start_all(home)
        check_all(home, started)
        time.sleep(2)
        for name, (watch_id, outcome, _) in started.items():
            told = home.messages(watch_id)
            # a delivery that is run twice posts twice, with one id: the receiver can tell
            assert {message["outcome"] for message in told} == {outcome}, name
            assert len({message["id"] for message in told}) == 1
        ids = [m.id for m in home.wall.messages if m.kind == "webhook"]
        assert len(set(ids)) == sum(bool(m) for m in _told(home, started))


def _told(home: House, started: dict[str, tuple[str, str, dict[str, int]]]) -> list[list[dict[str, object]]]:
    return [home.messages(watch_id, kind) for watch_id, _, _ in started.values() for kind in ("final", "interim")]


def test_a_hop_that_is_run_again_and_sees_something_else_says_nothing_new(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        task = add(home, "cdn", *many("Complete", 1, after=0))
        watch_id = home.start("cdn", task)
        first = home.final(watch_id)
        assert first["outcome"] == "complete"
        # the same hop again, by hand, when the world looks different
        home.products.world.settle(task, "Failed")
        payload = payload_of(home, hop_id(watch_id, 0))
        home.fc.start_later("watch", payload, 0, "again-1")
        wait_for(lambda: _ended(home, "again-1"), "the hop run again")
        time.sleep(1)
        assert [message["outcome"] for message in home.messages(watch_id)] == ["complete"]


def test_two_runs_of_one_hop_that_disagree_leave_one_chain(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        task = add(home, "cdn", *many("Complete", 1, after=15))
        watch_id = home.start("cdn", task)
        hops = wait_for(lambda: home.tasks("watch", hop_id(watch_id, 1)), "the first successor")
        assert hops
        payload = payload_of(home, hop_id(watch_id, 0))
        home.fc.start_later("watch", payload, 0, "again-2")
        home.final(watch_id)
        wait_for(lambda: _ended(home, "again-2"), "the hop run again")
        time.sleep(1)
        numbers = sorted(t.id for t in home.tasks("watch", f"w-{watch_id}-"))
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


def payload_of(home: House, task_id: str) -> bytes:
    task = home.fc.task("watch", task_id)
    assert task is not None
    assert task.payload
    return task.payload


def _ended(home: House, task_id: str) -> bool:
    return any(t.status == "Succeeded" for t in home.tasks("watch", task_id))
