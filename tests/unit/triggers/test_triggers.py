"""What holds for events of every kind: bounds, nesting, strict JSON, deduplication, attributes, secrets."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from refresh_watch.triggers.read import MAX_EVENT_BYTES, MAX_EVENT_ITEMS, open_event
from refresh_watch.triggers.result import Rejected, Requested, digest_of
from tests.unit.triggers.reading import GOOD, SETTINGS, event, only, paths_of, read, refusal, requested, trail
from tests.unit.triggers.storm_oracle import REFUSAL

# bounds


def test_a_hundred_items_are_taken_and_more_are_refused_as_a_whole() -> None:
    assert len(read([GOOD] * MAX_EVENT_ITEMS, SETTINGS)) == MAX_EVENT_ITEMS
    problem = refusal([GOOD] * (MAX_EVENT_ITEMS + 1)).problem
    assert problem.startswith("event: more than 100 items is not allowed; allowed: 1 to 100 in one event")
    assert "batchWindow" in problem


def test_items_are_counted_wherever_they_stand() -> None:
    half = event("queue_one")
    half["data"]["messageBody"] = json.dumps([GOOD] * 60)
    assert len(read([half], SETTINGS)) == 60
    assert "more than 100 items" in refusal([half, half]).problem


def test_four_envelopes_are_opened_and_a_fifth_is_refused_by_its_place() -> None:
    def wrapped(body: Any) -> dict[str, Any]:
        return {"messageBody": json.dumps(body)}

    assert isinstance(only(read(wrapped(wrapped(wrapped(wrapped(GOOD)))), SETTINGS)), Requested)
    problem = refusal(wrapped(wrapped(wrapped(wrapped(wrapped(GOOD)))))).problem
    assert problem == (
        "messageBody.messageBody.messageBody.messageBody: an event inside 4 others is not allowed; "
        "allowed: at most 4 envelopes, one inside the other"
    )


@pytest.mark.parametrize("body", [[], {"messageBody": "[]"}, [[GOOD]], {"events": []}, None, 7, "text", True, {}])
def test_what_holds_nothing_that_could_be_watched_is_refused(body: Any) -> None:
    assert REFUSAL.fullmatch(refusal(body).problem)


def test_an_event_larger_than_any_good_one_is_refused_unread() -> None:
    opened = open_event(b" " * (MAX_EVENT_BYTES + 1))
    assert "2097153 bytes is not allowed; allowed: at most 2097152 bytes" in str(opened.problem)


# JSON


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"product": "cdn", "product": "dcdn"}', "product: given twice is not allowed; allowed: each key once"),
        ('[{"a": {"b": [1, {"c": 1, "c": 1}]}}]', "[0].a.b[1].c: given twice"),
        ('{"a": NaN}', "a: NaN is not allowed; allowed: a number"),
        ('[1, -Infinity]', "[1]: -Infinity is not allowed"),
        ('{"a": [1e999]}', "a[0]: a number without bounds is not allowed"),
        ('{"a": ' + "1" * 5000 + "}", "a: a number of 5000 digits is not allowed"),
        ("[" * 40 + "]" * 40, "JSON nested too deep is not allowed; allowed: at most 32 levels"),
        ("[" * 900 + "]" * 900, "JSON nested too deep is not allowed; allowed: at most 32 levels"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "JSON nested too deep is not allowed; allowed: at most 32 levels"),
        ('{"https://oapi.dingtalk.com/robot/send?access_token=fake": {"a": NaN}}', "a URL.a: NaN"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("inside", [False, True])
def test_json_with_a_fault_is_refused_by_its_place(text: str, problem: str, inside: bool) -> None:
    if inside:
        said = refusal({"messageBody": base64.b64encode(text.encode()).decode()}).problem
        assert said.startswith("messageBody")
        assert problem in said
        return
    assert problem in str(open_event(text.encode()).problem)


def test_a_digest_is_made_of_anything() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    for body in (deep, {"a": "\ud800"}, {"a": {1, 2}}, float("inf"), 10**5000, b"\xff"):
        assert len(digest_of(body)) == 16


def test_half_a_character_is_refused_where_it_stands_and_shown_nowhere() -> None:
    body = json.dumps({**GOOD, "label": "\ud83d"})
    http = json.dumps({"version": "v1", "requestContext": {"http": {}}, "body": body})
    delivered = open_event(http.replace("\\\\ud83d", "\\ud83d").encode())
    item = refusal(delivered.body)
    assert item.problem.startswith("label: '?' is not allowed")
    assert item.label == ""


def test_text_that_is_base64_by_chance_is_refused_as_text() -> None:
    assert "text that is not JSON" in refusal({"messageBody": "TEST"}).problem


# deduplication


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("timer", {"triggerTime": "2026-11-22T09:00:00Z"}),
        ("log_service", {"cursorTime": 1529486999, "taskId": "another"}),
        ("oss_object_created", {"events[0].oss.object.key": "image/b.jpg", "events[0].eventTime": "2026-01-01T00:00:00Z"}),
        ("cdn_events_of_a_domain", {"events[0].eventTime": "2026-11-22T09:00:00+08:00", "events[0].traceId": "another"}),
        ("cdn_events_of_no_task", {"events[0].eventTime": "2026-11-22T09:00:00+08:00", "events[0].traceId": "another", "events[0].eventParameter.createTime": 1521190769}),
        ("eventbridge_oss", {"id": "another", "time": "2026-11-22T09:00:00Z"}),
        ("eventbridge_of_another_service", {"id": "another", "time": "2026-11-22T09:00:00Z", "data.instanceId": "i-another"}),
        ("eventbridge_scheduled", {"id": "another", "time": "2026-11-22T09:00:00Z"}),
        ("action_trail_of_another_account", {"id": "another", "data.eventId": "another", "data.eventTime": "2026-11-22T09:00:00Z"}),
        ("topic_json_text", {"MessageId": "another", "PublishTime": 1}),
        ("queue_without_a_body", {"id": "another"}),
    ],
)  # fmt: skip
def test_what_comes_again_and_again_is_reported_once(name: str, changes: dict[str, Any]) -> None:
    first, again = event(name), event(name)
    for place, value in changes.items():
        holder: Any = again
        *way, last = place.replace("[0]", ".0").split(".")
        for step in way:
            holder = holder[int(step) if step.isdigit() else step]
        holder[last] = value
    assert first != again
    assert refusal(first).digest == refusal(again).digest


@pytest.mark.parametrize(
    "data",
    [
        {"messageBody": json.dumps(GOOD)},
        {"body": json.dumps(GOOD)},
        {"TopicName": "refreshes", "Message": json.dumps(GOOD)},
        json.dumps(GOOD),
        [GOOD],
        event("action_trail_raw_data"),
        event("cdn_events_refreshed"),
    ],
)
def test_what_a_service_carries_is_opened_for_every_type_of_event(data: Any) -> None:
    of_service = {**event("eventbridge_of_another_service"), "source": "acs.mns", "type": "mns:Topic:PublishMessage"}
    assert isinstance(only(read({**of_service, "data": data}, SETTINGS)), Requested)


def test_two_wrong_timers_are_two_reports() -> None:
    timer = event("timer")
    assert refusal(timer).digest != refusal({**timer, "triggerName": "another"}).digest


def test_raw_data_in_a_stream_is_text_in_a_list() -> None:
    text = json.dumps(GOOD)
    batch = [text, base64.b64encode(text.encode()).decode(), json.dumps(event("queue_one"))]
    assert [type(item) for item in read(batch, SETTINGS)] == [Requested] * 3
    assert refusal(["task 1"]).problem.startswith("[0]: text that is not JSON (line 1 column 1)")


# attributes


def test_what_the_body_says_wins_and_other_attributes_are_not_read() -> None:
    query = {
        "product": "cdn",
        "label": "query",
        "task_ids": "1",
        "submitted": "x",
        "access_token": "fake",
        "kind": "refresh",
    }
    request = requested({**GOOD, "label": "ours"}, attributes=query)
    assert (request.task_ids, request.label, request.kind) == (("704225667",), "ours", "refresh")


def test_attributes_complete_every_request_of_an_event() -> None:
    items = read(
        [{"task_ids": "1"}, event("queue_one"), event("cdn_events_refreshed")],
        SETTINGS,
        {"product": "cdn", "deadline": "5m"},
    )
    assert [item.request.deadline for item in items if isinstance(item, Requested)] == [300.0] * 3


def test_several_paths_of_a_query_are_split() -> None:
    # several values of one query parameter arrive joined by commas, and a URL may hold one
    paths = ["http://example.com/a,b.txt", "https://example.com/c.txt"]
    query = {"product": "cdn", "submitted_at": "2026-11-22T08:00:00Z", "object_paths": ",".join(paths)}
    assert paths_of(read({}, SETTINGS, query)) == paths


def test_a_product_in_the_query_that_contradicts_the_body_is_refused_and_shows_no_secret() -> None:
    item = only(read(GOOD, SETTINGS, {"product": "https://oapi.dingtalk.com/robot/send?access_token=fake"}))
    assert isinstance(item, Rejected)
    assert item.problem.startswith("product: a URL is not allowed")


SECRET = "https://oapi.dingtalk.com/robot/send?access_token=" + "0fake" * 12


@pytest.mark.parametrize(
    "body",
    [
        {**GOOD, "product": SECRET},
        {**GOOD, "task_ids": SECRET},
        {**GOOD, "deadline": SECRET},
        {**GOOD, "channels": [SECRET]},
        {**GOOD, SECRET: 1},
        {**GOOD, "object_type": "SEC" + "0fake" * 12},
        {"specversion": "1.0", "type": "oss:" + SECRET, "data": {}},
        {"triggerName": SECRET, "triggerTime": "", "payload": ""},
        {"source": {"logstoreName": "SEC" + "0fake" * 12}},
        {"events": [{"eventName": SECRET}]},
        {"events": [{"eventName": "CachedObjectsPushed", "eventParameter": {"taskId": SECRET}}]},
        trail(responseElements={"RefreshTaskId": SECRET}),
        trail(responseElements=None, eventTime=SECRET),
        trail(eventName=SECRET),
        trail(errorCode=SECRET),
        trail(userIdentity={"userName": "SEC" + "0fake" * 12}),
    ],
)
def test_a_credential_that_stands_where_it_should_not_is_not_repeated(body: Any) -> None:
    item = only(read(body, SETTINGS))
    said = item.request.label if isinstance(item, Requested) else repr(item)
    assert said
    assert "fake" not in said


@pytest.mark.parametrize(
    ("body", "attributes", "problem"),
    [
        ({"product": "vod", "PushTaskId": "1"}, {}, "PushTaskId: this key with product vod"),
        ({"PreloadTaskId": "1"}, {"product": "cdn"}, "PreloadTaskId: this key with product cdn"),
        ([{"product": "cdn", "submitted": {"PreloadTaskId": "1"}}], {}, "[0].submitted.PreloadTaskId: this key with"),
    ],
)
def test_an_answer_of_another_product_is_refused(body: Any, attributes: dict[str, str], problem: str) -> None:
    (refused,) = read(body, SETTINGS, attributes)
    assert isinstance(refused, Rejected)
    assert problem in refused.problem
