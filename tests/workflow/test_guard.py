"""Accepted is tracked: chains that are cut, fan-outs that fail, and invocations that break for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.local.engine.crash import KillWorker
from shared.local.engine.switches import Switches
from tests.workflow.house import house, manifest_with, wait_for
from tests.workflow.scenario import add, many


@pytest.mark.parametrize("list_payloads", [True, False])
def test_a_chain_whose_task_was_stopped_is_picked_up_by_the_guard(tmp_path: Path, list_payloads: bool) -> None:
    with house(tmp_path, engine=Switches(list_payloads=list_payloads)) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=5)), schedule="0,60;60", deadline="8s")
        hop = wait_for(lambda: home.tasks("watch", f"w-{watch_id}-h0001"), 10, "the successor")[0]
        home.fc.stop("watch", hop.id)
        wait_for(lambda: home.tasks("watch", hop.id)[0].status == "Stopped", 10, "the successor is stopped")
        assert home.final(watch_id, 30)["outcome"] == "complete"
        assert len(home.messages(watch_id)) == 1


def test_a_final_whose_fan_out_failed_is_told_by_the_guard(tmp_path: Path) -> None:
    kills = [KillWorker("f-*", 1) for _ in range(2)]
    manifest = manifest_with(tmp_path, maxAsyncRetryAttempts=1)
    with house(tmp_path, kills=kills, manifest=manifest, engine=Switches(retry_interval=0.05)) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("Failed", 1, after=0)), deadline="1s")
        assert home.final(watch_id, 30)["outcome"] == "failed"
        wait_for(home.chats, 10, "the chat is told too")
        assert {task.id: task.status for task in home.tasks("notify", f"f-{watch_id}")} == {
            f"f-{watch_id}": "Failed",
            f"f-{watch_id}-again00": "Succeeded",
        }
        assert len(home.messages(watch_id)) == 1


def test_a_hop_that_fails_for_good_is_told_as_broken_and_may_still_end_in_a_final(tmp_path: Path) -> None:
    kills = [KillWorker("w-*-h0001", 1) for _ in range(2)]
    manifest = manifest_with(tmp_path, maxAsyncRetryAttempts=1)
    with house(tmp_path, kills=kills, manifest=manifest, engine=Switches(retry_interval=0.05)) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=5)), deadline="3s")
        broken = wait_for(lambda: home.messages(watch_id, "broken"), 40, "a broken report")[0]
        assert "refresh-watch failed after" in broken["problem"]
        assert home.final(watch_id, 40)["outcome"] == "complete"
        assert len(home.messages(watch_id, "broken")) == 1


def test_a_dead_chain_is_started_again_by_the_same_event(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        task = add(home, "cdn", *many("never", 1))
        request = {"product": "cdn", "task_ids": task, "schedule": "0,60;60", "deadline": "10m"}
        watch_id = home.post(request)[1]["watch_id"]
        hop = wait_for(lambda: home.tasks("watch", f"w-{watch_id}-h0001"), 10, "the successor")[0]
        assert home.post(request)[1]["state"] == "watching (Enqueued)"
        home.fc.stop("watch", hop.id)
        wait_for(lambda: home.tasks("watch", hop.id)[0].status == "Stopped", 10, "the successor is stopped")
        home.products.world.settle(task, "Complete")
        answer = home.post(request)[1]
        assert (answer["already"], answer["state"]) == (True, "resumed")
        assert home.final(watch_id)["outcome"] == "complete"
