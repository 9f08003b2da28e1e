"""The table of PagerDuty's answers, line by line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.contract import (
    Ambiguous,
    ChannelResponse,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.pagerduty import classify
from refresh_watch.channels.responses.body import VENDOR_MESSAGE

OK = {"status": "success", "message": "Event processed", "dedup_key": "refresh-watch-0"}


def _classified(body: object, status: int = 202, **headers: str) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return classify(ChannelResponse(status, raw, named, asked_at=1_700_000_000.0))


def _invalid(*errors: str, status: int = 400) -> DeliveryOutcome:
    return _classified({"status": "invalid event", "message": "Event object is invalid", "errors": [*errors]}, status)


def test_only_a_success_in_a_202_is_delivered() -> None:
    assert isinstance(_classified(OK), Delivered)
    for status in (200, 302, 400, 403, 429, 500, 503):
        assert not isinstance(_classified(OK, status), Delivered)


@pytest.mark.parametrize(
    "error",
    [
        "Length of 'routing_key' is incorrect (should be 32 characters)",
        "'routing_key' is missing or blank",
        "Invalid routing key",
    ],
)
def test_a_refused_routing_key_names_the_secret(error: str) -> None:
    refusal = _invalid(error)
    assert isinstance(refusal, Permanent)
    assert "`secret`" in refusal.hint
    assert refusal.vendor_code == "invalid event"
    assert refusal.vendor_message == f"Event object is invalid: {error}"


def test_any_other_invalid_event_is_ours_to_repair() -> None:
    refusal = _invalid("'payload.severity' is invalid (must be one of critical, error, warning, info)")
    assert isinstance(refusal, Permanent)
    assert "report it" in refusal.hint
    assert isinstance(_classified({"status": "something new"}, 400), Permanent)


def test_an_event_that_is_too_large_can_be_made_shorter() -> None:
    assert isinstance(_invalid("Event object exceeds the size limit of 512 KB"), TooLarge)
    assert isinstance(_classified(b"", 413), TooLarge)
    assert isinstance(_classified({"status": "invalid event"}, 413), TooLarge)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "throttle exceeded", "message": "Requests for this service are arriving too quickly."}, 429),
        ({"status": "throttle exceeded", "message": ""}, 202),
        ({"status": "something new"}, 429),
        (b"Request Limit Exceeded", 429),
        (b"", 429),
    ],
)
def test_a_limited_service_waits_a_minute_or_as_long_as_it_is_told(body: object, status: int) -> None:
    limited = _classified(body, status)
    assert isinstance(limited, Temporary)
    assert (limited.after, limited.rate_limited) == (60.0, True)
    told = _classified(body, status, retry_after="120")
    assert isinstance(told, Temporary)
    assert told.after == 120.0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"status":"internal error","message":"why"}'])
def test_a_server_error_comes_back(status: int, body: bytes) -> None:
    later = _classified(body, status)
    assert isinstance(later, Temporary)
    assert not later.rate_limited


@pytest.mark.parametrize("body", [b"<html>502</html>", b"", b"\xff\xfe", b"[]", b'"ok"', b"null", b"{}", b"[" * 60_000])
@pytest.mark.parametrize("status", [200, 202])
def test_a_2xx_that_is_no_answer_of_pagerdutys_may_be_anything(body: bytes, status: int) -> None:
    assert isinstance(_classified(body, status), Ambiguous)


def test_a_status_that_is_not_known_comes_back_after_a_minute() -> None:
    later = _classified({"status": "something new", "message": "why"})
    assert isinstance(later, Temporary)
    assert later.after == 60.0


@pytest.mark.parametrize(("status", "setting"), [(302, "`url`"), (401, "`secret`"), (403, "`secret`"), (404, "`url`")])
def test_an_http_error_names_the_setting(status: int, setting: str) -> None:
    for body in (b"<html>", b'{"status":"something new"}'):
        refusal = _classified(body, status)
        assert isinstance(refusal, Permanent)
        assert setting in refusal.hint


@given(st.text().filter(lambda word: word.strip() != "success"), st.text(), st.sampled_from([200, 202, 400, 500]))
def test_no_other_status_is_ever_delivered(word: str, message: str, status: int) -> None:
    outcome = _classified({"status": word, "message": message, "errors": [message]}, status)
    assert not isinstance(outcome, Delivered)
    assert len(outcome.vendor_message) <= VENDOR_MESSAGE
    assert outcome.vendor_message.isprintable()
