"""The table of Telegram's answers, line by line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.contract import (
    ChannelResponse,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses.body import VENDOR_MESSAGE
from refresh_watch.channels.telegram import classify

OK = {"ok": True, "result": {"message_id": 7, "chat": {"id": -1001234567890}}}


def _classified(body: object, status: int = 200, **headers: str) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return classify(ChannelResponse(status, raw, named, asked_at=1_700_000_000.0))


def _refused(code: int, description: str, **parameters: Any) -> DeliveryOutcome:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return _classified(body, code)


@pytest.mark.parametrize(
    ("code", "description", "outcome", "setting"),
    [
        (400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 3', ContentRejected, ""),
        (
            400,
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag code",
            ContentRejected,
            "",
        ),
        (400, "Bad Request: entity beyond the end of the message", ContentRejected, ""),
        (400, "Bad Request: message is too long", TooLarge, ""),
        (413, "ChannelRequest Entity Too Large", TooLarge, ""),
        (400, "Bad Request: chat not found", Permanent, "chat_id"),
        (400, "Bad Request: PEER_ID_INVALID", Permanent, "chat_id"),
        (400, "Bad Request: chat_id is empty", Permanent, "chat_id"),
        (400, "Bad Request: message thread not found", Permanent, "message_thread_id"),
        (400, "Bad Request: TOPIC_CLOSED", Permanent, "message_thread_id"),
        (400, "Bad Request: not enough rights to send text messages to the chat", Permanent, "administrator"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", Permanent, "administrator"),
        (400, "Bad Request: message text is empty", Permanent, "`url`"),
        (400, "Bad Request: something new", Permanent, "`url`"),
        (401, "Unauthorized", Permanent, "token"),
        (403, "Forbidden: bot was kicked from the supergroup chat", Permanent, "add it again"),
        (403, "Forbidden: bot was blocked by the user", Permanent, "add it again"),
        (403, "Forbidden: bot is not a member of the channel chat", Permanent, "add it again"),
        (404, "Not Found", Permanent, "token"),
        (500, "Internal Server Error", Temporary, ""),
        (502, "Bad Gateway", Temporary, ""),
        (599, "something new", Temporary, ""),
        (418, "something new", Temporary, ""),
    ],
)
def test_each_refusal_has_its_outcome_and_keeps_what_telegram_said(
    code: int, description: str, outcome: type[DeliveryOutcome], setting: str
) -> None:
    refusal = _refused(code, description)
    assert type(refusal) is outcome
    assert (refusal.http_status, refusal.vendor_code, refusal.vendor_message) == (code, str(code), description)
    if isinstance(refusal, Permanent):
        assert setting in refusal.hint
    if isinstance(refusal, Temporary):
        assert not refusal.rate_limited


def test_a_limited_bot_waits_as_long_as_it_is_told() -> None:
    limited = _refused(429, "Too Many Requests: retry after 37", retry_after=37)
    assert isinstance(limited, Temporary)
    assert (limited.after, limited.rate_limited) == (37.0, True)


def test_a_limited_bot_that_is_told_nothing_waits_a_minute() -> None:
    for refusal in (_refused(429, "Too Many Requests"), _refused(420, "FLOOD_WAIT"), _classified(b"<html>", 429)):
        assert isinstance(refusal, Temporary)
        assert (refusal.after, refusal.rate_limited) == (60.0, True)


def test_the_header_counts_where_the_body_says_nothing() -> None:
    limited = _classified({"ok": False, "error_code": 429, "description": "Too Many Requests"}, 429, retry_after="9")
    assert isinstance(limited, Temporary)
    assert limited.after == 9.0


@pytest.mark.parametrize("parameters", [{"migrate_to_chat_id": -1009876543210}, {}])
def test_a_group_that_became_a_supergroup_names_its_new_chat_id(parameters: dict[str, Any]) -> None:
    refusal = _refused(400, "Bad Request: group chat was upgraded to a supergroup chat", **parameters)
    assert isinstance(refusal, Permanent)
    assert "`url`" in refusal.hint
    assert ("chat_id=-1009876543210" if parameters else "new chat_id") in refusal.hint


def test_an_unknown_code_comes_back_after_a_minute() -> None:
    later = _refused(499, "something new")
    assert isinstance(later, Temporary)
    assert later.after == 60.0


def test_only_an_ok_in_a_2xx_is_delivered() -> None:
    assert isinstance(_classified(OK), Delivered)
    for status in (302, 400, 403, 500, 503):
        assert not isinstance(_classified(OK, status), Delivered)
    for ok in (False, "true", 1, None):
        assert not isinstance(_classified({**OK, "ok": ok}), Delivered)
    assert not isinstance(_classified({**OK, "error_code": 400}), Delivered)


def test_a_code_without_end_is_cut() -> None:
    body = b'{"ok":false,"description":"?","error_code":' + b"9" * 4000 + b"}"
    assert len(_classified(body).vendor_code) <= VENDOR_MESSAGE


@given(
    st.integers(), st.text(), st.sampled_from([200, 400, 500]), st.dictionaries(st.text(), st.text() | st.integers())
)
def test_no_refusal_is_ever_delivered(code: int, words: str, status: int, parameters: dict[str, Any]) -> None:
    body = {"ok": False, "error_code": code, "description": words, "parameters": parameters}
    outcome = _classified(body, status)
    assert not isinstance(outcome, Delivered)
    assert len(outcome.vendor_message) <= VENDOR_MESSAGE
    assert outcome.vendor_message.isprintable()
