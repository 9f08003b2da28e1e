"""Events of every kind as they arrive at the deployed functions: what is watched, what is reported, what is left alone."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from refresh_watch.watching.hop_payload import read_hop
from refresh_watch.workflow.task_ids import broken_id, hop_id
from refresh_watch_emulator.engine.manifest import ACCOUNT_ID
from refresh_watch_emulator.engine.roles import Roles
from refresh_watch_emulator.products.world import ObjectPlan
from tests.workflow.house import House, house, wait_for
from tests.workflow.scenario import URL, add, many

EVENTS = Path(__file__).parents[1] / "events"
QUICK = {"schedule": "0,0.5;0.5", "deadline": "20s"}
FAR = {"schedule": "300;300", "deadline": "1h"}


@pytest.fixture(scope="module")
def roles() -> Roles:
    """What the functions' own roles may not do."""
    return Roles()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, roles: Roles) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house"), roles=roles) as opened:
        yield opened


def event(name: str, task: str = "") -> Any:
    """An event of tests/events, about this task, and of the account of the engine."""
    text = (EVENTS / f"{name}.json").read_text().replace('"123456789"', f'"{ACCOUNT_ID}"')
    for sample in ("704225667,704222904", "2089687230"):
        text = text.replace(sample, task or sample)
    return json.loads(text)


def hand_in(home: House, body: Any, *, awaited: bool = True, **query: str) -> tuple[int, Any]:
    """Post an event to intake's HTTP trigger, with query parameters; answers the status and the JSON."""
    connection = http.client.HTTPConnection(urlsplit(home.engine_url).netloc, timeout=30)
    headers = {} if awaited else {"X-Fc-Invocation-Type": "Async"}
    try:
        connection.request("POST", f"/watches?{urlencode(query)}", json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None
    finally:
        connection.close()


def reported(home: House, kind: str, words: str) -> list[dict[str, Any]]:
    """The reports of that kind whose JSON holds these words, on the webhook."""
    reports = [m.body["data"] for m in home.wall.messages if m.body.get("type") == f"refresh_watch.{kind}"]
    return [report for report in reports if words in json.dumps(report)]


def failure_of_intake(event_of_intake: Any) -> bytes:
    """What Function Compute hands to notify when intake has failed for good on that event."""
    failure = {
        "timestamp": 1660120276975,
        "requestContext": {
            "requestId": "1-6b02f997-b3a284ef-387346fabecf",
            "functionArn": f"acs:fc:cn-hangzhou:{ACCOUNT_ID}:functions/refresh-intake",
            "condition": "UnhandledInvocationError",
            "approximateInvokeCount": 4,
        },
        "requestPayload": json.dumps(event_of_intake),
        "responseContext": {"statusCode": 200, "functionError": "UnhandledInvocationError"},
        "responsePayload": "",
    }
    return json.dumps(failure).encode()


def utc(instant: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(instant))


def test_a_submission_that_the_trail_tells_of_is_watched_by_its_id(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=0), *many("Failed", 1, after=0, name="bad"))
    status, answer = hand_in(home, event("action_trail_refresh_with_id", task), **QUICK)
    final = home.final(answer["watch_id"])
    assert (status, final["outcome"], final["kind"]) == (202, "partly_failed", "refresh")
    assert final["label"] == "alice: example.com/a.txt +1"


def test_a_submission_that_the_trail_tells_of_without_an_id_is_watched_by_its_paths(home: House) -> None:
    now = time.time()
    paths = [f"{URL}/trail/{i}" for i in range(3)]
    home.products.world.add_task("cdn", objects=[ObjectPlan(path, "Failed", 0) for path in paths], created_at=now - 900)
    home.products.world.add_task("cdn", objects=[ObjectPlan(path, "Complete", 0.5) for path in paths], created_at=now)
    record = event("action_trail_refresh_by_path")
    # the submit calls take URLs without a scheme, and the rows have one
    record["data"]["requestParameters"]["ObjectPath"] = "\n".join([paths[0].removeprefix("http://"), *paths[1:]])
    record["data"]["eventTime"] = utc(now)
    _, answer = hand_in(home, record, **QUICK)
    final = home.final(answer["watch_id"])
    assert (final["outcome"], final["counts"]["complete"]) == ("complete", 3)
    assert [task["object_path"] for task in final["tasks"]] == paths


