"""Some of the storm of events through the deployed function itself: each is answered, or reported once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from refresh_watch.function_compute.tasks import Task, TaskStatus
from refresh_watch.limits import MAX_PAYLOAD
from refresh_watch_emulator.chat_wall import ChatWall
from tests.unit.triggers.storm import Blow, Seed, blow
from tests.unit.triggers.storm_grammar import Wish
from tests.unit.triggers.storm_oracle import leaks, wishes_of, wrong_in_refusal
from tests.unit.triggers.storm_shard import seeds
from tests.workflow.house import House, house, wait_for


def test_some_of_it_through_the_function_itself_is_answered_or_reported_once(tmp_path: Path) -> None:
    given_seeds = seeds()
    with ChatWall(rate_limits=False) as wall, house(tmp_path, channels=[wall.entry("webhook", "oncall")]) as home:
        foreseen = _post(home, given_seeds, range(100)) | _send(home, given_seeds, range(1000, 1100))
        tasks = wait_for(lambda: _ended(home), "the asynchronous events")
        assert {task.status for task in tasks} == {TaskStatus.SUCCEEDED}
        refused = {task.id for task in home.tasks("notify", "r-")}
        assert len(tasks) > 80
        assert len(refused) > 20
        wait_for(lambda: refused <= _reported(wall).keys(), "every refusal in chat")
        assert set(_reported(wall).values()) == {1}
        problems = [report["problem"] for report in _rejected(wall)]
        assert [wrong for wrong in map(wrong_in_refusal, problems) if wrong] == []
        started = [home.fc.task("watch", task.id) for task in home.tasks("watch", "w-") if task.id.endswith("-h0000")]
        assert foreseen <= {wish for task in started if task and task.payload for wish in wishes_of(task.payload)}
        assert not [line for line in home.log if "Traceback" in line or leaks(line)]
    assert len(foreseen) > 30


def _post(home: House, given_seeds: list[Seed], numbers: range) -> set[Wish]:
    """Each to the HTTP trigger, and waited for; answers what they ask for."""
    foreseen: set[Wish] = set()
    for number in numbers:
        event = blow(number, given_seeds)
        status, answer = home.post(event.data)
        assert status in (200, 202, 400), (number, status, answer)
        assert status != 400 or wrong_in_refusal(answer["detail"]) == "" or "; " in answer["detail"], number
        if "http" not in event.done:  # what was wrapped is wrapped once more here, which may be once too often
            foreseen |= _wishes(event)
    return foreseen


def _send(home: House, given_seeds: list[Seed], numbers: range) -> set[Wish]:
    """Each as an asynchronous call; answers what they ask for."""
    foreseen: set[Wish] = set()
    for number in numbers:
        event = blow(number, given_seeds)
        if 0 < len(event.data) <= MAX_PAYLOAD:
            home.fc.start_later("intake", event.data, 0, f"storm-{number}")
            foreseen |= _wishes(event)
    return foreseen


def _wishes(event: Blow) -> set[Wish]:
    # the seeds' records of the trail are of another account; an answer may be in an HTTP request already
    return set(event.wishes or ()) if event.done[0] not in ("seed", "answer") else set()


def _ended(home: House) -> list[Task]:
    tasks = home.tasks("intake", "storm-")
    return [] if any(task.status.is_live for task in tasks) else tasks


def _reported(wall: ChatWall) -> Counter[str]:
    return Counter(str(report["id"]) for report in _rejected(wall))


def _rejected(wall: ChatWall) -> list[dict[str, Any]]:
    return [message.body["data"] for message in wall.messages if message.body["type"] == "refresh_watch.rejected"]
