"""Reports delivered over real sockets to a bot that judges them as Telegram does."""

from __future__ import annotations

import json
from typing import Any

import pytest
import urllib3

from refresh_watch.channels.contract import ChannelResponse
from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished
from refresh_watch.channels.transport.redact import redacted
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from refresh_watch_emulator.chats import telegram as chat
from tests.channels.delivering import channel_of, delivered
from tests.hand_clock import HandClock

TOKEN = "123456:fake-token-of-oncall"


def _refusal(code: int, description: str, **parameters: Any) -> ScriptedAnswer:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return ScriptedAnswer(code, json.dumps(body))


def test_html_that_cannot_be_parsed_goes_down_the_ladder(wall: ChatWall, clock: HandClock) -> None:
    refused = _refusal(400, "Bad Request: can't parse entities: Unsupported start tag")
    wall.script("telegram", "oncall", refused, refused)
    assert delivered(channel_of(wall, "telegram", mention=["4200042"]), clock).next == Finished()
    (message,) = wall.messages
    assert "parse_mode" not in message.body
    assert message.mentioned == ("4200042",)
    assert "failed 6/120" in chat.visible_text(message.body)


def test_a_group_that_became_a_supergroup_says_the_new_chat_id(wall: ChatWall, clock: HandClock) -> None:
    moved = _refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009)
    wall.script("telegram", "oncall", moved)
    delivery = delivered(channel_of(wall, "telegram"), clock)
    assert isinstance(delivery.next, Abandoned)
    assert "put chat_id=-1009 into the channel's `url`" in delivery.next.why


def test_the_bot_refuses_what_the_real_one_refuses(wall: ChatWall) -> None:
    def said(body: Any, headers: dict[str, str] | None = None) -> str:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = wall.url("telegram", "oncall")
        headers = headers or {"content-type": "application/json"}
        answer = urllib3.request("POST", url, body=raw, headers=headers, retries=False)
        described: dict[str, Any] = json.loads(answer.data)
        assert described["ok"] is False
        assert described["error_code"] == answer.status
        return str(described["description"])

    def of_html(text: str) -> str:
        return said({"text": text, "parse_mode": "HTML"})

    assert "can't parse entities: Unsupported start tag" in of_html("1 < 2")
    assert "can't parse entities: Unsupported start tag" in of_html("<font>x</font>")
    assert "can't parse entities: Can't find end tag" in of_html("<code>x")
    assert "can't parse entities: Unexpected end tag" in of_html("<b>x</code></b>")
    assert "can't parse entities: Nested tag" in of_html("<code><b>x</b></code>")
    assert "message text is empty" in of_html("<b></b>")
    assert "message is too long" in of_html(f"<b>{'🔥' * 2049}</b>")
    assert "message text is empty" in said({})
    assert "can't parse JSON" in said(b"[]")
    assert "message text is empty" in said({"text": "x"}, {"content-type": "text/plain"})
    assert "entity beyond" in said({"text": "x", "entities": [{"type": "code", "offset": 0, "length": 2}]})
    assert "chat not found" in said({"text": "x", "chat_id": 1})
    assert wall.messages == ()


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@user_one and <b>@user_two</b>", ("@user_one", "@user_two")),
        ("<code>@user_one</code> <pre>@user_two</pre> me@example.com @x", ()),
        ('<a href="tg://user?id=7">she</a> <a href="https://example.com">@user_one</a>', ("7",)),
        ("&#64;user_one &lt;code&gt;@user_two&lt;/code&gt;", ("@user_one", "@user_two")),
    ],
)
def test_a_mention_counts_where_telegram_makes_one(text: str, people: tuple[str, ...]) -> None:
    assert chat.mentioned({"text": text, "parse_mode": "HTML"}) == people


@pytest.mark.parametrize("echoed", [TOKEN, TOKEN.replace(":", "%3A"), f"bot{TOKEN}", TOKEN.partition(":")[2]])
def test_a_token_that_is_echoed_is_masked(echoed: str) -> None:
    channel = ChannelSetting(
        "oncall", "telegram", Secret(f"https://api.telegram.org/bot{TOKEN}/sendMessage?chat_id=-1001234567890")
    )
    body = redacted(ChannelResponse(404, f'{{"description":"no {echoed} here"}}'.encode()), channel).body
    assert b"fake-token" not in body
    assert json.loads(body)["description"].startswith("no ")
