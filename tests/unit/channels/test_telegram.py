"""What is sent to a Telegram bot."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.telegram import LIMIT
from refresh_watch.deployment import Deployment
from refresh_watch.model import FailedObject, Outcome, Refusal
from refresh_watch.model import Reason as Why
from refresh_watch.report import Report, TaskReport
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chats import telegram as chat
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
)

BOT = chat.create_chat("oncall")
URL = f"https://api.telegram.org{chat.address(BOT)}"
CHANNEL = ChannelSetting("oncall", "telegram", Secret(URL))
ONCALL = replace(CHANNEL, mention=("@oncall_team", "4200042"))
NOW = 1700000000.0


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> dict[str, Any]:
    request = rendered(report, channel, language=language, deployment=Deployment("prod"), now=NOW, step=step)
    assert request.url == URL.partition("?")[0]
    return taken(channel, BOT, request)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _outside_code(body: dict[str, Any]) -> str:
    return re.sub(r"<code>[^<]*</code>", "", body["text"])


def test_the_chat_and_the_topic_go_from_the_url_into_the_body() -> None:
    topic = replace(CHANNEL, url=Secret(f"{URL}&message_thread_id=17"))
    request = rendered(COMPLETE, topic, language="en", deployment=Deployment(), now=NOW, step=0)
    body = json.loads(request.body)
    assert (body["chat_id"], body["message_thread_id"]) == (-1001234567890, 17)
    assert request.url == URL.partition("?")[0]
    named = replace(CHANNEL, url=Secret(URL.replace("-1001234567890", "@our_channel")))
    assert json.loads(rendered(COMPLETE, named).body)["chat_id"] == "@our_channel"


def test_the_message_is_html_without_previews_and_begins_with_the_title() -> None:
    body = _sent(PARTLY_FAILED)
    assert body["parse_mode"] == "HTML"
    assert body["link_preview_options"] == {"is_disabled": True}
    assert chat.visible_text(body).startswith(
        "🟠 [CDN refresh][prod][failed 6/120] release 2026.11.22\n6 of 120 objects failed"
    )


@pytest.mark.parametrize(
    ("report", "mark"),
    [(COMPLETE, "🟢"), (PARTLY_FAILED, "🟠"), (OVERDUE, "🟠"), (REJECTED, "🟠"), (INTERIM, "🟠"), (BROKEN, "🔴")],
)
def test_the_colour_is_that_of_the_outcome(report: Report, mark: str) -> None:
    assert chat.visible_text(_sent(report)).startswith(mark)


def test_a_failure_shows_reasons_samples_and_how_many_more() -> None:
    text = chat.visible_text(_sent(PARTLY_FAILED))
    assert "OriginTimeout (the origin did not answer in time): 4\nhttp://example.com/0.txt\n" in text
    assert "\n1 more\n" in text
    assert "refresh-watch list cdn --task-id 704222904 --status failed --urls" in text
    assert "event f-0a1b2c3d" in text


def test_words_of_others_are_code_and_do_nothing() -> None:
    nasty = "<a href='tg://user?id=1'>@all</a> & </code><b>@oncall_team</b> evil.example #tag nonsense"
    report = replace(
        PARTLY_FAILED,
        label=nasty,
        tasks=(TaskReport("1", Outcome.FAILED, 1, None, "Failed", failed=(FailedObject(nasty, "Failed", nasty),)),),
        refusal=Refusal(Why.REFUSED, nasty, nasty, nasty),
        problem=nasty,
        notes=(nasty,),
    )
    body = _sent(report)
    assert chat.mentioned(body) == ()
    assert chat.visible_text(body).count("evil.example") > 2
    assert not re.search(r"evil\.example|nonsense", _outside_code(body))
    assert html.escape("</code>", quote=False) in body["text"]


def test_what_looks_like_a_link_or_a_mention_in_our_own_words_is_code_too() -> None:
    refusal = Refusal(Why.REFUSED, "Invalid.Name", "no", "")
    report = replace(
        NO_PERMISSION,
        refusal=refusal,
        tasks=(TaskReport("1", Outcome.UNVERIFIABLE, 1, reason=Why.REFUSED),),
    )
    channel = replace(CHANNEL, keyword="@refresh_alerts <b>")
    request = rendered(report, channel, language="en", deployment=Deployment("staging.example.com"), now=NOW, step=0)
    body = json.loads(request.body)
    assert chat.mentioned(body) == ()
    assert "Invalid.Name" in chat.visible_text(body)
    assert chat.visible_text(body).startswith("@refresh_alerts <b> ")
    assert not re.search(r"\.example|Invalid\.|@", _outside_code(body))
    lowest = rendered(report, channel, language="en", deployment=Deployment("@staging"), now=NOW, step=3)
    assert chat.mentioned(json.loads(lowest.body)) == ()


def test_the_lowest_rung_is_text_without_markup() -> None:
    assert ["parse_mode" in _sent(PARTLY_FAILED, step=step) for step in range(4)] == [True, True, True, False]


def test_a_user_without_a_name_is_mentioned_in_plain_text_where_utf16_says() -> None:
    body = _sent(PARTLY_FAILED, replace(ONCALL, keyword="🔥", mention=("4200042", "@oncall_team", "77")), step=3)
    assert chat.mentioned(body) == ("4200042", "@oncall_team", "77")
    units = body["text"].encode("utf-16-le")
    named = [units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in body["entities"]]
    assert named == ["4200042", "77"]


@FEW
@given(report=reports(), language=st.sampled_from(["en", "zh"]), step=st.integers(0, 3))
def test_whatever_the_report_says_the_message_is_taken_and_nothing_of_it_is_active(
    language: str, report: Report, step: int
) -> None:
    body = _sent(report, ONCALL, step, language)
    assert _units(chat.visible_text(body)) <= LIMIT
    # a message has at most a hundred entities: what comes after them would lose its code
    assert len(re.findall(r"<(?:code|b|a)\b", body["text"])) <= 100
    if "parse_mode" in body:
        ours = re.sub(r'<a href="[^"]*">', "", _outside_code(body)).replace("@oncall_team", "")
        assert not re.search(r"@|\.\w|://|\u202e|\x1b", ours)
