"""The table of WeCom's answers, line by line."""

from __future__ import annotations

import json

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
from refresh_watch.channels.responses.wecom import classify

OK = {"errcode": 0, "errmsg": "ok"}


def _classified(body: object, status: int = 200, **headers: str) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return classify(ChannelResponse(status, raw, named, asked_at=1_700_000_000.0))


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        (0, "ok", Delivered),
        (-1, "system busy", Temporary),
        (45009, "api freq out of limit", Temporary),
        (45033, "api concurrent out of limit", Temporary),
        (93000, "invalid webhook url, hint: [1700000000_fake], from ip: 203.0.113.7", Permanent),
        (40058, "markdown.content exceed max length 4096. invalid Request Parameter", TooLarge),
        (40058, "text.content exceed max length 2048. invalid Request Parameter", TooLarge),
        (40058, "invalid Request Parameter", ContentRejected),
        (45002, "content size out of limit", TooLarge),
        (40008, "invalid message type", Permanent),
        (44004, "empty content", Permanent),
        (47001, "data format error", Permanent),
        (999999, "something new", Permanent),
        (999998, "too fast", Temporary),
        (999997, "the text is too long", TooLarge),
    ],
)
def test_each_code_has_its_outcome_and_keeps_what_wecom_said(
    code: int, message: str, outcome: type[DeliveryOutcome]
) -> None:
    classified = _classified({"errcode": code, "errmsg": message})
    assert type(classified) is outcome
    assert classified.http_status == 200
    assert classified.vendor_code == str(code)
    assert classified.vendor_message == message


@pytest.mark.parametrize(("code", "message"), [(93000, "invalid webhook url"), (999999, "something new")])
def test_a_refusal_for_good_names_the_setting_to_repair(code: int, message: str) -> None:
    refusal = _classified({"errcode": code, "errmsg": message})
    assert isinstance(refusal, Permanent)
    assert "`url`" in refusal.hint


@pytest.mark.parametrize(
    ("body", "status", "headers", "after"),
    [
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, 200, {}, 60.0),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, 200, {"retry_after": "3"}, 60.0),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, 200, {"retry_after": "300"}, 300.0),
        (b"<html>", 429, {}, 60.0),
    ],
)
def test_a_limited_robot_waits_at_least_a_minute_and_spends_no_try(
    body: object, status: int, headers: dict[str, str], after: float
) -> None:
    limited = _classified(body, status, **headers)
    assert isinstance(limited, Temporary)
    assert limited.rate_limited
    assert limited.after == after


def test_busy_waits_half_a_minute() -> None:
    busy = _classified({"errcode": -1, "errmsg": "system busy"})
    assert isinstance(busy, Temporary)
    assert (busy.after, busy.rate_limited) == (30.0, False)


def test_only_errcode_0_in_a_200_is_delivered() -> None:
    assert isinstance(_classified(OK), Delivered)
    assert not isinstance(_classified({"errcode": False, "errmsg": "ok"}), Delivered)
    for status in (201, 302, 400, 403, 500, 503):
        assert not isinstance(_classified(OK, status), Delivered)


@given(st.integers(), st.text(), st.sampled_from([200, 200, 200, 400, 500]))
def test_no_other_code_is_ever_delivered(code: int, message: str, status: int) -> None:
    outcome = _classified({"errcode": code, "errmsg": message}, status)
    assert isinstance(outcome, Delivered) == (code == 0 and status == 200)
