"""What is sent to a Workflows webhook of Teams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.teams import LIMIT
from refresh_watch.deployment import Deployment
from refresh_watch.model import FailedObject, Outcome, Refusal
from refresh_watch.model import Reason as Why
from refresh_watch.report import Report, TaskReport
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chats import teams as chat
from tests.channels.judging import rendered, taken
from tests.unit.reports.sample_reports import (
    BROKEN,
    COMPLETE,
    FEW,
    INTERIM,
    OVERDUE,
    PARTLY_FAILED,
    REJECTED,
    reports,
)

FLOW = chat.create_chat("oncall")
HOST = "https://default0fake0.a1.environment.api.powerplatform.com:443"
URL = HOST + chat.address(FLOW)
CHANNEL = ChannelSetting("oncall", "teams", Secret(URL))
GUID = "00000000-1111-2222-3333-444444444444"
ONCALL = replace(CHANNEL, mention=("Ann Lee|ann@example.com", "bo@example.com", f"张三|{GUID}"))
PEOPLE = ("ann@example.com", "bo@example.com", GUID)
NOW = 1700000000.0


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> dict[str, Any]:
    request = rendered(report, channel, language=language, deployment=Deployment("prod"), now=NOW, step=step)
    assert len(request.body) <= LIMIT
    return taken(channel, FLOW, request)


def _card(body: dict[str, Any]) -> dict[str, Any]:
    (attachment,) = body["attachments"]
    card: dict[str, Any] = attachment["content"]
    return card


def _active(body: dict[str, Any]) -> Iterator[str]:
    """What Teams reads markdown and mentions in."""
    for element in _card(body)["body"]:
        if element["type"] == "TextBlock":
            yield element["text"]
        for fact in element.get("facts", []):
            yield f"{fact['title']} {fact['value']}"


def test_the_card_is_full_width_in_a_message_and_begins_with_the_title() -> None:
    body = _sent(PARTLY_FAILED)
    assert body["type"] == "message"
    assert body["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = _card(body)
    assert (card["type"], card["version"], card["msteams"]) == ("AdaptiveCard", "1.4", {"width": "Full"})
    assert chat.visible_text(body).startswith(
        "[CDN refresh][prod][failed 6/120] release 2026.11.22\n6 of 120 objects failed"
    )


@pytest.mark.parametrize("step", [0, 3])
@pytest.mark.parametrize(
    ("report", "colour"),
    [
        (COMPLETE, "Good"),
        (PARTLY_FAILED, "Warning"),
        (OVERDUE, "Warning"),
        (REJECTED, "Warning"),
        (INTERIM, "Warning"),
        (BROKEN, "Attention"),
    ],
)
def test_the_colour_of_the_title_is_that_of_the_outcome(report: Report, colour: str, step: int) -> None:
    first = _card(_sent(report, step=step))["body"][0]
    assert first.get("color") == colour or first["inlines"][0]["color"] == colour


def test_a_failure_shows_reasons_samples_and_how_many_more() -> None:
    text = chat.visible_text(_sent(PARTLY_FAILED))
    assert "• OriginTimeout (the origin did not answer in time): 4\nhttp://example.com/0.txt\n" in text
    assert "\n1 more\n" in text
    assert "\nrefresh-watch list cdn --task-id 704222904 --status failed --urls\n" in text
    assert "event f-0a1b2c3d" in text


def test_a_link_of_ours_is_a_button() -> None:
    (action,) = _card(_sent(PARTLY_FAILED))["actions"]
    assert action == {"type": "Action.OpenUrl", "title": "CDN console", "url": action["url"]}
    assert action["url"].startswith("https://cdn.console.aliyun.com/")


def test_words_of_others_stand_only_where_no_markdown_and_no_mention_is_read() -> None:
    nasty = "[evil](http://evil.example/) <at>Ann Lee</at> **bold** _x_ {{DATE(2026-01-01T00:00:00Z)}}"
    report = replace(
        PARTLY_FAILED,
        label=nasty,
        tasks=(TaskReport(nasty, Outcome.FAILED, 1, None, "Failed", failed=(FailedObject(nasty, "Failed", nasty),)),),
        refusal=Refusal(Why.REFUSED, nasty, nasty, nasty),
        problem=nasty,
        notes=(nasty,),
    )
    body = _sent(report)
    assert chat.mentioned(body) == ()
    assert chat.visible_text(body).count("evil.example") > 2
    assert not re.search(r"evil|<at>|\*|\{\{", " ".join(_active(body)))
    assert chat.mentioned(_sent(report, ONCALL)) == PEOPLE
    runs = [run for element in _card(body)["body"] for run in element.get("inlines", []) if "evil" in run["text"]]
    assert {run["fontType"] for run in runs} == {"Monospace"}


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("report", [PARTLY_FAILED, INTERIM, BROKEN])
def test_a_failure_mentions_the_people_on_every_rung(report: Report, step: int) -> None:
    body = _sent(report, ONCALL, step)
    assert chat.mentioned(body) == PEOPLE
    assert "<at>Ann Lee</at> <at>bo</at> <at>张三</at>" in _active(body)
    assert _card(body)["msteams"]["entities"][0] == {
        "type": "mention",
        "text": "<at>Ann Lee</at>",
        "mentioned": {"id": "ann@example.com", "name": "Ann Lee"},
    }


def test_the_lowest_rung_is_text_alone() -> None:
    kinds = {element["type"] for element in _card(_sent(PARTLY_FAILED, step=3))["body"][:-1]}
    assert kinds == {"TextBlock"}


@FEW
@given(report=reports(), language=st.sampled_from(["en", "zh"]), step=st.integers(0, 3))
def test_whatever_the_report_says_the_card_is_posted_and_nothing_of_it_is_active(
    language: str, report: Report, step: int
) -> None:
    body = _sent(report, ONCALL, step, language)
    ours = re.sub("<at>(Ann Lee|bo|张三)</at>", "", " ".join(_active(body)))
    assert not re.search(r"[<>*`@]|\]\(|://|\{\{|\u202e|\x1b", ours)
