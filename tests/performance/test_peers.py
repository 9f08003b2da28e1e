"""The peers' known traits, each by what it would have told somebody (their sources stand in peers.py)."""

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


def test_refresh_py_says_that_a_normal_refresh_is_done_after_a_minute() -> None:
    run = waited(REFRESH_PY, *objects(330))
    assert (run.verdict, run.calls) == (Verdict.WRONG, 7)
    assert waited(REFRESH_PY, *objects(33)).verdict is Verdict.RIGHT


def test_refresh_py_takes_an_empty_list_for_the_end() -> None:
    run = waited(REFRESH_PY, *objects(33), unseen=1)
    assert (run.verdict, run.calls) == (Verdict.WRONG, 1)


def test_refresh_py_never_learns_that_a_task_failed() -> None:
    assert waited(REFRESH_PY, *objects(5, ends="Failed")).verdict is Verdict.WRONG


def test_refresh_py_reads_twenty_rows() -> None:
    late = [*objects(5, count=20), ObjectPlan("http://a.com/late", after=50)]
    assert waited(REFRESH_PY, *late).verdict is Verdict.WRONG


def test_the_cli_waiter_gives_up_before_a_normal_refresh_ends_and_at_its_longest_does_not() -> None:
    assert waited(CLI, *objects(330)).verdict is Verdict.NONE
    run = waited(CLI_LONGEST, *objects(333))
    assert run.verdict is Verdict.RIGHT
    assert 0 <= run.lag <= 10.2


def test_the_cli_waiter_is_killed_by_an_empty_list() -> None:
    run = waited(CLI, *objects(33), unseen=1)
    assert (run.verdict, run.calls) == (Verdict.NONE, 1)


def test_the_cli_waiter_waits_for_a_failed_task_until_its_time_is_over() -> None:
    run = waited(CLI_LONGEST, *objects(5, ends="Failed"))
    assert (run.verdict, run.calls) == (Verdict.NONE, 61)


def test_the_cli_waiter_sees_the_first_object_only() -> None:
    assert waited(CLI, *objects(5), ObjectPlan("http://a.com/late", after=50)).verdict is Verdict.WRONG


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


@pytest.mark.parametrize("peer", [BOTOCORE, AZURE, GOOGLE, SMITHY, DURABLE], ids=lambda peer: peer.name)
def test_the_others_are_right_about_a_failure_and_late_by_their_schedule(peer: Peer) -> None:
    run = waited(peer, *objects(333, ends="Failed"))
    assert run.verdict is Verdict.RIGHT
    assert 0 <= run.lag <= {BOTOCORE: 20.1, AZURE: 30.1, GOOGLE: 20.2, SMITHY: 120.1, DURABLE: 300.1}[peer]


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
