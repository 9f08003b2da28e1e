"""A request, read strictly: what is accepted, and the refusal of each wrong input."""

from __future__ import annotations

import json
from typing import Any

import pytest

from refresh_watch.errors import BadInput
from refresh_watch.model import Kind, Product
from refresh_watch.watching.request import MAX_IDS, MAX_PATH_BYTES, read_request, write_request
from tests.all_products import ALL_WORDS

SUBMITTED_AT = "2026-11-22T08:00:00Z"


def test_the_request_of_the_contract_is_read_in_full() -> None:
    request = read_request(
        {
            "product": "cdn",
            "task_ids": ["704225667", "704222904"],
            "kind": "refresh",
            "submitted_at": SUBMITTED_AT,
            "label": "release 2026.11.22",
            "deadline": "30m",
            "channels": ["oncall"],
            "request_id": "pipeline-8123",
        }
    )
    assert request.product is Product.CDN
    assert request.task_ids == ("704225667", "704222904")
    assert (request.kind, request.deadline, request.channels) == (Kind.REFRESH, 1800.0, ("oncall",))
    assert request.submitted_at == 1795334400.0


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ("704225667,704222904", ("704225667", "704222904")),
        ("704225667, 704222904", ("704225667", "704222904")),
        (["1", 2, "3,4", "1"], ("1", "2", "3", "4")),
        (704225667, ("704225667",)),
    ],
)
def test_ids_come_as_strings_numbers_or_joined_by_commas(given: Any, ids: tuple[str, ...]) -> None:
    assert read_request({"product": "cdn", "task_ids": given}).task_ids == ids


@pytest.mark.parametrize(
    ("key", "kind"),
    [("RefreshTaskId", Kind.REFRESH), ("PushTaskId", Kind.PREFETCH), ("PreloadTaskId", Kind.PREFETCH)],
)
def test_the_answer_of_a_submit_call_says_the_ids_and_the_kind(key: str, kind: Kind) -> None:
    request = read_request({"product": "dcdn", "submitted": {key: "1,2", "RequestId": "174F6032"}})
    assert (request.task_ids, request.kind) == (("1", "2"), kind)


@pytest.mark.parametrize("given", [SUBMITTED_AT, "2026-11-22T16:00:00+08:00", 1795334400])
def test_a_time_of_submission_has_its_zone_or_is_a_number_of_seconds(given: Any) -> None:
    assert read_request({"product": "cdn", "task_ids": "1", "submitted_at": given}).submitted_at == 1795334400.0