def test_a_batch_keeps_what_is_good_and_what_is_bad_is_reported_once(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 2, after=0))
    batch = event("queue_batch_with_a_bad_one", task)
    for _ in range(2):  # a queue delivers at least once
        assert hand_in(home, batch, awaited=False, **QUICK)[0] == 202
    final = wait_for(lambda: reported(home, "final", task), "the good one's final report")[0]
    assert final["outcome"] == "complete"
    for words in ("[1].data.messageBody.product: 'cdnn'", "[2].data.messageBody: text that is not JSON"):
        wait_for(lambda words=words: reported(home, "rejected", words), words)  # type: ignore[misc]
    time.sleep(1.0)
    assert len(reported(home, "rejected", "[1].data")) == len(reported(home, "rejected", "[2].data")) == 1
    assert len(reported(home, "final", task)) == 1


def test_a_trigger_that_is_wired_wrong_is_reported_once_however_often_it_fires(home: House) -> None:
    for number in range(3):
        timer = {**event("timer"), "triggerTime": f"2026-11-22T08:0{number}:00Z"}
        assert hand_in(home, timer, awaited=False)[0] == 202
    wait_for(lambda: reported(home, "rejected", "timer-trigger"), "the refusal")
    time.sleep(1.0)
    assert len(reported(home, "rejected", "timer-trigger")) == 1


def test_a_cdn_event_alone_is_looked_at_at_once(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=0))
    _, answer = hand_in(home, event("cdn_events_refreshed", task))
    assert home.final(answer["watch_id"])["outcome"] == "complete"
    first = home.fc.task("watch", hop_id(answer["watch_id"], 0))
    assert first is not None
    assert first.payload
    hop = read_hop(first.payload)
    assert hop.due <= hop.watch.accepted_at + 1, "by the default schedule the first look would come half a minute later"


def test_a_cdn_event_hastens_a_watch_and_the_look_that_was_to_come_tells_nothing_more(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=0))
    status, started = hand_in(home, {"product": "cdn", "task_ids": task, **FAR})
    assert (status, home.messages(started["watch_id"])) == (202, [])
    status, answer = hand_in(home, event("cdn_events_refreshed", task))
    assert (status, answer["watch_id"], answer["state"]) == (202, started["watch_id"], "hastened")
    assert home.final(started["watch_id"])["outcome"] == "complete"
    assert hand_in(home, event("cdn_events_refreshed", task))[1]["state"] == "settled"
    late = home.fc.task("watch", hop_id(started["watch_id"], 0))
    assert late is not None
    assert late.payload
    home.fc.start_later("watch", late.payload, 0, f"late-{task}")
    wait_for(lambda: [t for t in home.tasks("watch", f"late-{task}") if t.status == "Succeeded"], "the late look")
    time.sleep(1.0)
    assert len(home.messages(started["watch_id"])) == 1


def test_a_cdn_event_about_a_task_that_still_runs_leaves_one_chain(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=600))
    _, started = hand_in(home, {"product": "cdn", "task_ids": task, "schedule": "200,201;200", "deadline": "1h"})
    watch_id = started["watch_id"]
    assert hand_in(home, event("cdn_events_refreshed", task))[1]["state"] == "hastened"
    wait_for(lambda: len(home.tasks("watch", f"w-{watch_id}-h")) == 3, "the look after the hastened one")
    home.products.world.settle(task, "Failed")
    assert hand_in(home, event("cdn_events_refreshed", task))[1]["state"] == "hastened"
    assert home.final(watch_id)["outcome"] == "failed"


