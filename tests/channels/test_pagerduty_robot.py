"""Reports delivered over real sockets to an integration that judges them as PagerDuty's Events API does."""

from __future__ import annotations

import json
from typing import Any

import pytest
import urllib3

from refresh_watch.channels.contract import ChannelResponse
from refresh_watch.channels.transport.redact import redacted
from refresh_watch.settings import Secret
from refresh_watch_emulator.chat_wall import ChatWall
from refresh_watch_emulator.chats import pagerduty as chat
from refresh_watch_emulator.chats.contract import Post
from tests.channels.delivering import channel_of, delivered
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import COMPLETE, PARTLY_FAILED

KEY = chat.create_chat("oncall").secret
EVENT = {
    "routing_key": KEY,
    "event_action": "trigger",
    "dedup_key": "x",
    "payload": {"summary": "hello", "source": "here", "severity": "info"},
}


def test_a_success_resolves_what_the_failure_triggered(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "pagerduty")
    for report in (PARTLY_FAILED, COMPLETE):
        delivered(channel, clock, report)
    failure, success = (message.body for message in wall.messages)
    assert (failure["event_action"], success["event_action"]) == ("trigger", "resolve")
    assert failure["dedup_key"] == success["dedup_key"]
    assert failure["routing_key"] == success["routing_key"] == KEY


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
