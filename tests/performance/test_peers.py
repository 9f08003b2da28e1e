"""The peers' known traits, each by what it would have reported (their sources stand in peers.py)."""

from __future__ import annotations

from random import Random

import pytest

from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.performance.cases import NOON, Case, Scene, Truth
from tests.performance.peers import (
    AZURE,
    BOTOCORE,
    CLI,
    CLI_LONGEST,
    DURABLE,
    GOOGLE,
    PEERS,
    REFRESH_PY,
    SMITHY,
    Peer,
)
from tests.performance.runs import Run, Verdict
from tests.performance.waiting import wait
from tests.performance.workloads import REFRESH


def scene(*plans: ObjectPlan, quota: dict[str, float] | None = None, ids: int = 1, unseen: float = 0.0) -> Scene:
    """Tasks that were submitted at NOON, each with these objects."""
    world = World(NOON, foreign_tasks=0, quota=quota or {})
    truths = {}
    for _ in range(ids):
        task_id = world.add_task("cdn", objects=plans, created_at=NOON)
        failed = sum(plan.ends == "Failed" for plan in plans)
        truths[task_id] = Truth(NOON + max(plan.after for plan in plans), len(plans) - failed, failed)
    return Scene(Case(REFRESH), world, Switches(invisible_seconds=unseen), truths, seed=1)


def waited(peer: Peer, *plans: ObjectPlan, **rest: float) -> Run:
    return wait(peer, scene(*plans, unseen=rest.get("unseen", 0.0)), hop_start=0.5)


def objects(after: float, *, count: int = 1, ends: str = "Complete") -> list[ObjectPlan]:
    return [ObjectPlan(f"http://a.com/{i}", ends, after) for i in range(count)]


LATE = ObjectPlan("http://a.com/late", after=50)


@pytest.mark.parametrize(
    ("peer", "plans", "unseen", "verdict", "calls"),
    [
        pytest.param(REFRESH_PY, objects(33), 0, Verdict.RIGHT, 5, id="Refresh.py is right within its minute"),
        pytest.param(REFRESH_PY, objects(330), 0, Verdict.WRONG, 7, id="Refresh.py: done after a minute"),
        pytest.param(REFRESH_PY, objects(33), 1, Verdict.WRONG, 1, id="Refresh.py: an empty list is the end"),
        pytest.param(REFRESH_PY, objects(5, ends="Failed"), 0, Verdict.WRONG, 7, id="Refresh.py learns of no failure"),
        pytest.param(REFRESH_PY, [*objects(5, count=20), LATE], 0, Verdict.WRONG, 2, id="Refresh.py reads 20 rows"),
        pytest.param(CLI, objects(330), 0, Verdict.NONE, 37, id="CLI gives up before a normal refresh ends"),
        pytest.param(CLI, objects(33), 1, Verdict.NONE, 1, id="CLI is killed by an empty list"),
        pytest.param(CLI_LONGEST, objects(5, ends="Failed"), 0, Verdict.NONE, 61, id="CLI waits for a failed task"),
        pytest.param(CLI, [*objects(5), LATE], 0, Verdict.WRONG, 2, id="CLI sees the first object only"),
    ],
)
def test_a_peer_comes_to_this(peer: Peer, plans: list[ObjectPlan], unseen: float, verdict: Verdict, calls: int) -> None:
    run = waited(peer, *plans, unseen=unseen)
    assert (run.verdict, run.calls) == (verdict, calls)


@pytest.mark.parametrize("peer", [REFRESH_PY, CLI, CLI_LONGEST, GOOGLE], ids=lambda peer: peer.name)
def test_one_throttled_answer_ends_the_wait(peer: Peer) -> None:
    run = wait(peer, scene(*objects(33), quota={"cdn.list": 0.5}, ids=2), hop_start=0.5)
    assert run.throttled >= 1
    assert run.verdict is not Verdict.RIGHT


@pytest.mark.parametrize("peer", [BOTOCORE, AZURE, DURABLE], ids=lambda peer: peer.name)
def test_with_an_sdk_that_tries_again_it_does_not(peer: Peer) -> None:
    run = wait(peer, scene(*objects(33), quota={"cdn.list": 1.0}, ids=2), hop_start=0.5)
    assert run.throttled >= 1
    assert run.verdict is Verdict.RIGHT


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_none_is_right_about_a_task_whose_late_object_stands_on_the_second_page(peer: Peer) -> None:
    assert waited(peer, *objects(5, count=20), ObjectPlan("http://a.com/late", after=1000)).verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("peer", "most"),
    [(CLI_LONGEST, 10.2), (BOTOCORE, 20.1), (AZURE, 30.1), (GOOGLE, 20.2), (SMITHY, 120.1), (DURABLE, 300.1)],
    ids=lambda given: getattr(given, "name", None),
)
def test_the_others_are_right_and_late_by_their_schedule(peer: Peer, most: float) -> None:
    run = waited(peer, *objects(333, ends="Complete" if peer is CLI_LONGEST else "Failed"))
    assert run.verdict is Verdict.RIGHT
    assert 0 <= run.lag <= most


def test_the_schedules_end_where_their_sources_say() -> None:
    def times(peer: Peer, deadline: float = 1800.0) -> list[float]:
        passed, at = 0.0, []
        for pause in peer.pauses(Random(1), deadline):
            passed += pause
            at.append(passed)
        return at

    assert times(BOTOCORE) == [20.0 * i for i in range(30)]
    assert times(CLI)[-1] == 180
    assert times(CLI_LONGEST)[-1] == 600
    assert times(AZURE)[:3] == [0, 30, 60]
    assert times(SMITHY)[-1] == 1800
    assert len(times(DURABLE)) == 60
    assert 900 <= times(GOOGLE)[-1] < 920


def test_what_sleeps_is_billed_until_its_end_and_what_does_not_for_its_questions() -> None:
    assert waited(BOTOCORE, *objects(33)).busy == pytest.approx(40, abs=0.5)
    run = waited(DURABLE, *objects(33))
    assert run.busy == pytest.approx(run.calls * 0.6)
