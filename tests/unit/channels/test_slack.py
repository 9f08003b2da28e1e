"""What is sent to an incoming webhook of Slack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.contract import ChannelRequest
from refresh_watch.channels.formatting.fitting import characters
from refresh_watch.channels.slack import LIMIT, check
from refresh_watch.deployment import Deployment
from refresh_watch.model import FailedObject, Outcome
from refresh_watch.report import Report, ReportKind, TaskReport
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import Link, Severity
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chats import slack as chats
from tests.channels.judging import rendered, taken, written
from tests.unit.reports.sample_reports import (
    BROKEN,
    COMPLETE,
    EVERY_KIND,
    FEW,
    INTERIM,
    OVERDUE,
    PARTLY_FAILED,
    reports,
)

CHAT = chats.create_chat("oncall")
URL = f"https://hooks.slack.com{chats.address(CHAT)}"
CHANNEL = ChannelSetting("oncall", "slack", Secret(URL))
ONCALL = replace(CHANNEL, mention=("<@U024BE7LH>", "<!subteam^SAZ94GDB8>", "<!here>"))
PEOPLE = ("U024BE7LH", "SAZ94GDB8", "here")
PROD = Deployment("prod", "cn-hangzhou")


def _request(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> ChannelRequest:
    return rendered(report, channel, language=language, deployment=PROD, now=1700000000.0, step=step)


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> dict[str, Any]:
    body: dict[str, Any] = json.loads(_request(report, channel, step, language).body)
    return body


def _blocks(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [*body.get("blocks", []), *(block for each in body.get("attachments", []) for block in each["blocks"])]


def _links(body: dict[str, Any]) -> list[tuple[str, str]]:
    found = (re.findall(r"<(https?:[^|<>]*)\|([^|<>]*)>", text) for text in _texts(body, "mrkdwn"))
    return [(words, url) for each in found for url, words in each]


def _texts(value: Any, kind: str) -> Iterator[str]:
    """The texts of every text object of that kind, wherever it stands."""
    if isinstance(value, dict):
        if value.get("type") == kind:
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _texts(each, kind)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_all_of_the_message_stands_in_the_blocks(report: Report, language: str) -> None:
    message = compose(report, language=language, deployment=PROD)
    body = _sent(report, language=language)
    assert body["text"] == message.title
    assert body["blocks"][0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": message.title, "emoji": False},
    }
    # a back tick in words of others is shown as an apostrophe
    shown = chats.visible_text(body).replace("`", "'")
    told = [message.summary, *message.next_steps, message.command, message.footer]
    told += [word for fact in message.facts for word in (fact.label, fact.value)]
    told += [word for group in message.groups for word in (group.reason, *group.samples, str(group.count))]
    assert [words for words in told if words.replace("`", "'") not in shown] == []
    assert _links(body) == [(link.text, link.url) for link in message.links]


def test_a_failure_shows_reasons_samples_as_code_and_how_many_more() -> None:
    (failures,) = (text for text in _texts(_sent(PARTLY_FAILED), "mrkdwn") if "0.txt" in text)
    assert "): 4\n    ◦ `http://example.com/0.txt`\n" in failures
    assert "    ◦ 1 more\n" in failures
    assert "): 2\n    ◦ `http://example.com/4.txt`\n" in failures


def test_the_bar_has_the_colour_of_the_outcome() -> None:
    colours = [_sent(report)["attachments"][0]["color"] for report in (COMPLETE, OVERDUE, PARTLY_FAILED, BROKEN)]
    assert colours[1] == colours[2]
    assert len(set(colours)) == 3
    severities = [compose(report, language="en", deployment=PROD).severity for report in (COMPLETE, OVERDUE, BROKEN)]
    assert severities == [Severity.OK, Severity.WARNING, Severity.BAD]


@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
@pytest.mark.parametrize("step", range(4))
def test_nothing_is_unfurled(report: Report, step: int) -> None:
    body = _sent(report, step=step)
    assert (body["unfurl_links"], body["unfurl_media"]) == (False, False)


@pytest.mark.parametrize("report", [PARTLY_FAILED, INTERIM, BROKEN])
@pytest.mark.parametrize("step", range(4))
def test_a_failure_mentions_the_people_above_the_bar(report: Report, step: int) -> None:
    body = _sent(report, ONCALL, step)
    mentions = "<@U024BE7LH> <!subteam^SAZ94GDB8> <!here>"
    if step < 3:
        assert body["blocks"][1]["text"] == {"type": "mrkdwn", "text": mentions, "verbatim": True}
    else:
        assert body["text"].endswith(f"\n{mentions}")
    assert chats.mentioned(body) == PEOPLE


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_the_keyword_begins_every_message_on_every_rung(report: Report, step: int) -> None:
    body = _sent(report, replace(CHANNEL, keyword="CDN & co"), step)
    assert body["text"].startswith("CDN &amp; co [")
    assert chats.visible_text(body).startswith("CDN & co [")


def test_words_of_others_are_escaped_wherever_they_stand() -> None:
    nasty = "<!channel> <https://evil.example|pay here> & `<@U0000000>`"
    failed = (FailedObject(f"http://example.com/?a=1&b=<!here>`{nasty}`", "Failed", nasty),)
    report = replace(
        PARTLY_FAILED,
        label=nasty,
        request_id=nasty,
        tasks=(TaskReport(nasty, Outcome.FAILED, 1, failed=failed),),
    )
    body = _sent(report)
    assert chats.mentioned(body) == ()
    assert json.dumps(body).count("<") == len(_links(body)) == 1
    assert "`http://example.com/?a=1&amp;b=&lt;!here&gt;'&lt;!channel&gt; &lt;https:" in json.dumps(body)
    assert "<!channel> <https://evil.example|pay here> &" in chats.visible_text(body)


def test_the_end_of_a_code_span_is_one_to_slack_in_chinese_too() -> None:
    failed = (FailedObject("http://example.com/a", "Failed", "磁盘已满"),)
    report = replace(PARTLY_FAILED, tasks=(TaskReport("1", Outcome.FAILED, 1, failed=failed),))
    body = _sent(report, language="zh")
    for text in _texts(body, "mrkdwn"):
        for span in re.finditer(r"(^|.)`[^`\n]*`(.|$)", text, re.MULTILINE):
            assert span[1].isascii()
            assert span[2].isascii()


def test_a_long_title_keeps_its_numbers_in_the_header() -> None:
    long_name = replace(PARTLY_FAILED, label="<&>" * 26)
    header = _sent(long_name)["blocks"][0]["text"]["text"]
    assert header.startswith("[CDN refresh][prod][failed 6/120] &lt;&amp;")
    assert re.fullmatch(r"[^&]*(&(lt|gt|amp);)+…", header)
    assert len(header) <= 150
    long_place = Deployment("e" * 64)
    channel = replace(CHANNEL, keyword="k" * 64)
    request = rendered(long_name, channel, language="en", deployment=long_place, now=0.0, step=0)
    body = taken(channel, CHAT, request)
    assert f"{'k' * 64} [CDN refresh][failed 6/120]" in body["blocks"][0]["text"]["text"]
    assert "e" * 64 in body["text"]


def test_a_long_url_is_cut_inside_its_code_span_and_between_its_escapes() -> None:
    failed = (FailedObject("http://example.com/?" + "&" * 1000, "Failed", "OriginTimeout"),)
    report = replace(PARTLY_FAILED, tasks=(TaskReport("1", Outcome.FAILED, 1, failed=failed),))
    request = _request(report)
    (text,) = (text for text in _texts(taken(CHANNEL, CHAT, request), "mrkdwn") if "&amp;&amp;" in text)
    assert re.search(r"`http://example\.com/\?(&amp;)+…`", text)


def test_links_are_words_and_no_buttons_for_a_click_on_one_asks_for_an_app_that_answers() -> None:
    message = compose(PARTLY_FAILED, language="en", deployment=PROD)
    links = (Link("Status <1>", "https://example.com/status"), Link("a|b", "https://example.com/?a=1&b=|"))
    body = written(replace(message, links=links), CHANNEL)
    assert _links(body) == [
        ("Status &lt;1&gt;", "https://example.com/status"),
        ("a b", "https://example.com/?a=1&amp;b=%7C"),
    ]
    assert not [block for block in _blocks(body) if block["type"] == "actions"]


@FEW
@given(report=reports(), language=st.sampled_from(["en", "zh"]), step=st.integers(0, 3))
def test_whatever_the_report_says_slack_takes_it_and_nothing_of_it_is_active(
    language: str, report: Report, step: int
) -> None:
    is_failure = report.counts.failed > 0 or report.kind is ReportKind.BROKEN
    request = _request(report, ONCALL, step, language)
    assert characters(request.body.decode()) <= LIMIT
    body = taken(ONCALL, CHAT, request)
    texts = [body["text"], *_texts(body, "mrkdwn"), *_texts(body, "plain_text")]
    assert sum(text.count("<") for text in texts) == (3 if is_failure else 0) + len(_links(body))
    for text in _texts(body, "mrkdwn"):
        # outside code spans stand only our own words
        assert not re.search(r"://|@all|\u202e|\x1b|`", re.sub(r"`[^`\n]+`|<https://[^<>]+>", "", text))


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("<@U024BE7LH>", "<@U024BE7LH>"),
        ("<@U024BE7LH|ann>", "<@U024BE7LH>"),
        ("@W024BE7LH", "<@W024BE7LH>"),
        ("U024BE7LH", "<@U024BE7LH>"),
        ("<!subteam^SAZ94GDB8>", "<!subteam^SAZ94GDB8>"),
        ("SAZ94GDB8", "<!subteam^SAZ94GDB8>"),
        ("<!here>", "<!here>"),
        ("@here", "<!here>"),
        ("<!channel>", "<!channel>"),
        ("<!everyone>", "<!everyone>"),
        ("all", "<!channel>"),
    ],
)
def test_a_mention_is_sent_in_slacks_form(given: str, form: str) -> None:
    channel = replace(CHANNEL, mention=(given, given))
    check(channel)
    assert _sent(PARTLY_FAILED, channel)["blocks"][1]["text"]["text"] == form
