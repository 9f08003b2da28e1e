"""Task ids in, one chat message out: the deployed functions on the embedded engine, over real protocols."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from refresh_watch.channels.registry import kinds
from refresh_watch_emulator.chat_wall import WallMessage
from refresh_watch_emulator.products.world import ObjectPlan
from tests.all_products import ALL_WORDS
from tests.workflow.house import House, house, wait_for
from tests.workflow.scenario import URL, add, check_all, many, start_all


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


def test_every_product_and_every_way_to_end_is_reported_once_on_each_channel(home: House) -> None:
    started = start_all(home)
    finals = check_all(home, started)
    assert finals["dcdn failed"]["tasks"][0]["failed"][0]["status"] in ("Timeout", "Canceled")
    assert finals["vod-legacy complete"]["product"] == "vod-legacy"
    wait_for(lambda: len(home.chats()) >= len(started), "a chat message for each watch")
    time.sleep(0.5)
    for watch_id, _, _ in started.values():
        assert len(home.messages(watch_id)) == 1
    # an empty task id would be answered with other people's tasks
    assert all(call.params.get("TaskId") or call.params.get("ObjectPath") for call in home.products.calls)


def test_people_are_mentioned_on_failure_only(home: House) -> None:
    fine = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)), label="fine")
    bad = home.start("cdn", add(home, "cdn", *many("Failed", 1, after=0)), label="bad")
    home.final(fine), home.final(bad)
    titles = wait_for(lambda: _titled(home, "fine", "bad"), "two chat messages")
    assert titles["fine"].mentioned == ()
    assert titles["bad"].mentioned == ("13800000000",)


def test_the_first_failure_is_reported_while_the_rest_is_still_running(home: House) -> None:
    task = add(home, "cdn", ObjectPlan(f"{URL}/bad", "Failed", 0), ObjectPlan(f"{URL}/slow", "never"))
    watch_id = home.start("cdn", task)
    interim = wait_for(lambda: home.messages(watch_id, "interim"), "an interim report")[0]
    assert (interim["counts"]["failed"], interim["counts"]["running"]) == (1, 1)
    assert home.messages(watch_id) == []
    home.products.world.settle(task, "Complete", path=f"{URL}/slow")
    assert home.final(watch_id)["counts"] == {"complete": 1, "failed": 1, "overdue": 0, "unverifiable": 0}
    assert len(home.messages(watch_id, "interim")) == 1


def test_a_watch_by_path_binds_to_the_task_that_was_submitted_after_it(home: House) -> None:
    now = time.time()
    path = f"{URL}/by-path"
    world = home.products.world
    world.add_task("dcdn", objects=[ObjectPlan(path, "Failed")], created_at=now - 3600)
    task = world.add_task("dcdn", objects=[ObjectPlan(path, "Complete", 1.0)], created_at=now)
    request = {"product": "dcdn", "object_paths": [path], "submitted_at": _utc(now), "schedule": "0,0.5;0.5"}
    _, answer = home.post(request)
    final = home.final(answer["watch_id"])
    assert final["outcome"] == "complete"
    assert (final["tasks"][0]["object_path"], final["tasks"][0]["task_ids"]) == (path, [task])


def test_an_accepted_event_is_answered_with_202_and_again_with_what_became_of_it(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=1.0))
    request = {"product": "cdn", "task_ids": task, "schedule": "0,1;1"}
    answers = [home.post(request) for _ in range(3)]
    assert [status for status, _ in answers] == [202, 202, 202]
    assert len({answer["watch_id"] for _, answer in answers}) == 1
    assert "already" not in answers[0][1]
    assert all(answer["already"] for _, answer in answers[1:])
    home.final(answers[0][1]["watch_id"])
    assert home.post(request)[1]["state"] == "settled"
    time.sleep(0.5)
    assert len(home.messages(answers[0][1]["watch_id"])) == 1


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('{"product": "cdn"', "event: text that is not JSON"),
        ("", "event is missing; allowed: "),
        ({"product": "cdnn", "task_ids": "1"}, f"product: 'cdnn' is not allowed; allowed: {ALL_WORDS}"),
        ({"product": "cdn", "task_ids": "1,abc"}, "task_ids[1]: 'abc'"),
        ({"product": "cdn", "task_ids": []}, "task_ids: 0 ids"),
        ({"product": "cdn", "task_ids": "1", "deadline": "4d"}, "deadline: '4d' is not allowed; allowed: 90s, 30m"),
        ({"product": "cdn", "task_ids": "1", "colour": "red"}, "colour: this key is not allowed"),
        ({"product": "cdn", "task_ids": "1", "channels": ["nobody"]}, "channels: 'nobody' is not allowed; allowed: oncall, audit"),
        ([{"product": "x"}, {"task_ids": "1"}], "[0].product"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_answered_with_400_and_one_line(home: House, body: object, detail: str) -> None:
    before = len(home.wall.posts)
    status, answer = home.post(body)
    assert status == 400
    assert detail in answer["detail"]
    assert "Traceback" not in json.dumps(answer)
    assert len(home.wall.posts) == before, "the caller gets the answer, and the chat no message"


def test_a_caller_whose_clock_is_ahead_still_starts_one_watch_by_path(home: House) -> None:
    path = f"{URL}/ahead"
    home.products.world.add_task("cdn", objects=[ObjectPlan(path, "Complete", 1.0)], created_at=time.time())
    request = {"product": "cdn", "object_paths": [path], "submitted_at": _utc(time.time() + 30), "schedule": "0,1;1"}
    answers = [home.post(request)[1] for _ in range(2)]
    assert answers[0]["watch_id"] == answers[1]["watch_id"]
    assert home.final(answers[0]["watch_id"])["outcome"] == "complete"


def test_a_list_keeps_what_is_good(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=0))
    good = {"product": "cdn", "task_ids": task, "schedule": "0,1;1"}
    status, answers = home.post([good, {"product": "cdn", "task_ids": "x"}])
    assert status == 202
    assert "task_ids" in answers[1]["error"]
    assert home.final(answers[0]["watch_id"])["outcome"] == "complete"


def test_where_no_caller_waits_a_rejection_is_reported_on_every_channel_once(home: House) -> None:
    bad = {"product": "cdn", "task_ids": "not-an-id", "label": "release 7"}
    for _ in range(3):
        status, _ = home.post(bad, {"X-Fc-Invocation-Type": "Async"})
        assert status == 202
    rejected = wait_for(lambda: home.messages("", "rejected"), "a rejected report")
    assert "task_ids[0]: 'not-an-id' is not allowed" in rejected[0]["problem"]
    wait_for(lambda: any("not-an-id" in str(message.body) for message in home.chats()), "the chat gets it too")
    time.sleep(1.0)
    assert len(home.messages("", "rejected")) == 1


def test_logs_are_json_lines_with_request_and_watch_ids_and_without_secrets(home: House, tmp_path: Path) -> None:
    watch_id = home.start("cdn", add(home, "cdn", *many("Complete", 1, after=0)))
    home.final(watch_id)
    lines = [json.loads(line.split(": ", 1)[1]) for line in home.log if ": {" in line]
    ours = [line for line in lines if line.get("watch_id") == watch_id]
    assert {line["logger"] for line in ours} >= {"refresh_watch.starting", "refresh_watch.watch"}
    assert all(line["request_id"] for line in ours)
    text = "\n".join(home.log)
    for kind, name in (("dingtalk", "oncall"), ("webhook", "audit")):
        chat = home.wall.chat(kind, name)
        assert chat.secret not in text
        assert not chat.access_token or chat.access_token not in text
    assert "testSK" not in text
    assert "Authorization" not in text


def _titled(home: House, *labels: str) -> dict[str, WallMessage] | None:
    found = {
        label: message
        for label in labels
        for message in home.chats()
        if message.body["markdown"]["title"].endswith(f" {label}")
    }
    return found if len(found) == len(labels) else None


def _utc(instant: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(instant))


def test_a_watch_without_any_channel_is_accepted_with_a_warning(tmp_path: Path) -> None:
    with house(tmp_path, channels=[]) as home:
        status, answer = home.post({"product": "cdn", "task_ids": "1"})
        assert (status, answer["warning"]) == (202, "REFRESH_WATCH_CHANNELS is empty: no message will be sent")


def test_the_older_runtime_hands_its_credentials_in_the_context_and_all_is_the_same(tmp_path: Path) -> None:
    with house(tmp_path, more={"REFRESH_WATCH_RUNTIME": "python3.10"}) as home:
        watch_id = home.start("dcdn", add(home, "dcdn", *many("Complete", 2, after=0)))
        assert home.final(watch_id)["outcome"] == "complete"


def test_settings_that_cannot_be_used_are_answered_in_one_line(tmp_path: Path) -> None:
    channels = [{"name": "oncall", "kind": "dingtak", "url": "https://oapi.dingtalk.com/robot/send?access_token=fake"}]
    with house(tmp_path, channels=channels) as home:
        status, answer = home.post({"product": "cdn", "task_ids": "1"})
        assert status == 503
        assert "dingtak" in answer["detail"]
        assert ", ".join(kinds()) in answer["detail"]
        assert "fake" not in json.dumps(answer)
