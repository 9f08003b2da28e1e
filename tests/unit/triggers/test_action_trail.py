"""Records of ActionTrail: forms of paths, ids and times; whose they are; labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from refresh_watch.triggers.result import Ignored, Rejected, Requested
from tests.unit.triggers.reading import SETTINGS, only, paths_of, read, refusal, requested, trail


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
    request = requested(record)
    assert (request.task_ids, request.submitted_at) == (("704225667",), None)


def test_what_is_encoded_in_a_url_stays_as_it_was_submitted() -> None:
    path = "http://example.com/%E7%9B%AE%20100%25.txt?next=http%3A%2F%2Fexample.com"
    assert paths_of(read(trail(requestParameters={"ObjectPath": path}, responseElements=None), SETTINGS)) == [path]


@pytest.mark.parametrize("when", ["2026-11-22T16:00:00+08:00", "2026-11-22T08:00:00.000Z", "2026-11-22T08:00:00"])
def test_the_time_of_a_record_is_read_in_every_form(when: str) -> None:
    request = requested(trail(eventTime=when, responseElements=None))
    assert request.submitted_at == 1795334400.0


@pytest.mark.parametrize("key", ["RefreshTaskId", "refreshTaskId", "REFRESHTASKID"])
def test_the_id_is_found_however_its_key_is_written(key: str) -> None:
    request = requested(trail(responseElements={key: "704225667"}))
    assert request.task_ids == ("704225667",)


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
    request = requested(trail(userIdentity={"userName": name, "accessKeyId": "not-a-key"}))
    assert request.label == label


def test_a_label_shows_no_signature_of_a_url() -> None:
    asked = {"ObjectPath": "https://example.com/a.txt?auth_key=fake"}
    request = requested(trail(requestParameters=asked))
    assert request.label == "alice: example.com/a.txt"


@pytest.mark.parametrize(
    ("name", "product"), [("RefreshObjectCacheByCacheTag", "cdn"), ("RefreshDcdnObjectCacheByCacheTag", "dcdn")]
)
def test_a_refresh_by_tag_names_no_url_and_is_watched_by_the_id_alone(name: str, product: str) -> None:
    record = trail(eventName=name, requestParameters={"CacheTag": "release-7"})
    request = requested(record)
    assert (request.product, request.kind, request.label) == (product, "refresh", f"alice: {name}")
    assert refusal({**record, "responseElements": {}}).problem.startswith(
        "requestParameters.ObjectPath: no URL is not allowed"
    )


@pytest.mark.parametrize("more", [{"errorCode": "QuotaExceeded.Refresh"}, {"errorMessage": "refused"}])
def test_a_call_that_failed_is_ignored(more: dict[str, Any]) -> None:
    assert isinstance(only(read(trail(**more), SETTINGS)), Ignored)
