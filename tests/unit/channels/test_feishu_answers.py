"""The table of the answers of Feishu and Lark, line by line."""

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
from refresh_watch.channels.responses.feishu import classify

OK = {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}
BAD_CARD = (
    "Failed to create card content, ext=ErrCode: 200621; ErrMsg: parse card json err, please check whether the card "
    "json is correct; ErrorValue: unknown property"
)


def _classified(body: object, status: int = 200, **headers: str) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return classify(ChannelResponse(status, raw, named, asked_at=1_700_000_000.0))


@pytest.mark.parametrize(
    ("code", "status", "message", "outcome"),
    [
        (0, 200, "success", Delivered),
        (11232, 200, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]", Temporary),
        (9499, 400, "too many request", Temporary),
        (9499, 200, "too many request", Temporary),
        (9499, 200, "Bad Request", ContentRejected),
        (9499, 400, "Bad Request", ContentRejected),
        (19002, 200, "params error, msg_type need", ContentRejected),
        (19021, 200, "sign match fail or timestamp is not within one hour from current time", Permanent),
        (19022, 200, "Ip Not Allowed", Permanent),
        (19024, 200, "Key Words Not Found", Permanent),
        (19001, 200, "param invalid: incoming webhook access token invalid", Permanent),
        (19001, 400, "param invalid: incoming webhook access token invalid", Permanent),
        (19036, 200, "request body over 30KB", TooLarge),
        (11246, 200, BAD_CARD, ContentRejected),
        (230099, 400, BAD_CARD, ContentRejected),
        (11246, 200, "Failed to create card content, ext=ErrCode: 11310; ErrMsg: element exceeds", ContentRejected),
        (99991400, 200, "request trigger frequency limit", Temporary),
        (99991400, 400, "request trigger frequency limit", Temporary),
        (99991400, 429, "request trigger frequency limit", Temporary),
        (777777, 200, "something new", Temporary),
        (777778, 200, "操作过于频繁", Temporary),
        (230025, 400, "The length of the message content reaches its limit.", TooLarge),
    ],
)
def test_each_code_has_its_outcome_and_keeps_what_the_bot_said(
    code: int, status: int, message: str, outcome: type[DeliveryOutcome]
) -> None:
    classified = _classified({"code": code, "msg": message, "data": {}}, status)
    assert type(classified) is outcome
    assert classified.http_status == status
    assert classified.vendor_code == str(code)
    assert classified.vendor_message == message


@pytest.mark.parametrize(
    ("code", "message", "setting"),
    [
        (19021, "sign match fail or timestamp is not within one hour from current time", "`secret`"),
        (19022, "Ip Not Allowed", "IP whitelist"),
        (19024, "Key Words Not Found", "`keyword`"),
        (19001, "param invalid: incoming webhook access token invalid", "`url`"),
    ],
)
def test_a_refusal_for_good_names_the_setting_to_repair(code: int, message: str, setting: str) -> None:
    refusal = _classified({"code": code, "msg": message})
    assert isinstance(refusal, Permanent)
    assert setting in refusal.hint
    assert not refusal.once_more


@pytest.mark.parametrize(
    ("body", "status", "headers", "after"),
    [
        ({"code": 11232, "msg": "frequency limited psm[x]"}, 200, {}, 60.0),
        ({"code": 9499, "msg": "too many request"}, 400, {}, 60.0),
        ({"code": 777778, "msg": "rate limit"}, 200, {}, 60.0),
        ({"code": 99991400, "msg": "limit"}, 429, {"x_ogw_ratelimit_reset": "52"}, 52.0),
        ({"code": 99991400, "msg": "limit"}, 400, {"x_ogw_ratelimit_reset": "52"}, 52.0),
        (b"<html>", 429, {"x_ogw_ratelimit_reset": "7"}, 7.0),
        (b"<html>", 429, {"retry_after": "90"}, 90.0),
        (b"", 429, {"x_ogw_ratelimit_reset": "soon"}, 60.0),
    ],
)
def test_a_limited_bot_waits_as_told_or_a_minute_and_spends_no_try(
    body: object, status: int, headers: dict[str, str], after: float
) -> None:
    limited = _classified(body, status, **headers)
    assert isinstance(limited, Temporary)
    assert limited.rate_limited
    assert limited.after == after


def test_an_unknown_code_is_tried_again_after_a_minute() -> None:
    unknown = _classified({"code": 777777, "msg": "something new"})
    assert isinstance(unknown, Temporary)
    assert (unknown.after, unknown.rate_limited) == (60.0, False)


def test_a_clock_that_is_off_by_hours_is_reported_as_such() -> None:
    words = {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
    skewed = _classified(words, date="Wed, 15 Nov 2023 00:13:20 GMT")
    assert isinstance(skewed, Permanent)
    assert skewed.reason == "clock skew"
    assert "clock is 7200 s off" in skewed.hint
    near = _classified(words, date="Tue, 14 Nov 2023 22:13:25 GMT")
    assert isinstance(near, Permanent)
    assert "`secret`" in near.hint


def test_the_twin_of_old_says_what_failed_but_never_that_it_was_delivered() -> None:
    assert isinstance(_classified({"StatusCode": 9499, "StatusMessage": "fail to parse content"}), ContentRejected)
    assert isinstance(_classified({"StatusCode": 0, "StatusMessage": "success"}), Ambiguous)
    assert isinstance(_classified({**OK, "code": 19024, "msg": "Key Words Not Found"}), Permanent)


def test_only_code_0_in_a_200_is_delivered() -> None:
    assert isinstance(_classified(OK), Delivered)
    assert not isinstance(_classified({**OK, "code": False}), Delivered)
    for status in (201, 302, 400, 403, 500, 503):
        assert not isinstance(_classified(OK, status), Delivered)


@given(st.integers(), st.text(), st.sampled_from([200, 200, 200, 400, 500]))
def test_no_other_code_is_ever_delivered(code: int, message: str, status: int) -> None:
    outcome = _classified({"code": code, "msg": message}, status)
    assert isinstance(outcome, Delivered) == (code == 0 and status == 200)
