"""Events as they arrive: plain, or wrapped as an HTTP request, with and without a caller that waits."""

from __future__ import annotations

import base64
import json

import pytest

from refresh_watch.triggers.read import open_event
from refresh_watch.triggers.result import Rejected
from tests.all_products import ALL_WORDS
from tests.unit.triggers.reading import EVENTS, event, http_event, read

HTTP = {**event("http_trigger"), "isBase64Encoded": True}


def test_the_recorded_api_call_to_a_function_with_an_http_trigger_is_unwrapped() -> None:
    delivered = open_event((EVENTS / "api_call_http_shaped.json").read_bytes())
    assert (delivered.wrapped, delivered.awaited) == (True, False)
    assert delivered.body["product"] == "cdn"
    assert "ACS3-HMAC-SHA256" not in repr(delivered), "its headers"


@pytest.mark.parametrize(
    ("body", "names"),
    [("channels=oncall,audit", ["oncall", "audit"]), ("channels=oncall&channels=audit", ["oncall", "audit"])],
)
def test_a_form_names_several_channels_in_either_way(body: str, names: list[str]) -> None:
    form = http_event(f"task_ids=1&{body}&product=cdn\n", {"Content-Type": "application/x-www-form-urlencoded"})
    assert open_event(form).body == {"product": "cdn", "task_ids": "1", "channels": names}


def test_a_form_that_says_a_thing_twice_is_not_taken_for_either() -> None:
    form = http_event("product=cdn&product=dcdn&task_ids=1", {"Content-Type": "application/x-www-form-urlencoded"})
    (item,) = read(open_event(form).body)
    assert isinstance(item, Rejected)
    assert item.problem.startswith(f"product: must be one of {ALL_WORDS} (a list was given)")


def test_json_that_curl_calls_a_form_is_read_as_json() -> None:
    event = http_event('{"product": "cdn", "task_ids": "1"}', {"Content-Type": "application/x-www-form-urlencoded"})
    assert open_event(event).body == {"product": "cdn", "task_ids": "1"}


@pytest.mark.parametrize(
    ("headers", "awaited"),
    [({}, True), ({"X-Fc-Invocation-Type": "Async"}, False), ({"x-fc-invocation-type": "Sync"}, True)],
)
def test_who_waits_is_read_from_the_invocation_type(headers: dict[str, str], awaited: bool) -> None:
    assert open_event(http_event("{}", headers)).awaited is awaited


@pytest.mark.parametrize("body", [b"", b"  ", b"{", b"task 1", b"\xff\xfe", b"[" * 100_000, b'{"a":1}x'])
@pytest.mark.parametrize("wrapped", [False, True])
def test_what_is_no_json_is_refused_in_one_line(body: bytes, wrapped: bool) -> None:
    event = json.dumps({**HTTP, "body": base64.b64encode(body).decode()}).encode() if wrapped else body
    opened = open_event(event)
    assert opened.wrapped is wrapped
    assert str(opened.problem).startswith(("event: ", "event is missing; "))
    assert "\n" not in str(opened.problem)
