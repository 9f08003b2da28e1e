"""Which events are a sweep's, and what a timer's payload asks for."""

from __future__ import annotations

import json

import pytest

from refresh_watch.errors import BadInput
from refresh_watch.model import Product
from refresh_watch.triggers.read import as_http_event
from refresh_watch.watch import open_watch
from refresh_watch.watching.hop_payload import Hop, write_hop
from refresh_watch.watching.request import read_request
from refresh_watch.workflow.sweep.request import Sweep, read_payload, sweep_event
from tests.all_products import SWEPT_WORDS

CDN, DCDN, VOD = Product.CDN, Product.DCDN, Product.VOD
TIMER = {"triggerTime": "2026-11-22T08:00:00Z", "triggerName": "sweep", "payload": "sweep"}


@pytest.mark.parametrize(
    ("payload", "sweep"),
    [
        ("sweep", Sweep((CDN,), 3)),
        ("  sweep\n", Sweep((CDN,), 3)),
        ("sweep 6h", Sweep((CDN,), 6)),
        ("sweep dcdn", Sweep((DCDN,), 3)),
        ("sweep cdn dcdn vod 71h", Sweep((CDN, DCDN, VOD), 71)),
        ("sweep 1h vod cdn vod", Sweep((VOD, CDN), 1)),
    ],
)
def test_products_and_hours_stand_in_any_order(payload: str, sweep: Sweep) -> None:
    assert read_payload(payload) == sweep


@pytest.mark.parametrize(
    ("payload", "given"),
    [
        ("swept", "'swept'"),
        ("cdn 3h", "'cdn'"),
        ("sweep cdnn", "'cdnn'"),
        ("sweep vod-legacy", "'vod-legacy'"),
        ("sweep 0h", "'0h'"),
        ("sweep 72h", "'72h'"),
        ("sweep 3h 4h", "'4h'"),
        ("sweep 3", "'3'"),
        ("sweep https://oapi.dingtalk.com/robot/send?access_token=x", "a URL"),
    ],
)
def test_a_wrong_payload_is_answered_with_what_was_given_and_what_is_allowed(payload: object, given: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_payload(payload)
    assert str(caught.value).startswith(
        f"payload: {given} is not allowed; allowed: sweep, then products ({SWEPT_WORDS})"
    )
    assert "1h to 71h" in str(caught.value)


@pytest.mark.parametrize(
    ("payload", "refusal"),
    [
        ("", "payload is missing; allowed: sweep, then"),
        (None, "payload is missing; allowed: sweep, then"),
        (5, "payload: must be a string: sweep, then"),
    ],
)
def test_a_payload_that_is_missing_or_no_text_is_refused(payload: object, refusal: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_payload(payload)
    assert str(caught.value).startswith(refusal)


@pytest.mark.parametrize("wrap", [bytes, as_http_event], ids=["plain", "http"])
def test_a_timers_event_is_a_sweep_plain_and_wrapped_even_with_a_wrong_payload(wrap: type[bytes]) -> None:
    for event in (TIMER, {**TIMER, "payload": "swept"}, {"payload": "sweep"}, {**TIMER, "payload": None}):
        assert sweep_event(wrap(json.dumps(event).encode()))


def test_everything_else_is_left_to_the_hops() -> None:
    watch = open_watch("refresh", read_request({"product": "cdn", "task_ids": "1"}), 1_795_000_000.0)
    for hop in (Hop(watch, 0), Hop(watch, 1, is_guard=True)):
        assert not sweep_event(write_hop(hop))
    for event in (b"", b"no json", b"[]", b"5", b'{"product":"cdn","task_ids":"1"}', b"\xff"):
        assert not sweep_event(event)


def test_the_window_ends_a_quarter_of_an_hour_ago_in_whole_seconds() -> None:
    window = Sweep(hours=3).window(1_795_000_000.7)
    assert (window.start, window.end) == (1_795_000_000 - 3 * 3600, 1_795_000_000 - 900)
