"""What a channel echoes of our secrets is masked before anything reads it."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from refresh_watch.channels.responses import ChannelResponse
from refresh_watch.channels.transport.redact import redacted
from refresh_watch.settings import ChannelSetting, Secret

TOKEN = "fake-token/with+signs=="
CHANNEL = ChannelSetting(
    "oncall",
    "dingtalk",
    Secret(f"https://chat.example.com/hooks/T000FAKE0000PATH/send?access_token={quote(TOKEN, safe='')}"),
    Secret("SEC-fake-signing-secret"),
)


@pytest.mark.parametrize(
    "echoed",
    [
        TOKEN,
        quote(TOKEN, safe=""),
        TOKEN.replace("/", "\\/"),
        "SEC-fake-signing-secret",
        "T000FAKE0000PATH",
        CHANNEL.url.value,
    ],
)
def test_each_form_of_a_secret_is_masked(echoed: str) -> None:
    body = f'{{"errcode":300005,"errmsg":"token {echoed} is not exist"}}'.encode()
    cleaned = redacted(ChannelResponse(200, body), CHANNEL).body
    assert echoed.encode() not in cleaned
    assert json.loads(cleaned)["errmsg"] == "token *** is not exist"


@pytest.mark.parametrize(
    "echoed",
    [
        quote(TOKEN, safe="").lower(),
        quote(quote(TOKEN, safe=""), safe=""),
        TOKEN.replace("/", "\\u002f").replace("=", "\\u003D"),
        "".join(f"\\u{ord(c):04x}" for c in TOKEN),
        TOKEN.replace("=", "&#x3D;").replace("/", "&#x2F;"),
        TOKEN.upper(),
        "\\u0054000FAKE0000PATH",
    ],
)
def test_a_secret_is_masked_however_the_vendor_writes_it(echoed: str) -> None:
    body = f'{{"errcode":300005,"errmsg":"token {echoed} is not exist"}}'.encode()
    cleaned = redacted(ChannelResponse(200, body), CHANNEL).body
    assert json.loads(cleaned)["errmsg"] == "token *** is not exist"


@pytest.mark.parametrize(
    "text", ["a \\u0022quoted\\u0022 word", "\\u005c", "\\\\u0041", "\\u5173\\u952e\\u8bcd", "\\u007f\\n"]
)
def test_escapes_that_hide_no_secret_say_the_same_as_before(text: str) -> None:
    body = f'{{"errmsg":"{text}"}}'.encode()
    assert json.loads(redacted(ChannelResponse(200, body), CHANNEL).body) == json.loads(body)


def test_what_is_no_secret_stays() -> None:
    body = b'{"errcode":310000,"errmsg":"keywords not in content"}'
    assert redacted(ChannelResponse(200, body), CHANNEL).body == body


def test_the_signature_of_this_try_is_masked_too() -> None:
    url = f"{CHANNEL.url.value}&timestamp=1700000000000&sign=abc%2Fdefghij%3D"
    assert redacted(ChannelResponse(200, b"bad sign abc/defghij="), CHANNEL, url).body == b"bad sign ***"


BOT_TOKEN = "123456:fake-token-of-oncall"
BOT = ChannelSetting("oncall", "telegram", Secret(f"https://api.telegram.org/bot{BOT_TOKEN}/sendMessage?chat_id=-100"))
PAGER = ChannelSetting("oncall", "pagerduty", Secret("https://events.pagerduty.com/v2/enqueue"), Secret("f4ke" * 8))


@pytest.mark.parametrize(
    ("channel", "echoed"),
    [
        *[(BOT, each) for each in (BOT_TOKEN, BOT_TOKEN.replace(":", "%3A"), f"bot{BOT_TOKEN}", BOT_TOKEN[7:])],
        (PAGER, "f4ke" * 8),
    ],
)
def test_a_token_in_a_path_and_a_routing_key_are_masked(channel: ChannelSetting, echoed: str) -> None:
    body = redacted(ChannelResponse(404, f'{{"description":"no {echoed} here"}}'.encode()), channel).body
    assert not re.search(b"fake-token|f4ke", body)
    assert json.loads(body)["description"].startswith("no ")


def test_both_secrets_of_a_rotation_are_masked() -> None:
    hook = ChannelSetting("audit", "webhook", Secret("https://x.example.com/"), Secret("whsec_one111 whsec_two222"))
    assert redacted(ChannelResponse(401, b"not whsec_one111, not whsec_two222"), hook).body == b"not ***, not ***"


def test_a_setting_never_shows_its_url() -> None:
    assert "fake-token" not in repr(CHANNEL)
    assert "SEC-fake" not in f"{CHANNEL} {CHANNEL.secret} {CHANNEL.url}"
