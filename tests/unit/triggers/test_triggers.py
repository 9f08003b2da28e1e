"""What holds for events of every kind: bounds, nesting, what is told once, and what is no JSON as it has to be."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refresh_watch.settings import Settings
from refresh_watch.triggers.envelope import MAX_EVENT_BYTES, open_envelope
from refresh_watch.triggers.read import MAX_EVENT_ITEMS, read
from refresh_watch.triggers.result import EventResult, Ignored, Rejected, Requested, digest_of
from tests.unit.triggers.storm_oracle import REFUSAL

EVENTS = Path(__file__).parents[2] / "events"
SETTINGS = Settings(account="123456789")
GOOD = {"product": "cdn", "task_ids": "704225667"}


def event(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def only(items: tuple[EventResult, ...]) -> EventResult:
    assert len(items) == 1
    return items[0]


def refusal(body: Any, settings: Settings = SETTINGS) -> Rejected:
    item = only(read(body, settings))
    assert isinstance(item, Rejected), item
    return item


def trail(**more: Any) -> Any:
    record = event("action_trail_raw_data")
    return {**record, **more}


def paths_of(items: tuple[EventResult, ...]) -> list[str]:
    return [path for item in items if isinstance(item, Requested) for path in item.request.object_paths]


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
    opened = open_envelope(b" " * (MAX_EVENT_BYTES + 1))
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
def test_json_that_is_not_as_it_has_to_be_is_refused_by_its_place(text: str, problem: str, inside: bool) -> None:
    if inside:
        said = refusal({"messageBody": base64.b64encode(text.encode()).decode()}).problem
        assert said.startswith("messageBody")
        assert problem in said
        return
    assert problem in str(open_envelope(text.encode()).problem)


def test_a_digest_is_made_of_anything() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    for body in (deep, {"a": "\ud800"}, {"a": {1, 2}}, float("inf"), 10**5000, b"\xff"):
        assert len(digest_of(body)) == 16


def test_half_a_character_is_refused_where_it_stands_and_shown_nowhere() -> None:
    body = json.dumps({**GOOD, "label": "\ud83d"})
    http = json.dumps({"version": "v1", "requestContext": {"http": {}}, "body": body})
    delivered = open_envelope(http.replace("\\\\ud83d", "\\ud83d").encode())
    item = refusal(delivered.body)
    assert item.problem.startswith("label: '?' is not allowed")
    assert item.label == ""


def test_text_that_is_base64_by_chance_is_refused_as_text() -> None:
    assert "text that is not JSON" in refusal({"messageBody": "TEST"}).problem


# what is told once


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
def test_people_are_told_once_of_what_comes_again_and_again(name: str, changes: dict[str, Any]) -> None:
    first, again = event(name), event(name)
    for place, value in changes.items():
        holder: Any = again
        *way, last = place.replace("[0]", ".0").split(".")
        for step in way:
            holder = holder[int(step) if step.isdigit() else step]
        holder[last] = value
    assert first != again
    assert refusal(first) == refusal(again)


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
def test_what_a_service_carries_is_opened_whatever_the_type_of_its_event(data: Any) -> None:
    of_service = {**event("eventbridge_of_another_service"), "source": "acs.mns", "type": "mns:Topic:PublishMessage"}
    assert isinstance(only(read({**of_service, "data": data}, SETTINGS)), Requested)


def test_two_timers_that_are_wired_wrong_are_told_of_both() -> None:
    timer = event("timer")
    assert refusal(timer).digest != refusal({**timer, "triggerName": "another"}).digest


def test_raw_data_in_a_stream_is_text_in_a_list() -> None:
    text = json.dumps(GOOD)
    batch = [text, base64.b64encode(text.encode()).decode(), json.dumps(event("queue_one"))]
    assert [type(item) for item in read(batch, SETTINGS)] == [Requested] * 3
    assert refusal(["task 1"]).problem.startswith("[0]: text that is not JSON (line 1 column 1)")


# attributes


def test_what_the_body_says_wins_and_other_attributes_are_not_read() -> None:
    beside = {
        "product": "cdn",
        "label": "beside",
        "task_ids": "1",
        "submitted": "x",
        "access_token": "fake",
        "kind": "refresh",
    }
    item = only(read({**GOOD, "label": "ours"}, SETTINGS, beside))
    assert isinstance(item, Requested)
    assert (item.request.task_ids, item.request.label, item.request.kind) == (("704225667",), "ours", "refresh")


def test_attributes_complete_every_request_of_an_event() -> None:
    items = read(
        [{"task_ids": "1"}, event("queue_one"), event("cdn_events_refreshed")],
        SETTINGS,
        {"product": "cdn", "deadline": "5m"},
    )
    assert [item.request.deadline for item in items if isinstance(item, Requested)] == [300.0] * 3


def test_several_paths_beside_a_body_are_told_apart() -> None:
    # several values of one query parameter arrive joined by commas, and a URL may hold one
    paths = ["http://example.com/a,b.txt", "https://example.com/c.txt"]
    beside = {"product": "cdn", "submitted_at": "2026-11-22T08:00:00Z", "object_paths": ",".join(paths)}
    assert paths_of(read({}, SETTINGS, beside)) == paths


def test_a_product_beside_the_body_that_contradicts_it_is_refused_and_shows_no_secret() -> None:
    item = only(read(GOOD, SETTINGS, {"product": "https://oapi.dingtalk.com/robot/send?access_token=fake"}))
    assert isinstance(item, Rejected)
    assert item.problem.startswith("product: a URL is not allowed")


# ActionTrail


def test_more_paths_than_one_watch_can_hold_are_watched_in_parts_and_none_is_lost() -> None:
    urls = [f"https://example.com/{'d' * 60}/{i}" for i in range(1000)] + [
        f"https://example.com/s/{i}" for i in range(900)
    ]
    asked = {"ObjectPath": "\n".join(urls)}
    items = read(trail(requestParameters=asked, responseElements=None), SETTINGS)
    labels = [item.request.label for item in items if isinstance(item, Requested)]
    assert labels == [f"alice: {_short(urls[0])} +1899 (part {i}/{len(items)})" for i in range(1, len(items) + 1)]
    assert len(items) == 3
    assert paths_of(items) == urls


def _short(url: str) -> str:
    path = url.partition("//")[2]
    return f"{path[:25]}…{path[-24:]}"


@pytest.mark.parametrize(
    "asked",
    [
        {"ObjectPath": "example.com/a.txt\r\nhttp://example.com/b.txt\n\n"},
        '{"ObjectPath": "http://example.com/a.txt\\nhttp://example.com/b.txt"}',
        {"ObjectPath": ["http://example.com/a.txt", "http://example.com/b.txt\nexample.com/a.txt"]},
        {"ObjectPath": '["example.com/a.txt", "example.com/b.txt"]'},
        {"objectPath": "http://example.com/a.txt\nhttp://example.com/b.txt"},
        {"ObjectPath": "http%3A%2F%2Fexample.com%2Fa.txt%0Ahttp%3A%2F%2Fexample.com%2Fb.txt"},
        {"ObjectPath": "http%3a%2f%2fexample.com/a.txt\r\nhttp%3a%2f%2fexample.com/b.txt"},
    ],
)
def test_paths_are_read_in_every_form(asked: Any) -> None:
    items = read(trail(requestParameters=asked, responseElements={"RequestId": "none"}), SETTINGS)
    assert paths_of(items) == ["http://example.com/a.txt", "http://example.com/b.txt"]


def test_an_id_in_the_record_is_enough() -> None:
    record = trail(requestParameters="no JSON", eventTime=None, responseElements='{"RefreshTaskId": 704225667}')
    item = only(read(record, SETTINGS))
    assert isinstance(item, Requested)
    assert (item.request.task_ids, item.request.submitted_at) == (("704225667",), None)


def test_what_is_encoded_in_a_url_stays_as_it_was_submitted() -> None:
    path = "http://example.com/%E7%9B%AE%20100%25.txt?next=http%3A%2F%2Fexample.com"
    assert paths_of(read(trail(requestParameters={"ObjectPath": path}, responseElements=None), SETTINGS)) == [path]


@pytest.mark.parametrize("when", ["2026-11-22T16:00:00+08:00", "2026-11-22T08:00:00.000Z", "2026-11-22T08:00:00"])
def test_the_time_of_a_record_is_read_in_every_form(when: str) -> None:
    item = only(read(trail(eventTime=when, responseElements=None), SETTINGS))
    assert isinstance(item, Requested)
    assert item.request.submitted_at == 1795334400.0


@pytest.mark.parametrize("key", ["RefreshTaskId", "refreshTaskId", "REFRESHTASKID"])
def test_the_id_is_found_however_its_key_is_written(key: str) -> None:
    item = only(read(trail(responseElements={key: "704225667"}), SETTINGS))
    assert isinstance(item, Requested)
    assert item.request.task_ids == ("704225667",)


@pytest.mark.parametrize(
    "answer",
    [
        "{RefreshTaskId=1}", [], 7, {"RequestId": "none"}, {"RefreshTaskId": ""}, {"RefreshTaskId": "7042****"},
        {"RefreshTaskId": {}}, {"RefreshTaskId": "704225667,"},
    ],
)  # fmt: skip
def test_without_a_usable_answer_the_paths_are_watched(answer: Any) -> None:
    assert paths_of(read(trail(responseElements=answer), SETTINGS))


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"responseElements": None, "requestParameters": "x"}, "requestParameters: text that is not JSON (line 1 column 1) is not allowed"),
        ({"responseElements": None, "requestParameters": [1]}, "requestParameters: must be an object, or its JSON (a list was given)"),
        ({"responseElements": None, "requestParameters": {"ObjectPath": ["http://example.com/a", 7]}}, "requestParameters.ObjectPath: no URL is not allowed"),
        ({"responseElements": None, "requestParameters": {"ObjectPath": "example.com/a b"}}, "requestParameters.ObjectPath[0]: 'http://example.com/a b' is not allowed"),
        ({"responseElements": None, "eventTime": None}, "eventTime is missing; allowed: an instant"),
        ({"eventName": 7}, "eventName: no text is not allowed"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_watched_names_its_own_field(more: dict[str, Any], problem: str) -> None:
    assert refusal(trail(**more)).problem.startswith(problem)


@pytest.mark.parametrize(
    ("account", "identity", "recipient", "watched"),
    [
        ("", {"accountId": "987654321"}, None, True),
        ("123456789", {"accountId": "1649****"}, None, True),
        ("123456789", {}, None, True),
        ("123456789", {"accountId": "987654321"}, None, False),
        ("123456789", {"accountId": "987654321"}, "123456789", True),
    ],
)
def test_only_a_record_that_is_certain_to_be_of_another_account_is_refused(
    account: str, identity: Any, recipient: str | None, watched: bool
) -> None:
    more = {"recipientAccountId": recipient} if recipient else {}
    item = only(read(trail(userIdentity=identity, **more), replace(SETTINGS, account=account)))
    assert isinstance(item, Requested if watched else Rejected)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("alice", "alice: example.com/a.txt +1"),
        ("alice@example.onmicrosoft.test", "alice: example.com/a.txt +1"),
        ("deployer:pipeline-8123", "deployer:pipeline-8123: example.com/a.txt +1"),
        ("a-role-whose-name-is-long-for-a-phone:bob", "bob: example.com/a.txt +1"),
        ("https://oapi.dingtalk.com/robot/send", "example.com/a.txt +1"),
        (None, "example.com/a.txt +1"),
    ],
)
def test_a_label_says_who_and_what(name: str | None, label: str) -> None:
    item = only(read(trail(userIdentity={"userName": name, "accessKeyId": "not-a-key"}), SETTINGS))
    assert isinstance(item, Requested)
    assert item.request.label == label


def test_a_label_shows_no_signature_of_a_url() -> None:
    asked = {"ObjectPath": "https://example.com/a.txt?auth_key=fake"}
    item = only(read(trail(requestParameters=asked), SETTINGS))
    assert isinstance(item, Requested)
    assert item.request.label == "alice: example.com/a.txt"


@pytest.mark.parametrize(
    ("name", "product"), [("RefreshObjectCacheByCacheTag", "cdn"), ("RefreshDcdnObjectCacheByCacheTag", "dcdn")]
)
def test_a_refresh_by_tag_names_no_url_and_is_watched_by_the_id_alone(name: str, product: str) -> None:
    record = trail(eventName=name, requestParameters={"CacheTag": "release-7"})
    item = only(read(record, SETTINGS))
    assert isinstance(item, Requested)
    assert (item.request.product, item.request.kind, item.request.label) == (product, "refresh", f"alice: {name}")
    assert refusal({**record, "responseElements": {}}).problem.startswith(
        "requestParameters.ObjectPath: no URL is not allowed"
    )


@pytest.mark.parametrize("more", [{"errorCode": "QuotaExceeded.Refresh"}, {"errorMessage": "refused"}])
def test_a_call_that_failed_is_not_watched_whatever_else_it_says(more: dict[str, Any]) -> None:
    assert isinstance(only(read(trail(**more), SETTINGS)), Ignored)


# CDN events


@pytest.mark.parametrize("task", [2089687230, 2089687230.0, "2089687230", " 2089687230 "])
def test_a_task_id_is_read_as_a_number_of_either_kind_and_as_text(task: Any) -> None:
    body = event("cdn_events_refreshed")
    body["events"][0]["eventParameter"]["taskId"] = task
    item = only(read(body, SETTINGS))
    assert isinstance(item, Requested)
    assert item.request.task_ids == ("2089687230",)


@pytest.mark.parametrize("task", [True, 2089687230.5, 1e300, "abc", "-1", -1, 10**20, [], {}])
def test_a_task_id_that_is_none_is_refused_by_its_place(task: Any) -> None:
    body = event("cdn_events_refreshed")
    body["events"][0]["eventParameter"]["taskId"] = task
    assert refusal(body).problem.startswith("events[0].eventParameter.taskId")


@pytest.mark.parametrize("created", [None, True, "1521180769", -1, 0, 1521180769000, 1521180778, float("1e300")])
def test_a_time_of_creation_that_cannot_be_is_left_out(created: Any) -> None:
    body = event("cdn_events_refreshed")
    body["events"][0]["eventParameter"]["createTime"] = created
    item = only(read(body, SETTINGS))
    assert isinstance(item, Requested)
    assert item.request.submitted_at is None


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


def test_the_good_events_of_several_are_kept() -> None:
    body = {"events": [event("cdn_events_refreshed")["events"][0], 7, event("oss_object_created")["events"][0]]}
    assert [type(item) for item in read(body, SETTINGS)] == [Requested, Rejected, Rejected]


@pytest.mark.parametrize(
    ("body", "attributes", "problem"),
    [
        ({"product": "vod", "PushTaskId": "1"}, {}, "PushTaskId: this key with product vod"),
        ({"PreloadTaskId": "1"}, {"product": "cdn"}, "PreloadTaskId: this key with product cdn"),
        ([{"product": "cdn", "submitted": {"PreloadTaskId": "1"}}], {}, "[0].submitted.PreloadTaskId: this key with"),
    ],
)
def test_an_answer_that_another_product_has_given_is_refused(
    body: Any, attributes: dict[str, str], problem: str
) -> None:
    (refused,) = read(body, SETTINGS, attributes)
    assert isinstance(refused, Rejected)
    assert problem in refused.problem


def test_dcdn_answers_with_either_key_of_a_prefetch() -> None:
    for key in ("PushTaskId", "PreloadTaskId"):
        (wanted,) = read({"product": "dcdn", key: "1"}, SETTINGS)
        assert isinstance(wanted, Requested)
