"""No secret of a channel appears in a log, at DEBUG and through every failure, nor in what a delivery answers."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote, unquote

import pytest

from refresh_watch.channels.delivery.deliver import TIMEOUT
from refresh_watch.channels.delivery.retry_policy import Abandoned
from refresh_watch.settings import ChannelSetting
from refresh_watch.workflow.deliveries import DeliveryState, write_delivery
from refresh_watch_emulator.chat_wall import HANG, HTML, KINDS, RESET, ChatWall, ScriptedAnswer
from refresh_watch_emulator.web.messages import Wire
from tests.channels.delivering import QUICKLY, channel_of, delivered, with_url
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import PARTLY_FAILED

FAILURES = (
    *("ok", "reset", "hang", "html", "echo", "echo encoded", "echo in json", "echo escaped", "echo in a 500"),
    *("bad headers", "redirect", "limited", "unknown code", "gone"),
)


def _secrets(wall: ChatWall, kind: str) -> list[str]:
    chat = wall.chat(kind, "oncall")
    return [secret for secret in (chat.secret, chat.access_token) if secret]


def _answers(failure: str, secrets: list[str]) -> tuple[ScriptedAnswer | str, ...]:
    echo = " ".join(secrets)
    encoded = " ".join(quote(secret, safe="") for secret in secrets)
    escaped = "".join(f"\\u{ord(character):04x}" for character in echo)
    scripts: dict[str, tuple[ScriptedAnswer | str, ...]] = {
        "ok": (),
        "reset": (RESET,) * 3,
        "hang": (HANG,) * 3,
        "html": (HTML,) * 3,
        "echo": (ScriptedAnswer(400, f"bad: {echo}"),),
        "echo encoded": (ScriptedAnswer(400, f"bad: {encoded}"),),
        "echo in json": (
            ScriptedAnswer(200, json.dumps({"errcode": 300005, "code": 19001, "errmsg": echo, "msg": echo})),
        )
        * 3,
        "echo escaped": (
            ScriptedAnswer(200, f'{{"errcode":300005,"code":19001,"errmsg":"{escaped}","msg":"{escaped}"}}'),
        )
        * 3,
        "echo in a 500": (ScriptedAnswer(500, f"{echo} {encoded}"),) * 3,
        "bad headers": (ScriptedAnswer(body="HTTP/1.1 200 OK\r\nx\r\nno colon\r\n\r\n{}", wire=Wire.RAW),) * 3,
        "redirect": (ScriptedAnswer(302, "", (("location", f"https://example.com/?k={encoded}"),)),),
        "limited": (ScriptedAnswer(429, echo, (("retry-after", "9"),)),),
        "unknown code": (
            ScriptedAnswer(200, json.dumps({"errcode": 987654, "code": 987654, "ok": False, "errmsg": echo})),
        )
        * 3,
        "gone": (ScriptedAnswer(410, echo),),
    }
    return scripts[failure]


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_secret_is_logged_answered_or_kept(
    wall: ChatWall, clock: HandClock, caplog: pytest.LogCaptureFixture, kind: str, failure: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "urllib3")
    channel = channel_of(wall, kind)
    secrets = _secrets(wall, kind)
    wall.script(kind, "oncall", *_answers(failure, secrets))
    # only what never gets an answer is waited for briefly
    delivery = delivered(channel, clock, timeout=QUICKLY if failure == "hang" else TIMEOUT)
    gone = delivered(_at_a_closed_port(channel, wall), clock)
    why = delivery.next.why if isinstance(delivery.next, Abandoned) else ""
    kept = write_delivery(DeliveryState(PARTLY_FAILED, channel.name, attempts=delivery.attempts, gave_up=why))
    shown = "\n".join(
        [repr(delivery), str(delivery), repr(gone), repr(channel), repr(wall.url), kept.decode()]
        + [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    )
    looked_for = {form for secret in secrets for form in (secret, quote(secret, safe=""), unquote(secret))}
    looked_for |= {"sign=", "access_token=", f"/{kind}/oncall"}
    assert [secret for secret in looked_for if secret in shown] == []
    assert any(record.name == "refresh_watch.deliver" for record in caplog.records)


def test_the_log_says_channel_outcome_status_and_code(
    wall: ChatWall, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wall.script("dingtalk", "oncall", ScriptedAnswer(200, '{"errcode":300005,"errmsg":"token is not exist"}'))
    delivered(channel_of(wall), clock)
    (record,) = (record for record in caplog.records if record.name == "refresh_watch.deliver")
    told = vars(record)
    assert {
        key: told[key]
        for key in ("channel", "outcome", "http_status", "vendor_code", "vendor_message", "attempt", "next", "report")
    } == {
        "channel": "oncall",
        "outcome": "Permanent",
        "http_status": 200,
        "vendor_code": "300005",
        "vendor_message": "token is not exist",
        "attempt": 1,
        "next": "Abandoned",
        "report": "f-0a1b2c3d",
    }
    assert record.levelno == logging.WARNING


def _at_a_closed_port(channel: ChannelSetting, wall: ChatWall) -> ChannelSetting:
    return with_url(channel, channel.url.value.replace(f":{wall.port}/", ":1/"))
