"""The table of Discord's answers, line by line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.contract import (
    Accepted,
    Ambiguous,
    ChannelResponse,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.discord import classify
from refresh_watch.channels.responses.body import VENDOR_MESSAGE

POSTED = {"id": "1234567890123456789", "type": 0, "content": "x", "channel_id": "***", "webhook_id": "***"}

REFUSALS = [
    (404, 10015, "Unknown Webhook", "make a new one"),
    (404, 10003, "Unknown Channel", "thread_id"),
    (401, 50027, "Invalid Webhook Token", "`url`"),
    (401, 40001, "Unauthorized", "`url`"),
    (403, 50001, "Missing Access", "`url`"),
    (403, 50013, "Missing Permissions", "`url`"),
    (400, 50006, "Cannot send an empty message", "please report it"),
    (400, 50109, "The request body contains invalid JSON.", "please report it"),
    (400, 50083, "Thread is archived", "thread_id"),
    (400, 160005, "Thread is locked", "thread_id"),
    (400, 220001, "Webhooks posted to forum channels must have a thread_name or thread_id", "thread_id"),
    (400, 220003, "Webhooks can only create threads in forum channels", "thread_id"),
    (404, 99999, "Something new that is gone", "make a new one"),
    (403, 99999, "Something new that is forbidden", "`url`"),
]


def _classified(body: object, status: int = 200, **headers: str) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return classify(ChannelResponse(status, raw, named, asked_at=1_700_000_000.0))


def _invalid_form(field: str, problem: str) -> dict[str, Any]:
    inner: Any = {"_errors": [{"code": problem, "message": "Must be 2000 or fewer in length."}]}
    return {"code": 50035, "message": "Invalid Form Body", "errors": {field: {"0": inner}}}


@pytest.mark.parametrize(("status", "code", "message", "hint"), REFUSALS)
def test_each_code_that_refuses_for_good_says_what_to_repair(status: int, code: int, message: str, hint: str) -> None:
    refusal = _classified({"code": code, "message": message}, status)
    assert isinstance(refusal, Permanent)
    assert hint in refusal.hint
    assert (refusal.http_status, refusal.vendor_code, refusal.vendor_message) == (status, str(code), message)
    assert not refusal.once_more


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, _invalid_form("content", "BASE_TYPE_MAX_LENGTH"), TooLarge),
        (400, _invalid_form("embeds", "BASE_TYPE_BAD_LENGTH"), TooLarge),
        (400, _invalid_form("embeds", "MAX_EMBED_SIZE_EXCEEDED"), TooLarge),
        (400, _invalid_form("embeds", "BASE_TYPE_REQUIRED"), ContentRejected),
        (400, {"code": 50035, "message": "Invalid Form Body"}, ContentRejected),
        (413, {"code": 40005, "message": "ChannelRequest entity too large"}, TooLarge),
        (400, {"code": 200000, "message": "Message was blocked by automatic moderation"}, ContentRejected),
        (400, {"code": 200001, "message": "Title was blocked by automatic moderation"}, ContentRejected),
        (400, {"code": 240000, "message": "Message blocked by harmful links filter"}, ContentRejected),
        (400, {"code": 20009, "message": "Explicit content cannot be sent"}, ContentRejected),
    ],
)
def test_a_message_that_is_too_large_or_not_taken_goes_down_the_ladder(
    status: int, body: dict[str, Any], outcome: type[DeliveryOutcome]
) -> None:
    refusal = _classified(body, status)
    assert type(refusal) is outcome
    assert refusal.vendor_code == str(body["code"])


def test_mentions_that_are_not_taken_are_the_settings_fault() -> None:
    refusal = _classified(_invalid_form("allowed_mentions", "BASE_TYPE_MAX_LENGTH"), 400)
    assert isinstance(refusal, Permanent)
    assert "`mention`" in refusal.hint


def test_only_a_200_with_the_message_is_delivered() -> None:
    assert isinstance(_classified(POSTED), Delivered)
    for status in (201, 202, 302, 400, 404, 429, 500):
        assert not isinstance(_classified(POSTED, status), Delivered)


def test_a_204_says_no_more_than_that_it_was_taken() -> None:
    assert isinstance(_classified(b"", 204), Accepted)


@pytest.mark.parametrize(
    "body",
    [b"", b"ok", b"<html>", b"\xff\xfe", b"[]", b'"1"', b"null", b"{}", b'{"id":""}', b'{"id":7}', b"[" * 60_000],
)
def test_a_200_without_a_message_may_be_anything(body: bytes) -> None:
    assert isinstance(_classified(body), Ambiguous)


@pytest.mark.parametrize("status", [200, 400])
def test_a_code_that_is_not_known_is_tried_again_after_a_minute(status: int) -> None:
    retry = _classified({"id": "1", "code": 123456, "message": "something new"}, status)
    assert isinstance(retry, Temporary)
    assert (retry.after, retry.rate_limited, retry.vendor_code) == (60.0, False, "123456")


def test_an_overloaded_discord_is_tried_again_after_a_minute() -> None:
    retry = _classified({"code": 130000, "message": "API resource is currently overloaded"}, 503)
    assert isinstance(retry, Temporary)
    assert (retry.after, retry.rate_limited) == (60.0, False)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (302, Permanent),
        (400, Permanent),
        (401, Permanent),
        (404, Permanent),
        (413, TooLarge),
        (500, Temporary),
        (503, Temporary),
    ],
)
def test_an_error_without_a_code_is_read_by_its_status(status: int, outcome: type[DeliveryOutcome]) -> None:
    assert type(_classified(b"<html>", status)) is outcome
    assert type(_classified({"message": "words"}, status)) is outcome


def test_a_404_without_words_is_a_webhook_that_is_gone() -> None:
    refusal = _classified(b"<html>", 404)
    assert isinstance(refusal, Permanent)
    assert "make a new one" in refusal.hint


@pytest.mark.parametrize(
    ("body", "headers", "after"),
    [
        ({"message": "You are being rate limited.", "retry_after": 0.348, "global": False}, {}, 0.348),
        ({"message": "You are being rate limited.", "retry_after": 64.57, "global": False}, {"retry_after": "65"}, 65),
        ({"message": "You are being rate limited.", "retry_after": 65.5, "global": True}, {"retry_after": "65"}, 65.5),
        ({"message": "You are being rate limited."}, {"retry_after": "65"}, 65),
        ({"retry_after": "soon"}, {}, 60),
        ({"retry_after": True}, {}, 60),
        ({"retry_after": -3}, {}, 0),
        ({"retry_after": 1e300}, {}, 86_400),
        (b'{"retry_after": NaN}', {}, 60),
        (b'{"retry_after": 1e999}', {}, 60),
        (b"error code: 1015", {"retry_after": "3600"}, 3600),
        (b"error code: 1015", {}, 60),
    ],
)
def test_a_limited_webhook_waits_as_long_as_discord_says_and_spends_no_try(
    body: object, headers: dict[str, str], after: float
) -> None:
    limited = _classified(body, 429, **headers)
    assert isinstance(limited, Temporary)
    assert limited.rate_limited
    assert limited.after == pytest.approx(after)


@pytest.mark.parametrize("code", [20016, 20022, 20028, 31001, 31002, 40062])
def test_a_code_of_a_limit_is_one_whatever_the_status(code: int) -> None:
    limited = _classified({"code": code, "message": "slow", "retry_after": 4.5}, 400)
    assert isinstance(limited, Temporary)
    assert (limited.rate_limited, limited.after) == (True, 4.5)


def test_whoever_is_shut_out_stays_away_for_ten_minutes() -> None:
    limited = _classified({"code": 40333, "message": "blocked from accessing our API temporarily"}, 403)
    assert isinstance(limited, Temporary)
    assert (limited.rate_limited, limited.after) == (True, 600.0)


@given(st.integers(), st.text(max_size=300), st.sampled_from([200, 204, 400, 403, 404, 429, 500]))
def test_no_answer_with_a_code_is_ever_delivered(code: int, message: str, status: int) -> None:
    outcome = _classified({"id": "1", "code": code, "message": message}, status)
    assert not isinstance(outcome, (Delivered, Accepted))
    assert len(outcome.vendor_message) <= VENDOR_MESSAGE
    assert outcome.vendor_message.isprintable()


@given(st.binary(max_size=200), st.integers(200, 599))
def test_no_answer_that_is_no_json_is_ever_delivered(body: bytes, status: int) -> None:
    assert not isinstance(_classified(body, status), Delivered)
