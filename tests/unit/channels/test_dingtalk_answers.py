"""The table of DingTalk's answers, line by line."""

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
from refresh_watch.channels.dingtalk import classify

OK = {"errcode": 0, "errmsg": "ok"}


def _classified(body: object, status: int = 200, **headers: str) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return classify(ChannelResponse(status, raw, named, asked_at=1_700_000_000.0))


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        (-1, "系统繁忙", Temporary),
        (130101, "send too fast, exceed 20 times per minute", Temporary),
        (410100, "发送速度太快而限流", Temporary),
        (310000, "keywords not in content", Permanent),
        (310000, "sign not match", Permanent),
        (310000, "invalid timestamp", Permanent),
        (310000, "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳", Permanent),
        (310000, "description:机器人发送签名过期;solution:签名生成时间和发送时间请保持在timestampms以内", Permanent),
        (310000, "ip 203.0.113.7 not in whitelist", Permanent),
        (300001, "token is not exist", Permanent),
        (300005, "token is not exist", Permanent),
        (400101, "access_token不存在", Permanent),
        (40035, "缺少参数 access_token", Permanent),
        (400102, "机器人已停用", Permanent),
        (400106, "机器人不存在", Permanent),
        (400013, "群已被解散", Permanent),
        (400105, "不支持的消息类型", Permanent),
        (43004, "无效的HTTP HEADER Content-Type", Permanent),
        (43002, "需要POST请求", Permanent),
        (460101, "message too long, exceed 20000 bytes", TooLarge),
        (101002, "message is too long", TooLarge),
        (430101, "unsafe link", ContentRejected),
        (430102, "text", ContentRejected),
        (430103, "image", ContentRejected),
        (430104, "content", ContentRejected),
        (90030, "webhook over limit", Permanent),
        (999999, "something new", Temporary),
        (999998, "发送过于频繁", Temporary),
        (999997, "the text is too long", TooLarge),
    ],
)
def test_each_code_has_its_outcome_and_keeps_what_dingtalk_said(
    code: int, message: str, outcome: type[DeliveryOutcome]
) -> None:
    classified = _classified({"errcode": code, "errmsg": message})
    assert type(classified) is outcome
    assert classified.http_status == 200
    assert classified.vendor_code == str(code)
    assert classified.vendor_message == message


def test_only_errcode_0_in_a_200_is_delivered() -> None:
    assert isinstance(_classified(OK), Delivered)
    assert isinstance(_classified({"errcode": "0"}), Delivered)
    for status in (201, 302, 400, 403, 500, 503):
        assert not isinstance(_classified(OK, status), Delivered)


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("keywords not in content", "`keyword`"),
        ("关键词不匹配", "`keyword`"),
        ("sign not match", "`secret`"),
        ("签名不匹配", "`secret`"),
        ("ip 203.0.113.7 not in whitelist", "IP list"),
        ("not said", "security settings"),
    ],
)
def test_a_security_refusal_says_what_to_repair(message: str, hint: str) -> None:
    refusal = _classified({"errcode": 310000, "errmsg": message})
    assert isinstance(refusal, Permanent)
    assert hint in refusal.hint
    assert not refusal.once_more


def test_a_robot_that_wants_signatures_and_gets_none_asks_for_the_secret_and_not_for_another_clock() -> None:
    refusal = _classified({"errcode": 310000, "errmsg": "invalid timestamp"}, date="Tue, 14 Nov 2023 22:13:21 GMT")
    assert isinstance(refusal, Permanent)
    assert not refusal.once_more
    assert "`secret`" in refusal.hint
    assert "clock" not in refusal.hint


def test_a_missing_parameter_that_is_not_the_token_is_our_mistake() -> None:
    for words, hint in (("缺少参数 access_token", "`url`"), ("缺少参数 json", "please report it")):
        refusal = _classified({"errcode": 40035, "errmsg": words})
        assert isinstance(refusal, Permanent)
        assert hint in refusal.hint


@pytest.mark.parametrize("message", ["invalid timestamp", "签名已过期"])
def test_a_refused_timestamp_is_signed_once_more_and_reported_as_clock_skew(message: str) -> None:
    refusal = _classified({"errcode": 310000, "errmsg": message}, date="Wed, 15 Nov 2023 00:13:20 GMT")
    assert isinstance(refusal, Permanent)
    assert refusal.once_more
    assert "differs from DingTalk's by 7200 s" in refusal.hint


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, 600),
        ({"errcode": 410100, "errmsg": "limited"}, 600),
        ({"errcode": 130101, "status": 1111, "wait": 5, "punish": "deny"}, 600),
        ({"status": 1111, "wait": 5, "source": "x5", "punish": "deny"}, 60),
        ({"errcode": 999999, "errmsg": "发送频率过快"}, 60),
    ],
)
def test_a_blocked_robot_is_left_alone_for_its_ten_minutes_and_a_limited_one_for_a_minute(
    body: dict[str, Any], after: float
) -> None:
    limited = _classified(body)
    assert isinstance(limited, Temporary)
    assert (limited.rate_limited, limited.after) == (True, after)


def test_a_longer_wait_that_the_gateway_asks_for_is_obeyed() -> None:
    limited = _classified({"status": 1111, "wait": 900, "punish": "deny"})
    assert isinstance(limited, Temporary)
    assert limited.after == 900.0


def test_busy_waits_half_a_minute() -> None:
    busy = _classified({"errcode": -1, "errmsg": "系统繁忙"})
    assert isinstance(busy, Temporary)
    assert (busy.after, busy.rate_limited) == (30.0, False)


@pytest.mark.parametrize(("told", "after"), [("3", 3.0), ("", 60.0)])
def test_a_429_is_rate_limited_for_as_long_as_it_says(told: str, after: float) -> None:
    limited = _classified(b"<html>", 429, retry_after=told)
    assert isinstance(limited, Temporary)
    assert (limited.rate_limited, limited.after) == (True, after)


@given(st.integers(), st.text(), st.sampled_from([200, 200, 200, 400, 500]))
def test_no_other_code_is_ever_delivered(code: int, message: str, status: int) -> None:
    outcome = _classified({"errcode": code, "errmsg": message}, status)
    assert isinstance(outcome, Delivered) == (code == 0 and status == 200)
