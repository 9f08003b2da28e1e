"""Ended by hand, and sent again by hand."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from refresh_watch.clock import SystemClock
from refresh_watch.errors import NoSuchWatch
from refresh_watch.workflow.replay import being_tried, replay, undelivered
from refresh_watch.workflow.stop import stop
from refresh_watch_emulator.chat_wall import RESET, ScriptedAnswer
from refresh_watch_emulator.engine.crash import KillWorker
from refresh_watch_emulator.engine.switches import EngineSwitches
from tests.workflow.house import house, manifest_with, wait_for
from tests.workflow.scenario import add, many
from tests.workflow.virtual_house import virtual_house


def test_a_stopped_watch_is_told_with_who_stopped_it_and_looks_no_more(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("never", 1)), deadline="10m")
        wait_for(lambda: home.tasks("watch", f"w-{watch_id}-h0001"), "the successor")
        assert stop(watch_id, "the release engineer", engine=home.fc, clock=SystemClock())
        final = home.final(watch_id)
        assert final["outcome"] == "unverifiable"
        assert "the release engineer" in final["refusal"]["message"]
        time.sleep(0.5)
        calls = len(home.products.calls)
        time.sleep(2.5)
        assert len(home.products.calls) == calls
        assert not stop(watch_id, "someone else", engine=home.fc, clock=SystemClock())
        with pytest.raises(NoSuchWatch, match="watch_id: '0000000000000000' is not known"):
            stop("0" * 16, "me", engine=home.fc, clock=SystemClock())


@pytest.mark.parametrize("list_payloads", [True, False])
def test_what_a_robot_refused_for_good_is_kept_told_why_and_replayed_once(tmp_path: Path, list_payloads: bool) -> None:
    refused = ScriptedAnswer(200, '{"errcode":310000,"errmsg":"keywords not in content"}')
    with house(tmp_path, engine=EngineSwitches(list_payloads=list_payloads)) as home:
        home.wall.script("dingtalk", "oncall", refused)
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)))
        home.final(watch_id)
        found = wait_for(lambda: undelivered(home.fc), "an undelivered report")
        assert [(one.channel, one.report.watch_id) for one in found] == [("oncall", watch_id)]
        assert "keywords not in content" in found[0].why
        time.sleep(1.5)
        posts = [post for post in home.wall.posts if post.chat == "oncall"]
        assert len(posts) == 1, "a refusal for good is posted once, whatever Function Compute runs again"
        for _ in range(2):
            replay(found[0], engine=home.fc)
        wait_for(home.chats, "the replayed message")
        wait_for(lambda: not undelivered(home.fc), "nothing is undelivered any more")
        time.sleep(0.5)
        assert len(home.chats()) == 1


def test_posts_are_counted_across_replays(tmp_path: Path) -> None:
    refused = ScriptedAnswer(200, '{"errcode":310000,"errmsg":"keywords not in content"}')
    with house(tmp_path) as home:
        home.wall.script("dingtalk", "oncall", refused, refused)
        home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)))
        first = wait_for(lambda: undelivered(home.fc), "an undelivered report")
        assert "attempt 1;" in first[0].why
        replay(first[0], engine=home.fc)
        again = wait_for(
            lambda: [one for one in undelivered(home.fc) if one.task.id != first[0].task.id], "refused once more"
        )
        assert "attempt 2;" in again[0].why
        assert being_tried(home.fc) == 0


def test_a_robot_that_fails_for_a_moment_is_tried_again_in_place_and_later(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        home.wall.script("webhook", "audit", ScriptedAnswer(503, "busy"), RESET)
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)))
        home.final(watch_id)
        wait_for(lambda: len([post for post in home.wall.posts if post.chat == "audit"]) == 3, "two quick tries more")
        home.wall.script("webhook", "audit", ScriptedAnswer(429, "slow down", (("Retry-After", "120"),)))
        later = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)))
        waiting = wait_for(lambda: home.tasks("notify", f"n-{later}-final-audit-a01"), "a visit two minutes later")
        assert waiting[0].status == "Enqueued"
        assert (being_tried(home.fc), being_tried(home.fc, [later]), being_tried(home.fc, [watch_id])) == (1, 1, 0)
        assert undelivered(home.fc) == []
        assert home.messages(later) == []


def test_a_stop_whose_fan_out_fails_is_still_sent_by_the_guard() -> None:
    with virtual_house(kills=[KillWorker("f-*", 1)] * 2) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("never", 1)), deadline="5s")
        home.run(until=lambda: home.tasks("watch", f"w-{watch_id}-h0001"))
        assert stop(watch_id, "the release engineer", engine=home, clock=home.clock)
        assert "the release engineer" in home.final(watch_id)["refusal"]["message"]
        assert len(home.messages(watch_id)) == 1


def test_a_report_that_was_never_fanned_out_can_be_replayed(tmp_path: Path) -> None:
    kills = [KillWorker("r-*", 1) for _ in range(2)]
    manifest = manifest_with(tmp_path, maxAsyncRetryAttempts=1)
    with house(tmp_path, kills=kills, manifest=manifest, engine=EngineSwitches(retry_interval=0.05)) as home:
        home.post({"product": "cdn", "task_ids": "x"}, {"X-Fc-Invocation-Type": "Async"})
        found = wait_for(lambda: undelivered(home.fc), "an undelivered report")
        assert [(one.channel, str(one.report.kind)) for one in found] == [("", "rejected")]
        assert home.messages("", "rejected") == []
        for _ in range(2):
            replay(found[0], engine=home.fc)
        wait_for(lambda: home.messages("", "rejected"), "the replayed report")
        wait_for(lambda: not undelivered(home.fc), "nothing is undelivered any more")
        assert len(home.messages("", "rejected")) == 1