BAD: list[tuple[Any, str, str]] = [
    ([1], "request", "a JSON object"),
    ("x", "request", "a JSON object"),
    ({"task_ids": "1"}, "product", ALL_WORDS),
    ({"product": "scdn", "task_ids": "1"}, "product", ALL_WORDS),
    ({"product": ["cdn"], "task_ids": "1"}, "product", ALL_WORDS),
    ({"product": "cdn"}, "task_ids", "one of task_ids, submitted, object_paths"),
    ({"product": "cdn", "task_ids": []}, "task_ids", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": ""}, "task_ids[0]", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": ["1", ""]}, "task_ids[1]", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": ["abc"]}, "task_ids[0]", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": ["1 OR 1"]}, "task_ids[0]", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": ["١٢"]}, "task_ids[0]", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": [True]}, "task_ids[0]", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": [1.5]}, "task_ids[0]", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": [-1]}, "task_ids[0]", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": {"a": 1}}, "task_ids", "1 to 1000 ids of 1 to 20 digits"),
    ({"product": "cdn", "task_ids": [str(i) for i in range(MAX_IDS + 1)]}, "task_ids", "1 to 1000 ids"),
    ({"product": "cdn", "task_ids": "1", "object_paths": ["http://a.com/1"], "submitted_at": SUBMITTED_AT}, "task_ids", "one of"),
    ({"product": "cdn", "submitted": {"RequestId": "x"}}, "submitted", "RefreshTaskId, PushTaskId, PreloadTaskId"),
    ({"product": "cdn", "submitted": "1"}, "submitted", "a submit answer"),
    ({"product": "cdn", "submitted": {"Code": "QuotaExceeded.Refresh", "Message": "..."}}, "submitted.Code", "the answer of a submit that succeeded"),
    ({"product": "cdn", "submitted": {"RefreshTaskId": "1"}, "task_ids": "2"}, "submitted", "one of"),
    ({"product": "vod", "submitted": {"PushTaskId": "1"}}, "submitted.PushTaskId", "with product cdn or dcdn"),
    ({"product": "vod-legacy", "submitted": {"PushTaskId": "1"}, "domain_name": "a.com", "object_type": "file"}, "submitted.PushTaskId", "with product cdn or dcdn"),
    ({"product": "cdn", "submitted": {"PreloadTaskId": "1"}}, "submitted.PreloadTaskId", "with product dcdn, vod or vod-legacy"),
    ({"product": "cdn", "submitted": {"RefreshTaskId": ""}}, "submitted.RefreshTaskId", "ids of 1 to 20 digits"),
    ({"product": "cdn", "submitted": {"RefreshTaskId": "x"}}, "submitted.RefreshTaskId[0]", "ids of 1 to 20 digits"),
    ({"product": "cdn", "object_paths": ["http://a.com/1"]}, "submitted_at", "an instant such as"),
    ({"product": "cdn", "object_paths": [""], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "object_paths": [7], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "object_paths": ["http://a.com/\n"], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "object_paths": ["x"], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL such as http://example.com/a.txt"),
    ({"product": "cdn", "object_paths": ["/a.txt"], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "object_paths": ["a.txt"], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "object_paths": ["images/a.txt"], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "object_paths": ["ftp://example.com/a"], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "object_paths": ["http:///a.txt"], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "object_paths": ["704225667"], "submitted_at": SUBMITTED_AT}, "object_paths[0]", "a URL"),
    ({"product": "cdn", "task_ids": "1", "kind": "purge"}, "kind", "refresh, prefetch"),
    ({"product": "cdn", "task_ids": "1", "submitted_at": "yesterday"}, "submitted_at", "an instant such as"),
    ({"product": "cdn", "task_ids": "1", "submitted_at": True}, "submitted_at", "an instant such as"),
    ({"product": "cdn", "task_ids": "1", "submitted_at": "2026-11-22T18:00:00"}, "submitted_at", "an instant such as 2026-11-22T08:00:00Z or 2026-11-22T16:00:00+08:00"),
    ({"product": "cdn", "task_ids": "1", "submitted_at": "2026-11-22"}, "submitted_at", "an instant such as"),
    ({"product": "cdn", "task_ids": "1", "submitted_at": "0001-01-01T00:00:00Z"}, "submitted_at", "from 1970 on"),
    ({"product": "cdn", "task_ids": "1", "submitted_at": -5}, "submitted_at", "from 1970 on"),
    ({"product": "cdn", "task_ids": "1", "schedule": "0;0.1", "deadline": "3d"}, "schedule", "at most 10000 looks"),
    ({"product": "cdn", "task_ids": "1", "deadline": "4d"}, "deadline", "at most 3d"),
    ({"product": "cdn", "task_ids": "1", "deadline": "0s"}, "deadline", "more than 0"),
    ({"product": "cdn", "task_ids": "1", "deadline": "soon"}, "deadline", "90s, 30m, 2h"),
    ({"product": "cdn", "task_ids": "1", "deadline": float("nan")}, "deadline", "90s, 30m, 2h"),
    ({"product": "cdn", "task_ids": "1", "deadline": float("inf")}, "deadline", "90s, 30m, 2h"),
    ({"product": "cdn", "task_ids": "1", "deadline": []}, "deadline", "90s, 30m, 2h"),
    ({"product": "cdn", "task_ids": "1", "label": "a\nb"}, "label", "printable characters"),
    ({"product": "cdn", "task_ids": "1", "label": 7}, "label", "must be a string"),
    ({"product": "cdn", "task_ids": "1", "channels": ["Bad Name"]}, "channels[0]", "the name of a configured channel"),
    ({"product": "cdn", "task_ids": "1", "channel": "oncall"}, "channel", "product, task_ids"),
    ({"product": "cdn", "task_ids": "1", "domain_name": "a b", "object_type": "file"}, "domain_name", "one domain name"),
    ({"product": "cdn", "task_ids": "1", "domain_name": "a.com"}, "object_type", "domain_name requires it"),
    ({"product": "cdn", "task_ids": "1", "object_type": "video"}, "object_type", "file, directory"),
    ({"product": "vod", "task_ids": "1", "resource_group_id": "rg-1"}, "resource_group_id", "with product cdn only"),
    ({"product": "vod-legacy", "task_ids": "1"}, "domain_name", "requires it"),
    ({"product": "vod-legacy", "task_ids": "1", "domain_name": "a.com"}, "object_type", "requires it"),
    ({"product": "cdn", "task_ids": "1", "schedule": "0,15"}, "schedule", "a semicolon and a step"),
    ({"product": "cdn", "task_ids": "1", "schedule": "15,0;5"}, "schedule", "rising seconds"),
    ({"product": "cdn", "task_ids": "1", "schedule": "0;0"}, "schedule", "a step of 0.1 to 86400 s"),
    ({"product": "cdn", "task_ids": "1", "schedule": "0,nan;5"}, "schedule", "rising seconds"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field", "allowed"), BAD, ids=[f"{field}-{n}" for n, (_, field, _) in enumerate(BAD)]
)
def test_a_refusal_names_the_field_what_was_given_and_what_is_allowed(given: Any, field: str, allowed: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_request(given)
    assert caught.value.field == field
    assert allowed in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "path",
    [
        "http://example.com/a.txt", "https://example.com/dir/", "http://example.com/", "HTTP://Example.com/A",
        "https://cdn-1.example.co.uk:8443/a?x=1#y", "http://example.com/.*\\.(jpg|png)$", "http://example.com/a[0-9]/",
        "http://例子.example.com/图.png", "http://192.0.2.7/a", "https://example.com/%E7%9B%AE?a,b=http://c.d/",
    ],
)  # fmt: skip
def test_urls_directories_and_patterns_are_followed_as_they_were_submitted(path: str) -> None:
    request = read_request({"product": "cdn", "object_paths": [path], "submitted_at": SUBMITTED_AT})
    assert request.object_paths == (path,)


def test_a_url_without_a_scheme_is_looked_for_as_the_rows_have_it() -> None:
    paths = ["example.com/a.txt", "http://example.com/a.txt", "example.com/?next=http://example.org/"]
    request = read_request({"product": "cdn", "object_paths": paths, "submitted_at": SUBMITTED_AT})
    assert request.object_paths == ("http://example.com/a.txt", "http://example.com/?next=http://example.org/")


def test_a_url_given_as_a_channel_is_not_repeated() -> None:
    with pytest.raises(BadInput) as caught:
        read_request({"product": "cdn", "task_ids": "1", "channels": ["https://robot.example/send?access_token=fake"]})
    assert "fake" not in str(caught.value)


def test_too_many_bytes_of_paths_are_refused() -> None:
    paths = [f"http://example.com/{'x' * 100}/{i}" for i in range(MAX_PATH_BYTES // 100)]
    with pytest.raises(BadInput, match="at most 40000 bytes"):
        read_request({"product": "cdn", "object_paths": paths, "submitted_at": SUBMITTED_AT})


def test_a_request_survives_being_written_and_read_again() -> None:
    given = {
        "product": "vod-legacy",
        "object_paths": ["http://example.com/a", "http://example.com/目录/"],
        "submitted_at": SUBMITTED_AT,
        "deadline": "90s",
        "label": "发布",
        "channels": ["oncall", "audit"],
        "request_id": "r",
        "domain_name": "example.com",
        "object_type": "path",
        "schedule": "0,0.5;0.5",
    }
    request = read_request(given)
    assert read_request(json.loads(json.dumps(write_request(request)))) == request


@pytest.mark.parametrize("key", ["https://hooks.example.com/T0PSECRET", "T0PSECRET" * 8, "access_token=T0PSECRET"])
def test_a_credential_put_where_a_key_is_meant_is_not_repeated(key: str) -> None:
    with pytest.raises(BadInput, match=r"this key is not allowed; allowed: product, task_ids") as caught:
        read_request({"product": "cdn", "task_ids": "1", key: "x"})
    assert "T0PSECRET" not in f"{caught.value}{caught.value.field}"


def test_an_empty_id_in_a_submit_answer_is_called_empty() -> None:
    with pytest.raises(
        BadInput, match=r"^submitted\.RefreshTaskId: an empty value is not allowed; allowed: 1 to 1000 ids"
    ):
        read_request({"product": "cdn", "submitted": {"RefreshTaskId": "", "RequestId": "x"}})
