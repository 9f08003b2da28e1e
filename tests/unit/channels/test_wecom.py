"""What is sent to a WeCom group robot."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.wecom import MARKDOWN_LIMIT, TEXT_LIMIT
from refresh_watch.deployment import Deployment
from refresh_watch.model import FailedObject, Outcome
from refresh_watch.report import Counts, Report, ReportKind, TaskReport
from refresh_watch.reports.compose import compose
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chats import wecom as chats
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
CHANNEL = ChannelSetting("oncall", "wecom", Secret(f"https://qyapi.weixin.qq.com{chats.address(CHAT)}"))
MEMBERS = replace(CHANNEL, mention=("zhangsan", "li.si@example.com"))
PHONES = replace(CHANNEL, mention=("zhangsan", "13800001111", "+852-12345678"))
EVERYONE = replace(CHANNEL, mention=("zhangsan", "all"))
NOW = 1_700_000_000.0
INJECTIONS = (
    "<@all>",
    "`<@zhangsan>`",
    '</font><font color="info"><@lisi>',
    "[click](http://evil.example/) **bold**",
    "< @all> <@ lisi>",
)


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> dict[str, Any]:
    request = rendered(report, channel, language=language, deployment=Deployment("prod"), now=NOW, step=step)
    assert request.url == channel.url.value
    body: dict[str, Any] = json.loads(request.body)
    limit = {"text": TEXT_LIMIT, "markdown": MARKDOWN_LIMIT}[body["msgtype"]]
    assert len(chats.visible_text(body).encode()) <= limit
    return body


def _shown(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> str:
    return chats.visible_text(_sent(report, channel, step, language))


@pytest.mark.parametrize(
    ("report", "colour", "heading"),
    [
        (COMPLETE, "info", "[CDN refresh][prod][complete 100/100]"),
        (PARTLY_FAILED, "warning", "[CDN refresh][prod][failed 6/120]"),
        (INTERIM, "warning", "[CDN refresh][prod][failed 6/120 so far]"),
        (REJECTED, "warning", "[refresh-watch][prod][request rejected]"),
        (BROKEN, "warning", "[CDN refresh][prod][watch broken]"),
        (replace(PARTLY_FAILED, outcome=Outcome.OVERDUE, label="all complete"), "warning", "[CDN refresh][prod][over"),
    ],
)
def test_the_first_line_is_the_title_in_the_colour_of_the_severity(report: Report, colour: str, heading: str) -> None:
    assert _shown(report).startswith(f'<font color="{colour}">**{heading}')


def test_a_failure_shows_reasons_samples_and_how_many_more() -> None:
    text = _shown(PARTLY_FAILED)
    assert "**</font> `release 2026.11.22`\n6 of 120 objects failed" in text
    assert "- OriginTimeout (the origin did not answer in time): 4\n· `http://example.com/0.txt`\n" in text
    assert "· 1 more\n" in text
    assert "\n`refresh-watch list cdn " in text
    assert "event f-0a1b2c3d" in text


def test_a_complete_job_is_reported_without_empty_sections() -> None:
    assert "**" not in "\n".join(_shown(COMPLETE).split("\n")[1:])


@pytest.mark.parametrize("channel", [CHANNEL, PHONES], ids=["markdown", "text"])
def test_our_own_pages_are_linked(channel: ChannelSetting) -> None:
    text = _shown(PARTLY_FAILED, channel)
    for link in compose(PARTLY_FAILED, language="en", deployment=Deployment("prod")).links:
        assert (f"[{link.text}]({link.url})" if channel is CHANNEL else f"{link.text}: {link.url}") in text


@pytest.mark.parametrize("report", [PARTLY_FAILED, INTERIM, BROKEN])
def test_user_ids_are_mentioned_in_markdown(report: Report) -> None:
    body = _sent(report, MEMBERS)
    assert body["msgtype"] == "markdown"
    assert "\n<@zhangsan> <@li.si@example.com>\n" in chats.visible_text(body)
    assert chats.mentioned(body) == MEMBERS.mention


@pytest.mark.parametrize("report", [PARTLY_FAILED, INTERIM, BROKEN])
@pytest.mark.parametrize(
    ("channel", "members", "phones"),
    [(PHONES, ["zhangsan"], ["13800001111", "+852-12345678"]), (EVERYONE, ["zhangsan", "@all"], [])],
)
def test_a_phone_number_or_everyone_makes_a_failure_a_text_that_mentions_them(
    report: Report, channel: ChannelSetting, members: list[str], phones: list[str]
) -> None:
    body = _sent(report, channel)
    assert body["msgtype"] == "text"
    assert body["text"]["mentioned_list"] == members
    assert body["text"]["mentioned_mobile_list"] == phones
    assert "<" not in chats.visible_text(body)


def test_a_failure_as_text_says_what_it_says_in_markdown() -> None:
    text = _shown(PARTLY_FAILED, PHONES)
    assert text.startswith("[CDN refresh][prod][failed 6/120] release 2026.11.22\n6 of 120 objects failed")
    assert "- OriginTimeout (the origin did not answer in time): 4\n  http://example.com/0.txt\n" in text
    assert "\nrefresh-watch list cdn " in text
    assert "event f-0a1b2c3d" in text
    assert "**" not in text
    assert "`" not in text


@pytest.mark.parametrize("channel", [MEMBERS, PHONES, EVERYONE], ids=["members", "phones", "everyone"])
def test_the_lowest_rung_mentions_the_same_people(channel: ChannelSetting) -> None:
    body = _sent(PARTLY_FAILED, channel, 3)
    assert body["msgtype"] == "text"
    assert chats.mentioned(body) == chats.mentioned(_sent(PARTLY_FAILED, channel))


@pytest.mark.parametrize("report", [COMPLETE, OVERDUE, NO_PERMISSION, REJECTED])
@pytest.mark.parametrize("channel", [MEMBERS, PHONES, EVERYONE], ids=["members", "phones", "everyone"])
def test_what_is_no_failure_mentions_no_one_and_is_markdown(report: Report, channel: ChannelSetting) -> None:
    for step in range(4):
        body = _sent(report, channel, step)
        assert chats.mentioned(body) == ()
        assert body["msgtype"] == ("text" if step == 3 else "markdown")


@pytest.mark.parametrize("words", INJECTIONS)
@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("channel", [MEMBERS, PHONES], ids=["markdown", "text"])
def test_words_of_others_mention_no_one_and_stay_words(channel: ChannelSetting, words: str, step: int) -> None:
    report = replace(
        PARTLY_FAILED,
        label=words,
        problem=words,
        request_id=words,
        notes=(words,),
        tasks=(TaskReport(words, Outcome.FAILED, 6, None, words, failed=(FailedObject(words, "Failed", words),) * 6),),
    )
    body = _sent(report, channel, step)
    assert chats.mentioned(body) == channel.mention
    if body["msgtype"] == "markdown":
        outside_code = re.sub(r"`[^`\n]*`", "", chats.visible_text(body))
        assert not re.search(r"\]\(http://evil|\*\*bold|</font><font", outside_code)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("channel", [MEMBERS, PHONES], ids=["markdown", "text"])
def test_what_does_not_fit_without_urls_is_left_out_by_lines_from_the_end(
    channel: ChannelSetting, language: str
) -> None:
    wordy = "源站" * 200
    report = replace(
        PARTLY_FAILED,
        counts=Counts(complete=114, failed=600),
        problem=wordy,
        notes=(wordy,) * 3,
        tasks=(
            TaskReport(
                "704222904",
                Outcome.FAILED,
                600,
                failed=tuple(FailedObject("http://example.com/", "Failed", f"{n}{wordy}") for n in range(6)),
            ),
        ),
    )
    body = _sent(report, channel, language=language)
    text = chats.visible_text(body)
    lines = text.split("\n")
    assert "600/714" in lines[0]
    assert "600" in lines[1]
    assert "\n…\n\n" in text
    assert "f-0a1b2c3d" in lines[-1]
    assert chats.mentioned(body) == channel.mention
    assert all(line.count("`") % 2 == 0 for line in lines)
    assert text.count("<font") == text.count("</font>")


@FEW
@given(
    report=reports(st.sampled_from(INJECTIONS) | texts),
    language=st.sampled_from(["en", "zh"]),
    step=st.integers(0, 3),
    channel=st.sampled_from([MEMBERS, PHONES, EVERYONE, CHANNEL]),
)
def test_whatever_the_report_says_wecom_takes_it_and_mentions_the_right_people(
    report: Report, language: str, channel: ChannelSetting, step: int
) -> None:
    deployment = Deployment("prod")
    heading = compose(report, language=language, deployment=deployment).heading
    is_failure = report.counts.failed > 0 or report.kind is ReportKind.BROKEN
    body = taken(channel, CHAT, rendered(report, channel, language=language, deployment=deployment, step=step))
    assert sorted(chats.mentioned(body)) == (sorted(channel.mention) if is_failure else [])
    text = chats.visible_text(body)
    assert heading in text.split("\n")[0]
    assert not re.search(r"[\u202e\x1b\u2028]", text)
    assert text.count("<") == text.count("<@") + text.count("<font color=") + text.count("</font>")


def test_twenty_people_with_the_longest_ids_leave_room_for_the_message() -> None:
    many = replace(CHANNEL, keyword="通" * 64, mention=tuple(f"{n:02}{'a' * 62}" for n in range(20)))
    long = replace(PARTLY_FAILED, label="路" * 80)
    for step in range(4):
        body = _sent(long, many, step, "zh")
        assert chats.mentioned(body) == many.mention
        assert "失败 6/120" in chats.visible_text(body)