def test_the_same_ids_by_whatever_trigger_are_one_watch_and_one_report(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=1.5))
    names = (
        "direct_raw_answer_refresh", "eventbridge_custom_submit_answer", "queue_raw_data", "queue_body_is_an_object",
        "topic_json", "topic_stream_attributes", "action_trail_raw_data", "cdn_events_refreshed",
    )  # fmt: skip
    in_a_queue = {**event("queue_raw_data"), "messageBody": json.dumps(event("action_trail_refresh_with_id", task))}
    answers = [hand_in(home, {"product": "cdn", "task_ids": task, **QUICK})[1]]
    for body in (*(event(name, task) for name in names), in_a_queue):
        status, answer = hand_in(home, body, **QUICK)
        assert status == 202, answer
        answers.append(answer)
    assert len({answer["watch_id"] for answer in answers}) == 1
    assert "already" not in answers[0]
    assert all(answer["already"] for answer in answers[1:])
    home.final(answers[0]["watch_id"])
    time.sleep(0.5)
    assert len(home.messages(answers[0]["watch_id"])) == 1


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (event("action_trail_failed"), 200, "QuotaExceeded.Refresh: nothing to watch"),
        ([event("action_trail_of_something_else")], 200, "submits no refresh or prefetch"),
        ([event("action_trail_of_something_else"), event("timer")], 400, "[1].triggerName: 'timer-trigger'"),
        (event("oss_object_created"), 400, "events[0].eventSource: 'acs:oss'"),
        ('{"product": "cdn", "task_ids": "1", "task_ids": "2"}', 400, "request: must be a JSON object"),
    ],
)
def test_a_waiting_caller_is_answered_and_no_message_is_sent(home: House, body: Any, status: int, words: str) -> None:
    before = len(home.wall.posts)
    given, answer = hand_in(home, body)
    assert given == status
    said = answer["detail"] if status == 400 else (answer[0] if isinstance(body, list) else answer)["ignored"]
    assert words in said
    assert len(home.wall.posts) == before


def test_the_answer_of_the_submit_call_is_enough_with_its_product_beside_it(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=0))
    answer_of_submit = {"RefreshTaskId": task, "RequestId": "174F6032-AA26-470D-B90E-36F0EB205BEE"}
    status, answer = hand_in(home, answer_of_submit, product="cdn", label="for audit alone", channels="audit", **QUICK)
    assert status == 202
    final = home.final(answer["watch_id"])
    assert (final["label"], final["kind"]) == ("for audit alone", "refresh")
    assert not home.tasks("notify", f"n-{answer['watch_id']}-final-oncall")


def test_a_plain_event_of_an_asynchronous_call_is_read_as_well(home: House) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=0))
    batch = event("queue_batch_base64", task)[:1]
    home.fc.start_later("intake", json.dumps(batch).encode(), 0, f"event-{task}")
    done = wait_for(lambda: [t for t in home.tasks("intake", f"event-{task}") if not t.status.is_live], "intake")
    assert done[0].status == "Succeeded"


def test_an_intake_that_failed_for_good_is_reported_with_the_watch_that_the_whole_request_asked_for(
    home: House,
) -> None:
    event_of_http = {
        **event("http_query_and_raw_answer", add(home, "cdn", *many("Complete", 1, after=0))),
        "queryParameters": {"product": "cdn", "label": "lost release"},
    }
    home.fc.start_later("notify", failure_of_intake(event_of_http), 0, "failure-of-intake")
    report = wait_for(lambda: reported(home, "broken", "lost release"), "a broken report")[0]
    assert (report["product"], report["kind"]) == ("cdn", "refresh")
    assert report["watch_id"]


def test_of_a_batch_on_which_intake_failed_only_what_did_not_start_is_reported_as_broken(home: House) -> None:
    running, lost = add(home, "cdn", *many("Complete", 1, after=0)), add(home, "cdn", *many("Complete", 1, after=0))
    batch = [{"product": "cdn", "task_ids": task, "label": f"batch {task}", **FAR} for task in (running, lost)]
    status, started = hand_in(home, batch[0])
    assert status == 202
    home.fc.start_later("notify", failure_of_intake(batch), 0, f"failure-{lost}")
    wait_for(lambda: reported(home, "broken", f"batch {lost}"), "the lost one's broken report")
    assert home.fc.task("notify", broken_id(started["watch_id"])) is None


def test_where_the_record_cannot_be_read_every_watch_of_the_failed_event_is_reported_as_broken(
    home: House, roles: Roles
) -> None:
    task = add(home, "cdn", *many("Complete", 1, after=0))
    request = {"product": "cdn", "task_ids": task, "label": f"not known {task}", **FAR}
    assert hand_in(home, request)[0] == 202
    roles.deny("notify", "fc:GetAsyncTask", "watch")
    try:
        home.fc.start_later("notify", failure_of_intake([request]), 0, f"failure-{task}")
        wait_for(lambda: reported(home, "broken", f"not known {task}"), "a broken report")
    finally:
        roles.clear()
