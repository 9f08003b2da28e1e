"""The wall of stand-in chats: what it takes, keeps, shows and tells a listener."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import pytest
import urllib3
from standardwebhooks import Webhook

from refresh_watch.channels.dingtalk import sign
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer, WallMessage
from tests.hand_clock import HandClock

TEXT = {"msgtype": "text", "text": {"content": "hello"}}
JSON = {"content-type": "application/json"}


def _post(url: str, body: Any, headers: dict[str, str] = JSON) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = urllib3.request("POST", url, body=raw, headers=headers, retries=False)
    return answer.status, json.loads(answer.data) if answer.data else None


def _signed(wall: ChatWall, clock: HandClock, *, late: float = 0.0, twice: bool = False) -> str:
    timestamp = str(int((clock.now() - late) * 1000))
    encoded = quote(sign(wall.chat("dingtalk", "oncall").secret, timestamp), safe="")
    return f"{wall.url('dingtalk', 'oncall')}&timestamp={timestamp}&sign={quote(encoded) if twice else encoded}"


def test_dingtalk_takes_a_signed_message_and_keeps_it(wall: ChatWall, clock: HandClock) -> None:
    assert _post(_signed(wall, clock), TEXT) == (200, {"errcode": 0, "errmsg": "ok"})
    (message,) = wall.messages
    assert (message.kind, message.chat, message.at, message.body) == ("dingtalk", "oncall", clock.now(), TEXT)


def test_dingtalk_refuses_a_signature_that_is_late_encoded_twice_or_missing(wall: ChatWall, clock: HandClock) -> None:
    urls = (_signed(wall, clock, late=3601), _signed(wall, clock, twice=True), wall.url("dingtalk", "oncall"))
    assert [_post(url, TEXT)[1]["errcode"] for url in urls] == [310000] * 3
    assert (wall.messages, len(wall.posts)) == ((), 3)


def test_the_limit_can_be_switched_off(clock: HandClock) -> None:
    with ChatWall(clock=clock, rate_limits=False) as wall:
        for _ in range(25):
            assert _post(_signed(wall, clock), TEXT)[1]["errcode"] == 0


def test_a_webhook_is_verified() -> None:
    wall_clock = time.time()
    with ChatWall() as real:
        url, secret = real.url("webhook", "audit"), real.chat("webhook", "audit").secret
        body = b'{"type":"x"}'
        now = datetime.fromtimestamp(int(wall_clock), tz=timezone.utc)
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(wall_clock)),
            "webhook-signature": Webhook(secret).sign("msg_1", now, body.decode()),
        }
        assert _post(url, body, headers)[0] == 204
        assert _post(url, b'{"type":"y"}', headers)[0] == 401
        assert _post(url, body, {**headers, "webhook-timestamp": str(int(wall_clock) - 301)})[0] == 401
        assert _post(url, body, {**headers, "webhook-id": "msg.1"})[0] == 400
        assert [message.id for message in real.messages] == ["msg_1"]


def test_the_wall_shows_every_message_as_its_chat_would(wall: ChatWall, clock: HandClock) -> None:
    _post(
        _signed(wall, clock),
        {"msgtype": "markdown", "markdown": {"title": "t", "text": "#### earlier-message <script>"}},
    )
    clock.sleep(1)
    _post(_signed(wall, clock), {"msgtype": "text", "text": {"content": "later-message"}})
    answer = urllib3.request("GET", f"http://127.0.0.1:{wall.port}/", retries=False)
    shown = answer.data.decode()
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert shown.index("later-message") < shown.index("earlier-message"), "the newest first"
    assert "<script" not in shown
    assert urllib3.request("GET", f"http://127.0.0.1:{wall.port}/dingtalk/oncall", retries=False).status == 404


def test_an_unknown_kind_of_chat_is_404(wall: ChatWall) -> None:
    assert _post(f"http://127.0.0.1:{wall.port}/pigeon/x", TEXT)[0] == 404


def test_scripted_answers_come_in_turn_and_then_its_own(wall: ChatWall, clock: HandClock) -> None:
    wall.script("dingtalk", "oncall", ScriptedAnswer(500, "{}"), ScriptedAnswer(200, '{"errcode":-1}'))
    answers = [_post(_signed(wall, clock), TEXT) for _ in range(3)]
    assert answers == [(500, {}), (200, {"errcode": -1}), (200, {"errcode": 0, "errmsg": "ok"})]
    assert len(wall.messages) == 1
    assert [post.accepted for post in wall.posts] == [False, False, True]


def test_a_listener_gets_each_message_as_it_arrives(clock: HandClock) -> None:
    heard: list[WallMessage] = []
    arrived = threading.Event()

    def listen(message: WallMessage) -> None:
        heard.append(message)
        arrived.set()

    with ChatWall(clock=clock, on_message=listen) as wall:
        _post(_signed(wall, clock), TEXT)
        assert arrived.wait(5)
    assert [message.body for message in heard] == [TEXT]


@pytest.mark.parametrize("count", [8])
def test_many_at_once_are_all_kept(clock: HandClock, count: int) -> None:
    with ChatWall(clock=clock) as wall:
        url = _signed(wall, clock)
        threads = [threading.Thread(target=_post, args=(url, TEXT)) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wall.messages) == count
