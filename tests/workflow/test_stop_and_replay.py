"""Ended by hand, and sent again by hand. The command does so on the engine (tests/cli/test_cli_deployment.py)."""

from __future__ import annotations

import pytest

from refresh_watch.errors import NoSuchWatch
from refresh_watch.workflow.replay import being_tried, replay, undelivered
from refresh_watch.workflow.stop import stop
from refresh_watch.workflow.task_ids import NOTIFY, WATCH
from refresh_watch_emulator.chat_wall import RESET, ScriptedAnswer
from refresh_watch_emulator.engine.crash import KillWorker
from tests.workflow.scenario import add, many
from tests.workflow.virtual_house import VirtualHouse, virtual_house

REFUSED = ScriptedAnswer(200, '{"errcode":310000,"errmsg":"keywords not in content"}')


def posts(home: VirtualHouse, chat: str) -> int:
    return len([post for post in home.wall.posts if post.chat == chat])


def test_a_stopped_watch_is_reported_with_who_stopped_it_and_looks_no_more() -> None:
    with virtual_house() as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("never", 1)), deadline="10m")
        home.run(until=lambda: home.tasks(WATCH, f"w-{watch_id}-h0001"))
        calls = len(home.products.calls)
        assert stop(watch_id, "the release engineer", engine=home, clock=home.clock)
        final = home.final(watch_id)
        assert final["outcome"] == "unverifiable"
        assert "the release engineer" in final["refusal"]["message"]
        assert len(home.products.calls) == calls
        assert not stop(watch_id, "someone else", engine=home, clock=home.clock)
        with pytest.raises(NoSuchWatch, match="watch_id: '0000000000000000' is not known"):
            stop("0" * 16, "me", engine=home, clock=home.clock)


def test_what_a_chat_refused_for_good_is_kept_with_the_reason_and_replayed_once() -> None:
    with virtual_house() as home:
        home.wall.script("dingtalk", "oncall", REFUSED)
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)))
        home.final(watch_id)
        (found,) = undelivered(home)
        assert (found.channel, found.report.watch_id) == ("oncall", watch_id)
        assert "keywords not in content" in found.why
        assert posts(home, "oncall") == 1, "a refusal for good is posted once, whatever Function Compute runs again"
        for _ in range(2):
            replay(found, engine=home)
        home.run()
        assert undelivered(home) == []
        assert len(home.chats()) == 1


def test_posts_are_counted_across_replays() -> None:
    with virtual_house() as home:
        home.wall.script("dingtalk", "oncall", REFUSED, REFUSED)
        home.final(home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0))))
        (first,) = undelivered(home)
        assert "attempt 1;" in first.why
        replay(first, engine=home)
        home.run()
        (again,) = (one for one in undelivered(home) if one.task.id != first.task.id)
        assert "attempt 2;" in again.why
        assert being_tried(home) == 0


def test_a_chat_that_fails_for_a_moment_is_tried_again_in_place_and_later() -> None:
    with virtual_house() as home:
        home.wall.script("webhook", "audit", ScriptedAnswer(503, "busy"), RESET)
        watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)))
        home.final(watch_id)
        assert posts(home, "audit") == 3, "two quick tries more"
        home.wall.script("webhook", "audit", ScriptedAnswer(429, "slow down", (("Retry-After", "120"),)))
        later = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)))
        home.run(until=lambda: home.tasks(NOTIFY, f"n-{later}-final-audit-a01"))
        assert home.delays[f"n-{later}-final-audit-a01"] >= 120
        assert (being_tried(home), being_tried(home, [later]), being_tried(home, [watch_id])) == (1, 1, 0)
        assert undelivered(home) == []
        assert home.messages(later) == []
        home.final(later)


def test_a_stop_whose_fan_out_fails_is_still_sent_by_the_guard() -> None:
    with virtual_house(kills=[KillWorker("f-*", 1)] * 2) as home:
        watch_id = home.start("cdn", add(home, "cdn", *many("never", 1)), deadline="5s")
        home.run(until=lambda: home.tasks(WATCH, f"w-{watch_id}-h0001"))
        assert stop(watch_id, "the release engineer", engine=home, clock=home.clock)
        assert "the release engineer" in home.final(watch_id)["refusal"]["message"]
        assert len(home.messages(watch_id)) == 1


def test_a_report_that_was_never_fanned_out_can_be_replayed() -> None:
    with virtual_house(kills=[KillWorker("r-*", 1)] * 2) as home:
        home.post({"product": "cdn", "task_ids": "x"})
        home.run()
        (found,) = undelivered(home)
        assert (found.channel, str(found.report.kind)) == ("", "rejected")
        assert home.messages("", "rejected") == []
        for _ in range(2):
            replay(found, engine=home)
        home.run()
        assert undelivered(home) == []
        assert len(home.messages("", "rejected")) == 1
