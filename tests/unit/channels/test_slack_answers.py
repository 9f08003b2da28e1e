"""The table of Slack's answers, line by line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.contract import (
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
from refresh_watch.channels.slack import classify

REFUSALS = [
    (400, "invalid_payload", "please report it"),
    (400, "no_text", "please report it"),
    (400, "too_many_attachments", "please report it"),
    (400, "user_not_found", "`url`"),
    (403, "invalid_token", "`url`"),
    (403, "action_prohibited", "administrator"),
    (403, "posting_to_general_channel_denied", "`url`"),
    (404, "channel_not_found", "`url`"),
    (410, "channel_is_archived", "`url`"),
    (404, "no_service", "`url`"),
    (404, "no_service_id", "`url`"),
    (404, "no_active_hooks", "`url`"),
    (404, "no_team", "workspace"),
    (403, "team_disabled", "workspace"),
]


def _classified(body: object, status: int = 200, **headers: str) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return classify(ChannelResponse(status, raw, named, asked_at=1_700_000_000.0))


@pytest.mark.parametrize(("status", "word", "hint"), REFUSALS)
def test_each_word_that_refuses_for_good_says_what_to_repair(status: int, word: str, hint: str) -> None:
    for answer in (word.encode(), {"ok": False, "error": word}):
        refusal = _classified(answer, status)
        assert isinstance(refusal, Permanent)
        assert hint in refusal.hint
        assert (refusal.http_status, refusal.vendor_code, refusal.once_more) == (status, word, False)
        assert word in refusal.vendor_message


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("msg_blocks_too_long", TooLarge),
        ("msg_too_long", TooLarge),
        ("invalid_blocks", ContentRejected),
        ("invalid_blocks_format", ContentRejected),
        ("invalid_attachments", ContentRejected),
    ],
)
def test_a_message_that_is_too_long_or_ill_formed_goes_down_the_ladder(
    word: str, outcome: type[DeliveryOutcome]
) -> None:
    for status in (200, 400):
        assert type(_classified(word.encode(), status)) is outcome
        assert type(_classified({"ok": False, "error": word}, status)) is outcome


def test_only_ok_in_a_200_is_delivered() -> None:
    assert isinstance(_classified(b"ok"), Delivered)
    assert isinstance(_classified({"ok": True}), Delivered)
    for status in (201, 204, 302, 400, 403, 500, 503):
        assert not isinstance(_classified(b"ok", status), Delivered)
        assert not isinstance(_classified({"ok": True}, status), Delivered)


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"ok ok", b"<html>ok</html>", b"\xff\xfe", b"[]", b"1", b'"ok"', b"{}", b'{"ok":1}', b'{"ok":"true"}'],
)
def test_a_200_that_is_no_answer_of_slacks_may_be_anything(body: bytes) -> None:
    assert isinstance(_classified(body), Ambiguous)


@pytest.mark.parametrize("body", [b"something_new", {"ok": False, "error": "something_new"}])
def test_a_200_with_a_word_that_is_not_known_is_tried_again_after_a_minute(body: object) -> None:
    retry = _classified(body)
    assert isinstance(retry, Temporary)
    assert (retry.after, retry.rate_limited, retry.vendor_code) == (60.0, False, "something_new")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (302, Permanent),
        (400, Permanent),
        (404, Permanent),
        (410, Permanent),
        (413, TooLarge),
        (500, Temporary),
        (503, Temporary),
    ],
)
def test_an_error_without_a_word_that_is_known_is_read_by_its_status(
    status: int, outcome: type[DeliveryOutcome]
) -> None:
    assert type(_classified(b"<html>", status)) is outcome
    unknown = _classified(b"rollup_error", status)
    assert type(unknown) is outcome
    assert unknown.vendor_code == "rollup_error"


@pytest.mark.parametrize(
    ("status", "body", "headers", "after"),
    [
        (429, b"", {"retry_after": "30"}, 30.0),
        (429, b"rate_limited", {}, 60.0),
        (429, {"retry_after": 1, "ok": False, "error": "rate_limited"}, {}, 1.0),
        (429, {"retry_after": 1, "ok": False, "error": "rate_limited"}, {"retry_after": "2"}, 2.0),
        (429, {"retry_after": 10**30, "ok": False, "error": "rate_limited"}, {}, 86_400.0),
        (200, {"retry_after": 7, "ok": False, "error": "ratelimited"}, {}, 7.0),
        (200, b"rate_limited", {}, 60.0),
    ],
)
def test_a_limited_webhook_waits_as_long_as_slack_says_and_spends_no_try(
    status: int, body: object, headers: dict[str, str], after: float
) -> None:
    limited = _classified(body, status, **headers)
    assert isinstance(limited, Temporary)
    assert (limited.after, limited.rate_limited) == (after, True)


@given(st.binary(max_size=200) | st.from_regex(r"[a-z_]{1,30}", fullmatch=True).map(str.encode), st.integers(200, 599))
def test_nothing_else_is_ever_delivered_and_what_slack_said_is_short_and_on_one_line(body: bytes, status: int) -> None:
    outcome = _classified(body, status)
    assert isinstance(outcome, Delivered) == (body == b"ok" and status == 200)
    assert len(outcome.vendor_message) <= VENDOR_MESSAGE
    assert outcome.vendor_message.isprintable()
