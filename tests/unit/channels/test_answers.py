"""What an answer of a vendor leads to: each row of `answers.py`, and what holds for any answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.post_outcomes import (
    Accepted,
    Ambiguous,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.registry import adapter, kinds
from refresh_watch.channels.responses import VENDOR_MESSAGE, ChannelResponse
from tests.unit.channels.answers import ANSWERS, SUCCESSES, Row, answer
from tests.unit.reports.sample_reports import FEW

KINDS = kinds()
CHATS = [kind for kind in KINDS if kind != "webhook"]
"""Kinds whose answers say more than their status."""


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: f"{row.kind}-{row.status}-{row.code or str(row.body)[:30]}")
def test_each_answer_has_its_outcome_and_what_the_vendor_said_is_kept(row: Row) -> None:
    outcome = adapter(row.kind).classify(row.response)
    assert (type(outcome), outcome.http_status) == (row.expected.outcome, row.status)
    if row.code:
        assert (outcome.vendor_code, outcome.vendor_message) == (row.code, row.words)
    if isinstance(outcome, Permanent):
        assert row.expected.hint in outcome.hint
        assert outcome.once_more is row.expected.once_more
    if isinstance(outcome, Temporary):
        assert outcome.rate_limited is row.expected.rate_limited
        assert row.expected.after in (None, pytest.approx(outcome.after))


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_success_with_its_own_status_is_delivered(kind: str) -> None:
    assert kind in SUCCESSES, f"{kind} is missing in answers.SUCCESSES: what its vendor answers when it has posted"
    statuses, bodies = SUCCESSES[kind]
    for body in bodies:
        for status in (199, 200, 201, 202, 204, 301, 302, 307, 400, 401, 403, 404, 405, 408, 410, 418, 429, 500, 503):
            outcome = adapter(kind).classify(answer(status, body))
            assert isinstance(outcome, Delivered) == (status in statuses), (status, body)
            assert not isinstance(outcome, Accepted) or (kind in ("teams", "discord") and status < 300)


@pytest.mark.parametrize("kind", CHATS)
@FEW
@given(code=st.integers() | st.text(max_size=20), words=st.text(max_size=300), status=st.sampled_from((200, 202, 400)))
def test_no_other_code_is_delivered_and_what_is_kept_of_it_is_short_and_on_one_line(
    kind: str, code: int | str, words: str, status: int
) -> None:
    fields = dict.fromkeys(("errcode", "code", "error_code"), code)
    texts = dict.fromkeys(("errmsg", "msg", "description", "message", "status"), words)
    body = {"id": "1", "ok": False, "error": {"code": code or "x", "message": words}, **fields, **texts}
    outcome = adapter(kind).classify(answer(status, body))
    says_0 = kind in ("dingtalk", "feishu", "lark", "wecom") and status == 200 and str(code).strip() in ("0", "-0")
    assert says_0 or words.strip() == "success" or not isinstance(outcome, (Delivered, Accepted))
    _is_short_and_on_one_line(outcome)


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(
    raw=st.binary(max_size=200) | st.from_regex(r"[a-z_]{1,30}", fullmatch=True).map(str.encode),
    status=st.integers(200, 599),
)
def test_what_is_no_json_is_delivered_only_where_a_bare_status_or_word_says_so(
    kind: str, raw: bytes, status: int
) -> None:
    outcome = adapter(kind).classify(ChannelResponse(status, raw))
    says_so = (kind == "webhook" and status < 300) or (kind == "slack" and (raw, status) == (b"ok", 200))
    assert isinstance(outcome, Delivered) == says_so
    _is_short_and_on_one_line(outcome)


def _is_short_and_on_one_line(outcome: DeliveryOutcome) -> None:
    for kept in (outcome.vendor_code, outcome.vendor_message):
        assert len(kept) <= VENDOR_MESSAGE
        assert kept.isprintable()


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>ok</html>", b"OK", b"[]", b"null", b"{", b"1", b"\xff\xfe", b'{"errcode":999999,"errmsg":"new"}',
     b'{"code":999999,"msg":"new"}', b'{"ok":false,"error_code":999,"description":"new"}', b'{"error":{"code":"New"}}'],
)  # fmt: skip
def test_an_unknown_answer_is_never_delivered(kind: str, body: bytes) -> None:
    outcome = adapter(kind).classify(ChannelResponse(200, body))
    assert not isinstance(outcome, Delivered), outcome
    assert not isinstance(outcome, Accepted) or kind == "teams", outcome


# Slack answers in words, and a flow of Teams may answer anything that its author has chosen
@pytest.mark.parametrize("kind", [kind for kind in CHATS if kind not in ("slack", "teams")])
@pytest.mark.parametrize(
    "body", [b"<html>502</html>", b"", b"\xff\xfe", b"[]", b'"no"', b"null", b"{}", b"[" * 60_000], ids=range(8)
)
def test_a_200_that_is_no_answer_of_the_vendors_may_be_anything(kind: str, body: bytes) -> None:
    assert isinstance(adapter(kind).classify(ChannelResponse(200, body)), Ambiguous)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (302, Permanent),
        (400, Permanent),
        (401, Permanent),
        (404, Permanent),
        (408, Temporary),
        (410, Permanent),
        (413, TooLarge),
        (429, Temporary),
        (500, Temporary),
        (502, Temporary),
        (503, Temporary),
    ],
)
def test_an_error_without_words_of_the_vendors_is_read_by_its_status(
    kind: str, status: int, outcome: type[DeliveryOutcome]
) -> None:
    for body in (b"", b"<html>", b"[]", b"\xff\xfe", b"[" * 60_000, json.dumps({"words": "x"}).encode()):
        assert isinstance(adapter(kind).classify(ChannelResponse(status, body)), outcome), body
