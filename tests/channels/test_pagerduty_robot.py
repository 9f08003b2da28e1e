"""Reports delivered over real sockets to an integration that judges them as PagerDuty's Events API does."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import urllib3

from refresh_watch.channels.contract import ChannelResponse, Delivered
from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished, RetryLater
from refresh_watch.channels.transport.redact import redacted
from refresh_watch.settings import Secret
from refresh_watch_emulator.chat_wall import Answer, ChatWall
from refresh_watch_emulator.chats import pagerduty as chat
from refresh_watch_emulator.chats.contract import Post
from tests.channels.delivering import channel_of, delivered, with_url
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import COMPLETE, EVERY_KIND, PARTLY_FAILED

KEY = chat.create_chat("oncall").secret
EVENT = {
    "routing_key": KEY,
    "event_action": "trigger",
    "dedup_key": "x",
    "payload": {"summary": "hello", "source": "here", "severity": "info"},
}


def test_every_kind_of_report_arrives(wall: ChatWall, clock: HandClock) -> None:
    for language in ("en", "zh"):
        for report in EVERY_KIND:
            delivery = delivered(channel_of(wall, "pagerduty", language=language), clock, report)
            assert delivery.next == Finished()
            assert isinstance(delivery.outcome, Delivered)
            assert delivery.posts == 1
    assert len(wall.messages) == 2 * len(EVERY_KIND)
    assert {message.mentioned for message in wall.messages} == {()}


def test_a_success_resolves_what_the_failure_triggered(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "pagerduty")
    for report in (PARTLY_FAILED, COMPLETE):
        delivered(channel, clock, report)
    failure, success = (message.body for message in wall.messages)
    assert (failure["event_action"], success["event_action"]) == ("trigger", "resolve")
    assert failure["dedup_key"] == success["dedup_key"]
    assert failure["routing_key"] == success["routing_key"] == KEY


def test_a_wrong_routing_key_is_given_up_at_once_and_says_which_setting(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "pagerduty")
    wall.chat("pagerduty", "oncall", secret="anotherfakeroutingkey00000000000")
    delivery = delivered(channel, clock)
    assert isinstance(delivery.next, Abandoned)
    assert "`secret`" in delivery.next.why
    assert KEY not in delivery.next.why
    assert delivery.posts == 1


def test_an_event_that_is_too_large_goes_down_the_ladder(wall: ChatWall, clock: HandClock) -> None:
    wall.script("pagerduty", "oncall", *[Answer(413, "")] * 3)
    delivery = delivered(channel_of(wall, "pagerduty"), clock)
    assert (delivery.next, delivery.posts) == (Finished(), 4)
    sizes = [len(post.raw) for post in wall.posts]
    assert sizes == sorted(set(sizes), reverse=True)
    assert "failed 6/120" in chat.visible_text(wall.messages[0].body)


def test_a_limited_service_comes_back_and_gets_the_same_event(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "pagerduty")
    for _ in range(120):
        wall.take(_post(EVENT))
    limited = delivered(channel, clock)
    assert isinstance(limited.next, RetryLater)
    assert limited.next.after >= 60
    clock.sleep(limited.next.after)
    assert delivered(channel, clock).next == Finished()
    refused, taken = wall.posts[-2:]
    assert refused.raw == taken.raw


def _post(event: dict[str, Any]) -> Post:
    return Post("pagerduty", "oncall", "", (), json.dumps(event).encode(), path="/v2/enqueue")


def _payload(**changes: Any) -> dict[str, Any]:
    return {**EVENT, "payload": {**EVENT["payload"], **changes}}


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({**EVENT, "routing_key": ""}, "'routing_key' is missing or blank"),
        ({**EVENT, "routing_key": "fake"}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({**EVENT, "routing_key": "f" * 32}, "Invalid routing key"),
        ({**EVENT, "event_action": "close"}, "'event_action' is invalid"),
        ({**EVENT, "dedup_key": "x" * 256}, "'dedup_key' is invalid"),
        ({**EVENT, "payload": None}, "'payload' is missing or blank"),
        (_payload(summary=""), "'payload.summary' is missing or blank"),
        (_payload(summary="x" * 1025), "'payload.summary' is too long (maximum is 1024 characters)"),
        (_payload(severity="red"), "'payload.severity' is invalid (must be one of critical, error, warning, info)"),
        (_payload(custom_details="x"), "'payload.custom_details' is invalid (must be an object)"),
        ({**EVENT, "links": [{"text": "x"}]}, "'links' is invalid"),
        ([], "JSON payload could not be parsed"),
    ],
)
def test_the_integration_refuses_what_the_real_one_refuses(wall: ChatWall, event: Any, error: str) -> None:
    def said(body: Any) -> tuple[int, dict[str, Any]]:
        answer = urllib3.request("POST", wall.url("pagerduty", "oncall"), body=json.dumps(body).encode(), retries=False)
        return answer.status, json.loads(answer.data)

    status, body = said(event)
    assert (status, body["status"], body["errors"]) == (400, "invalid event", [error])
    assert wall.messages == ()
    assert said(EVENT) == (202, {"status": "success", "message": "Event processed", "dedup_key": "x"})


def test_a_routing_key_that_is_echoed_is_masked(wall: ChatWall) -> None:
    channel = channel_of(wall, "pagerduty")
    assert channel.secret == Secret(KEY)
    body = redacted(ChannelResponse(400, f'{{"errors":["no integration {KEY}"]}}'.encode()), channel).body
    assert json.loads(body) == {"errors": ["no integration ***"]}


def test_no_routing_key_is_logged_or_answered(
    wall: ChatWall, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = channel_of(wall, "pagerduty")
    wall.script("pagerduty", "oncall", Answer(400, f'{{"status":"invalid event","message":"no {KEY}","errors":[]}}'))
    delivery = delivered(channel, clock)
    gone = delivered(with_url(channel, channel.url.value.replace(str(wall.port), "1")), clock)
    shown = "\n".join(
        [repr(delivery), repr(gone), repr(channel)]
        + [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    )
    assert isinstance(delivery.next, Abandoned)
    assert KEY not in shown
