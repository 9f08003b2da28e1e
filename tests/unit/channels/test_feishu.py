"""What is sent to a Feishu or Lark custom bot."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels import feishu, lark
from refresh_watch.channels.feishu import LIMIT, sign
from refresh_watch.channels.registry import adapter, check_one
from refresh_watch.deployment import Deployment
from refresh_watch.errors import BadInput
from refresh_watch.model import FailedObject, Outcome
from refresh_watch.report import Report, TaskReport
from refresh_watch.reports.compose import compose
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chats import feishu as chats
from tests.channels.judging import rendered, taken
from tests.unit.reports.sample_reports import (
    BROKEN,
    COMPLETE,
    FEW,
    INTERIM,
    NO_PERMISSION,
    OVERDUE,
    PARTLY_FAILED,
    REJECTED,
    reports,
    texts,
)

CHAT = chats.create_chat("oncall")
URL = f"https://open.feishu.cn{chats.address(CHAT)}"
CHANNEL = ChannelSetting("oncall", "feishu", Secret(URL), Secret(CHAT.secret))
ONCALL = replace(CHANNEL, mention=("ou_0a1b2c3d", "7f8a9b2c"))
NOW = 1_700_000_000.0
INJECTIONS = (
    "<at id=all></at>",
    '<at user_id="all">all</at>',
    "`<at id=all></at>`",
    "</font><AT IDS=ou_1,ou_2>",
    "&lt;at id=all&gt;&lt;/at&gt;",
    "[click](http://evil.example/) ![](x) **bold** :smile:",
)


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> dict[str, Any]:
    request = rendered(report, channel, language=language, deployment=Deployment("prod"), now=NOW, step=step)
    assert len(request.body) <= LIMIT
    body: dict[str, Any] = json.loads(request.body)
    return body


def _card(report: Report, **more: Any) -> dict[str, Any]:
    card: dict[str, Any] = _sent(report, **more)["card"]
    return card


def _markdown(body: dict[str, Any]) -> list[str]:
    return [element["content"] for element in body["card"]["body"]["elements"] if element["tag"] == "markdown"]


@pytest.mark.parametrize(
    ("secret", "timestamp", "signature"),
    [
        ("demo", "1599360473", "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="),
        ("SECtest", "1700000000", "G7XpBpG8NgG02fJOAhX6FRAObIljmFoxVReo8I62pEk="),
    ],
)
def test_the_signature_is_that_of_the_vectors(secret: str, timestamp: str, signature: str) -> None:
    assert sign(secret, timestamp) == signature


def test_the_signature_stands_in_the_body_with_seconds_and_the_url_stays_as_it_is() -> None:
    channel = replace(CHANNEL, secret=Secret("SECtest"))
    request = rendered(COMPLETE, channel, language="en", deployment=Deployment(), now=NOW + 0.9, step=0)
    body = json.loads(request.body)
    assert request.url == URL
    assert body["timestamp"] == "1700000000"
    assert body["sign"] == "G7XpBpG8NgG02fJOAhX6FRAObIljmFoxVReo8I62pEk="


def test_each_try_is_signed_afresh() -> None:
    later = rendered(COMPLETE, CHANNEL, language="en", deployment=Deployment("prod"), now=NOW + 7200, step=0)
    again = json.loads(later.body)
    assert again["timestamp"] == "1700007200"
    assert again["sign"] != _sent(COMPLETE)["sign"]
    assert again["card"] == _sent(COMPLETE)["card"]


def test_without_a_secret_nothing_is_signed() -> None:
    body = _sent(COMPLETE, replace(CHANNEL, secret=None))
    assert set(body) == {"msg_type", "card"}


def test_the_title_is_what_header_and_notification_show() -> None:
    card = _card(PARTLY_FAILED)
    title = "[CDN refresh][prod][failed 6/120] release 2026.11.22"
    assert card["schema"] == "2.0"
    assert card["header"]["title"] == {"tag": "plain_text", "content": title}
    assert card["config"]["summary"]["content"] == title


@pytest.mark.parametrize(
    ("report", "colour"),
    [
        (COMPLETE, "green"),
        (PARTLY_FAILED, "orange"),
        (OVERDUE, "orange"),
        (NO_PERMISSION, "orange"),
        (REJECTED, "orange"),
        (INTERIM, "orange"),
        (BROKEN, "red"),
        (replace(PARTLY_FAILED, outcome=Outcome.FAILED, label="recovered, all green"), "red"),
    ],
)
def test_the_colour_is_that_of_the_severity_and_of_no_word(report: Report, colour: str) -> None:
    assert _card(report)["header"]["template"] == colour


def test_a_failure_shows_reasons_samples_and_how_many_more() -> None:
    text = "\n".join(_markdown(_sent(PARTLY_FAILED)))
    assert "- OriginTimeout (the origin did not answer in time): 4\n    - `http://example.com/0.txt`" in text
    assert "    - 1 more" in text
    assert "\n`refresh-watch list cdn " in text
    assert "event f-0a1b2c3d" in text


def test_a_complete_job_is_reported_without_empty_sections() -> None:
    assert all("**" not in text for text in _markdown(_sent(COMPLETE)))


def test_our_own_pages_are_buttons_that_open_them() -> None:
    message = compose(PARTLY_FAILED, language="en", deployment=Deployment("prod"))
    buttons = [element for element in _card(PARTLY_FAILED)["body"]["elements"] if element["tag"] == "button"]
    assert [(button["text"]["content"], button["behaviors"]) for button in buttons] == [
        (link.text, [{"type": "open_url", "default_url": link.url}]) for link in message.links
    ]


@pytest.mark.parametrize("report", [PARTLY_FAILED, INTERIM, BROKEN])
@pytest.mark.parametrize("step", range(4))
def test_a_failure_mentions_the_people_in_the_form_of_the_message(report: Report, step: int) -> None:
    body = _sent(report, replace(ONCALL, mention=("ou_0a1b2c3d", "@all", "all")), step)
    assert chats.mentioned(body) == ("ou_0a1b2c3d", "all")
    form = '<at user_id="all">all</at>' if step == 3 else "<at id=all></at>"
    assert form in chats.visible_text(body)


@pytest.mark.parametrize("words", INJECTIONS)
@pytest.mark.parametrize("step", range(4))
def test_words_of_others_mention_no_one_and_stay_words(words: str, step: int) -> None:
    report = replace(
        PARTLY_FAILED,
        label=words,
        problem=words,
        request_id=words,
        notes=(words,),
        tasks=(TaskReport(words, Outcome.FAILED, 6, None, words, failed=(FailedObject(words, "Failed", words),) * 6),),
    )
    body = _sent(report, ONCALL, step)
    assert chats.mentioned(body) == ONCALL.mention
    if step < 2:
        assert words.replace("<", "＜").replace("`", "'") in chats.visible_text(body)
    if step < 3:
        for text in _markdown(body):
            assert not re.search(r"\]\(|!\[|\*\*bold|evil", re.sub(r"`[^`\n]*`", "", text))


@FEW
@given(
    report=reports(st.sampled_from(INJECTIONS) | texts), language=st.sampled_from(["en", "zh"]), step=st.integers(0, 3)
)
def test_whatever_the_report_says_the_bot_takes_it_and_mentions_the_right_people(
    report: Report, language: str, step: int
) -> None:
    channel = replace(ONCALL, keyword="刷新通知")
    heading = compose(report, language=language, deployment=Deployment("prod")).heading
    request = rendered(report, channel, language=language, deployment=Deployment("prod"), now=NOW, step=step)
    assert len(request.body) <= LIMIT
    shown = chats.visible_text(taken(channel, replace(CHAT, keyword="刷新通知"), request))
    assert shown.startswith(f"刷新通知 {heading}")
    assert not re.search(r"[\u202e\x1b\u2028]", shown)


def test_lark_is_the_same_bot_at_its_own_host() -> None:
    hook = replace(CHANNEL, kind="lark", url=Secret(f"https://open.larksuite.com{chats.address(CHAT)}"))
    check_one(hook, ())
    with pytest.raises(BadInput, match=r"open\.larksuite\.com"):
        check_one(replace(hook, url=Secret(URL)), ())
    with pytest.raises(BadInput, match=r"open\.feishu\.cn"):
        check_one(replace(CHANNEL, url=hook.url), ())
    assert adapter("lark").render is feishu.render
    assert adapter("lark").RATE == feishu.RATE
    assert lark.classify is feishu.classify
