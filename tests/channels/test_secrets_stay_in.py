"""No secret of a channel appears in a log, at DEBUG and through every failure, nor in what a delivery answers."""

from __future__ import annotations

import logging

import pytest

from shared.local.chat_wall import HANG, HTML, RESET, Answer, ChatWall
from tests.channels.delivering import channel_of, delivered, with_url
from tests.hand_clock import HandClock

TOKEN = "fake-token-of-oncall"
SECRET = "SEC-fake-secret-of-oncall"
ECHO = Answer(200, f'{{"errcode":300005,"errmsg":"token {TOKEN} with secret {SECRET} is not exist"}}')
BAD_HEADER = Answer(200, "{}", (("no header: at all\r\n broken", "x"), ("x\r\nnonsense without colon", "y")))
FAILURES = {
    "ok": (),
    "reset": (RESET,) * 3,
    "hang": (HANG,) * 3,
    "html": (HTML,) * 3,
    "echo": (ECHO,),
    "echo in a 500": (Answer(500, f"{TOKEN} {SECRET}"),) * 3,
    "bad headers": (BAD_HEADER,) * 3,
    "redirect": (Answer(302, "", (("location", f"https://example.com/?access_token={TOKEN}"),)),),
    "limited": (Answer(429, TOKEN, (("retry-after", "9"),)),),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("kind", ["dingtalk", "webhook"])
def test_nothing_secret_is_logged_or_answered(
    wall: ChatWall, clock: HandClock, caplog: pytest.LogCaptureFixture, kind: str, failure: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "urllib3")
    channel = channel_of(wall, kind)
    if kind == "webhook":
        channel = with_url(channel, f"{channel.url.value}?access_token={TOKEN}")
    wall.script(kind, "oncall", *FAILURES[failure])
    delivery = delivered(channel, clock)
    gone = delivered(with_url(channel, channel.url.value.replace(str(wall.port), "1")), clock)
    assert channel.secret is not None
    shown = "\n".join(
        [repr(delivery), str(delivery), repr(gone), repr(channel), repr(wall.url)]
        + [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    )
    secrets = [TOKEN, channel.secret.value, "sign=", "access_token", f"/{kind}/oncall"]
    assert [secret for secret in secrets if secret in shown] == []
    assert any(record.name == "refresh_watch.deliver" for record in caplog.records)


def test_the_log_says_channel_outcome_status_and_code(
    wall: ChatWall, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wall.script("dingtalk", "oncall", ECHO)
    delivered(channel_of(wall), clock)
    (record,) = (record for record in caplog.records if record.name == "refresh_watch.deliver")
    told = vars(record)
    assert {key: told[key] for key in ("channel", "outcome", "http_status", "vendor_code", "next", "report")} == {
        "channel": "oncall",
        "outcome": "Permanent",
        "http_status": 200,
        "vendor_code": "300005",
        "next": "GivenUp",
        "report": "f-0a1b2c3d",
    }
    assert record.levelno == logging.WARNING
