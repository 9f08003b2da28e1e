"""What is sent to a Workflows webhook of Teams."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from refresh_watch.channels.teams import LIMIT, check
from refresh_watch.deployment import Deployment
from refresh_watch.errors import BadInput
from refresh_watch.model import FailedObject, Outcome, Refusal
from refresh_watch.model import Reason as Why
from refresh_watch.report import Counts, Report, ReportKind, TaskReport
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chats import teams as chat
from refresh_watch_emulator.chats.contract import Post
from tests.channels.judging import rendered
from tests.unit.reports.sample_reports import (
    BROKEN,
    COMPLETE,
    EVERY_KIND,
    FEW,
    INTERIM,
    NO_PERMISSION,
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
    path, _, query = chat.address(FLOW).partition("?")
    verdict = chat.receive(
        FLOW, Post("teams", "oncall", query, request.headers, request.body, NOW, path=path), (), limited=True
    )
    assert verdict.accepted, verdict
    body: dict[str, Any] = json.loads(request.body)
    return body


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


@pytest.mark.parametrize(
    ("report", "en", "zh"),
    [
        (COMPLETE, "[CDN refresh][prod][complete 100/100]", "[CDN刷新][prod][完成 100/100]"),
        (PARTLY_FAILED, "[CDN refresh][prod][failed 6/120]", "[CDN刷新][prod][失败 6/120]"),
        (INTERIM, "[CDN refresh][prod][failed 6/120 so far]", "失败 6/120"),
        (REJECTED, "request rejected", "prod"),
        (BROKEN, "watch broken", "[CDN刷新][prod]"),
    ],
)
def test_both_languages_say_what_happened(report: Report, en: str, zh: str) -> None:
    assert en in chat.visible_text(_sent(report))
    assert zh in chat.visible_text(_sent(report, language="zh"))


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


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("report", [COMPLETE, OVERDUE, NO_PERMISSION, REJECTED])
def test_what_is_no_failure_mentions_nobody(report: Report, step: int) -> None:
    body = _sent(report, ONCALL, step)
    assert chat.mentioned(body) == ()
    assert "<at>" not in json.dumps(body)


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_the_keyword_begins_every_message_on_every_rung(report: Report, step: int) -> None:
    assert chat.visible_text(_sent(report, replace(CHANNEL, keyword="刷新通知"), step)).startswith("刷新通知 [")


def test_the_rungs_go_from_full_to_our_own_words() -> None:
    full, fewer, no_urls, plain = (chat.visible_text(_sent(PARTLY_FAILED, step=step)) for step in range(4))
    assert full.count("http://example.com/") == 5
    assert fewer.count("http://example.com/") == 2
    assert "http://example.com/" not in no_urls
    assert "OriginTimeout" in no_urls
    assert plain.startswith("[CDN refresh][prod][failed 6/120]\n6 of 120 objects failed")
    assert "release 2026.11.22" not in plain
    kinds = {element["type"] for element in _card(_sent(PARTLY_FAILED, step=3))["body"][:-1]}
    assert kinds == {"TextBlock"}


def test_as_many_long_urls_are_shown_as_there_is_room_for() -> None:
    failed = tuple(FailedObject(f"http://example.com/{'路' * 980}{n}", "Failed", f"Reason {n % 6}") for n in range(18))
    report = replace(
        PARTLY_FAILED, tasks=(TaskReport("1", Outcome.FAILED, 18, failed=failed),), counts=Counts(failed=18)
    )
    request = rendered(report, CHANNEL, language="en", deployment=Deployment("prod"), now=NOW, step=0)
    text = chat.visible_text(json.loads(request.body))
    shown = len(re.findall("http://example.com/", text))
    assert 3 <= shown < 18
    assert LIMIT - 3200 < len(request.body) <= LIMIT


def test_thousands_of_long_urls_keep_their_real_counts() -> None:
    failed = tuple(
        FailedObject(f"http://例子.example/{'🔥' * 1000}{n}", "Failed", f"Reason {n % 6}") for n in range(5000)
    )
    report = replace(
        PARTLY_FAILED,
        outcome=Outcome.FAILED,
        counts=Counts(failed=5000),
        tasks=(TaskReport("1", Outcome.FAILED, 5000, failed=failed),),
    )
    text = chat.visible_text(_sent(report))
    assert sum(int(number) for number in re.findall(r"Reason \d: (\d+)", text)) == 5000
    assert "failed 5000/5000" in text


@pytest.mark.parametrize("language", ["en", "zh"])
@FEW
@given(report=reports())
def test_whatever_the_report_says_the_card_is_posted_and_nothing_of_it_is_active(language: str, report: Report) -> None:
    for step in range(4):
        body = _sent(report, ONCALL, step, language)
        failure = report.counts.failed > 0 or report.kind is ReportKind.BROKEN
        assert chat.mentioned(body) == (PEOPLE if failure else ())
        ours = re.sub("<at>(Ann Lee|bo|张三)</at>", "", " ".join(_active(body)))
        assert not re.search(r"[<>*`@]|\]\(|://|\{\{|\u202e|\x1b", ours)
        if report.counts.failed and report.outcome is Outcome.FAILED and report.kind.value == "final":
            assert f"{report.counts.failed}/{report.counts.total}" in chat.visible_text(body)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.webhook.office.com/webhookb2/fake-token@fake/IncomingWebhook/fake-token/fake",
        "https://outlook.office.com/webhook/fake-token/IncomingWebhook/fake",
    ],
)
def test_a_retired_connector_is_refused_with_what_to_do_instead(url: str) -> None:
    with pytest.raises(BadInput, match=r"retired Office 365 connector.*Workflows") as error:
        check(replace(CHANNEL, url=Secret(url)))
    assert "fake-token" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (URL.partition("&sig=")[0], "sig"),
        (f"{HOST}/powerautomate/automations/direct?sig=fake-signature", "/workflows/"),
        (f"{HOST}/", "/workflows/"),
    ],
)
def test_a_url_that_cannot_post_is_refused_without_showing_it(url: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as error:
        check(replace(CHANNEL, url=Secret(url)))
    assert "0fake0workflow0" not in str(error.value)
    assert "fake-signature" not in str(error.value)


@pytest.mark.parametrize(
    "person",
    ["all", "@ann", "Ann Lee", GUID, "Ann|", "<at>Ann</at>|ann@example.com", "a|b|ann@example.com", "ann@example", ""],
)
def test_a_mention_in_another_form_is_refused(person: str) -> None:
    with pytest.raises(BadInput, match="mention"):
        check(replace(CHANNEL, mention=(person,)))


def test_two_people_of_one_name_are_told_apart_or_refused() -> None:
    with pytest.raises(BadInput, match="another name"):
        check(replace(CHANNEL, mention=("ann@example.com", "ann@example.org")))
    check(replace(CHANNEL, mention=("ann@example.com", "Ann of Org|ann@example.org")))


def test_what_works_passes() -> None:
    check(ONCALL)
    check(replace(CHANNEL, mention=("o'neil_guest.com#EXT#@example.onmicrosoft.com",)))
    check(replace(CHANNEL, url=Secret(f"https://gateway.example.com/teams{chat.address(FLOW)}")))
    check(
        replace(
            CHANNEL,
            url=Secret("https://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=fake"),
        )
    )
