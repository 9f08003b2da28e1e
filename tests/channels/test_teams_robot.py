"""Reports delivered over real sockets to a Workflows webhook, which answers 202 to cards that are never posted too."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import urllib3

from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished
from refresh_watch.channels.registry import check_one
from refresh_watch.errors import BadInput
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chat_wall import HTML, ChatWall, ScriptedAnswer
from refresh_watch_emulator.chats import teams as chat
from tests.channels.delivering import channel_of, delivered
from tests.hand_clock import HandClock

JSON = {"content-type": "application/json"}
CARD = {
    "type": "AdaptiveCard",
    "version": "1.4",
    "msteams": {"entities": [{"type": "mention", "text": "<at>A</at>", "mentioned": {"id": "a@x.io", "name": "A"}}]},
    "body": [{"type": "TextBlock", "text": "hello <at>A</at>"}],
}


def _message(card: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _error(status: int, code: str) -> ScriptedAnswer:
    return ScriptedAnswer(status, json.dumps({"error": {"code": code, "message": "why"}}))


@pytest.mark.parametrize(
    "answer", [_error(400, "TriggerInputSchemaMismatch"), ScriptedAnswer(200, "Summary or Text is required.")]
)
def test_a_refused_card_goes_down_the_ladder(wall: ChatWall, clock: HandClock, answer: ScriptedAnswer) -> None:
    wall.script("teams", "oncall", answer, answer)
    assert delivered(channel_of(wall, "teams"), clock).next == Finished()
    (message,) = wall.messages
    assert "example.com" not in chat.visible_text(message.body)
    assert "failed 6/120" in chat.visible_text(message.body)


def test_a_workflow_that_is_turned_off_is_given_up_with_what_to_do(wall: ChatWall, clock: HandClock) -> None:
    wall.script("teams", "oncall", _error(400, "WorkflowTriggerIsNotEnabled"))
    delivery = delivered(channel_of(wall, "teams"), clock)
    assert isinstance(delivery.next, Abandoned)
    assert "turn the workflow on" in delivery.next.why


def test_a_page_instead_of_an_answer_is_tried_again(wall: ChatWall, clock: HandClock) -> None:
    wall.script("teams", "oncall", HTML)
    delivery = delivered(channel_of(wall, "teams"), clock)
    assert (delivery.next, delivery.posts) == (Finished(), 2)


@pytest.mark.parametrize("allowed", [(), ("example.webhook.office.com",)])
def test_whoever_still_has_a_connector_is_told_that_it_is_retired(allowed: tuple[str, ...]) -> None:
    url = "https://example.webhook.office.com/webhookb2/fake-token/IncomingWebhook/fake"
    with pytest.raises(BadInput, match=r"channel oncall: url: .*retired.*Workflows"):
        check_one(ChannelSetting("oncall", "teams", Secret(url)), allowed)


def _changed(**changes: Any) -> dict[str, Any]:
    return _message({**copy.deepcopy(CARD), **changes})


@pytest.mark.parametrize(
    "lost",
    [
        CARD,
        {"text": "hello"},
        {**_message(CARD), "type": "card"},
        _changed(version="2.0"),
        _changed(body=[]),
        _changed(body=[{"type": "Heading", "text": "<at>A</at>"}]),
        _changed(body=[{"type": "TextBlock", "text": ""}]),
        _changed(body=[{"type": "TextBlock", "text": "<at>A</at>", "color": "Red"}]),
        _changed(body=[{"type": "TextBlock", "text": "<at>A</at>", "size": "Huge"}]),
        _changed(body=[{"type": "TextBlock", "text": "nobody"}]),
        _changed(body=[{"type": "TextBlock", "text": "<at>A</at> <at>B</at>"}]),
        _changed(body=[{"type": "RichTextBlock", "inlines": []}, *CARD["body"]]),
        _changed(body=[{"type": "FactSet", "facts": [{"title": "x"}]}, *CARD["body"]]),
        _changed(actions=[{"type": "Action.OpenUrl", "title": "x", "url": "javascript:x"}]),
        _changed(body=[{"type": "TextBlock", "text": f"<at>A</at>{'x' * 28_000}"}]),
    ],
    ids=lambda lost: json.dumps(lost)[:60],
)
def test_what_is_no_card_is_answered_with_202_and_lost(wall: ChatWall, lost: dict[str, Any]) -> None:
    def posted(body: Any) -> int:
        raw = json.dumps(body).encode()
        return urllib3.request("POST", wall.url("teams", "oncall"), body=raw, headers=JSON, retries=False).status

    assert posted(lost) == 202
    assert wall.messages == ()
    assert posted(_message(CARD)) == 202
    assert [message.mentioned for message in wall.messages] == [("a@x.io",)]


def test_what_is_no_json_object_is_refused(wall: ChatWall) -> None:
    for raw, headers in ((b"[]", JSON), (b"x", JSON), (b"{}", {"content-type": "text/plain"})):
        answer = urllib3.request("POST", wall.url("teams", "oncall"), body=raw, headers=headers, retries=False)
        assert (answer.status, json.loads(answer.data)["error"]["code"]) == (400, "TriggerInputSchemaMismatch")
