"""The table of what a Workflows webhook answers, line by line."""

from __future__ import annotations

import json

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
from refresh_watch.channels.responses.body import VENDOR_MESSAGE
from refresh_watch.channels.teams import classify

CONNECTOR = (
    "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {} with ContextId x"
)


def _classified(body: object, status: int = 202, **headers: str) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return classify(ChannelResponse(status, raw, named, asked_at=1_700_000_000.0))


def _error(status: int, code: str, message: str = "why") -> DeliveryOutcome:
    return _classified({"error": {"code": code, "message": message}}, status)


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize(
    "body", [b"", b"1", b"Received", b'{"status":"accepted","id":"1616990032035"}', b'{"error":null}']
)
def test_a_2xx_without_an_error_is_accepted_and_never_more(body: bytes, status: int) -> None:
    assert type(_classified(body, status)) is Accepted


@pytest.mark.parametrize(
    ("status", "code", "outcome", "setting"),
    [
        (400, "WorkflowTriggerIsNotEnabled", Permanent, "turn the workflow on"),
        (404, "WorkflowTriggerNotFound", Permanent, "`url`"),
        (404, "WorkflowNotFound", Permanent, "`url`"),
        (400, "WorkflowDisabled", Permanent, "turn the workflow on"),
        (401, "DirectApiAuthorizationRequired", Permanent, "sig="),
        (401, "DirectApiInvalidAuthorizationScheme", Permanent, "sig="),
        (403, "AuthorizationFailed", Permanent, "sig="),
        (400, "TriggerInputSchemaMismatch", ContentRejected, ""),
        (413, "RequestEntityTooLarge", TooLarge, ""),
        (400, "SomethingNew", Permanent, "`url`"),
        (401, "SomethingNew", Permanent, "`url`"),
        (403, "SomethingNew", Permanent, "`url`"),
        (404, "SomethingNew", Permanent, "`url`"),
        (410, "SomethingNew", Permanent, "`url`"),
        (405, "SomethingNew", Permanent, "`url`"),
        (500, "InternalServerError", Temporary, ""),
        (503, "SomethingNew", Temporary, ""),
        (504, "SomethingNew", Temporary, ""),
    ],
)
def test_each_code_has_its_outcome(status: int, code: str, outcome: type[DeliveryOutcome], setting: str) -> None:
    refusal = _error(status, code)
    assert type(refusal) is outcome
    assert refusal.http_status == status
    if isinstance(refusal, Permanent):
        assert setting in refusal.hint
    if isinstance(refusal, Temporary):
        assert not refusal.rate_limited


def test_what_teams_said_is_kept() -> None:
    refusal = _error(400, "WorkflowTriggerIsNotEnabled", "Could not execute: state 'Deleted'")
    assert refusal.vendor_code == "WorkflowTriggerIsNotEnabled"
    assert refusal.vendor_message == "Could not execute: state 'Deleted'"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (CONNECTOR.format(413).encode(), TooLarge),
        (CONNECTOR.format(400).encode(), ContentRejected),
        (CONNECTOR.format(403).encode(), Temporary),
        (b"Bad payload received by generic incoming webhook.", ContentRejected),
        (b"Summary or Text is required.", ContentRejected),
        (b"something new has failed", Temporary),
        (b'{"status":"failed","message":"why"}', Temporary),
        (b'{"error":{"code":"WorkflowTriggerIsNotEnabled","message":""}}', Permanent),
        (b'{"error":{"code":"SomethingNew","message":""}}', Temporary),
        (b'{"error":"no"}', Temporary),
        (b'{"error":{}, "message":"fine"}', Accepted),
    ],
)
def test_an_error_in_a_200_is_no_success(body: bytes, outcome: type[DeliveryOutcome]) -> None:
    for status in (200, 202):
        assert type(_classified(body, status)) is outcome


@pytest.mark.parametrize("status", [200, 202, 429])
def test_too_fast_waits_a_minute_or_as_long_as_it_is_told(status: int) -> None:
    for body in (
        CONNECTOR.format(429).encode(),
        b'{"error":{"code":"TooManyRequests","message":"Rate limit is exceeded."}}',
    ):
        limited = _classified(body, status)
        assert isinstance(limited, Temporary)
        assert (limited.after, limited.rate_limited) == (60.0, True)
        told = _classified(body, status, retry_after="7")
        assert isinstance(told, Temporary)
        assert told.after == 7.0


@pytest.mark.parametrize("body", [b"<html><body>Sign in</body></html>", b"\n<!DOCTYPE html><p>fine</p>"])
def test_a_page_instead_of_an_answer_may_be_anything(body: bytes) -> None:
    assert isinstance(_classified(body, 200), Ambiguous)
    assert isinstance(_classified(b"Welcome", 200, content_type="text/html; charset=utf-8"), Ambiguous)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (302, Permanent),
        (400, Permanent),
        (401, Permanent),
        (404, Permanent),
        (408, Temporary),
        (413, TooLarge),
        (429, Temporary),
        (500, Temporary),
        (502, Temporary),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff\xfe", b"[" * 60_000])
def test_an_http_error_without_a_code_is_read_by_its_status(
    status: int, outcome: type[DeliveryOutcome], body: bytes
) -> None:
    assert isinstance(_classified(body, status), outcome)


@given(st.text(), st.text(), st.sampled_from([200, 202, 400, 401, 404, 500]))
def test_no_answer_is_ever_delivered_and_no_error_is_accepted(code: str, words: str, status: int) -> None:
    outcome = _classified({"error": {"code": code or "x", "message": words}}, status)
    assert not isinstance(outcome, (Delivered, Accepted))
    assert len(outcome.vendor_message) <= VENDOR_MESSAGE
    assert outcome.vendor_message.isprintable()
