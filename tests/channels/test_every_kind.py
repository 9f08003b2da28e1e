"""What every kind of channel has to hold, for any report: judged by the stand-ins, which were written apart."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.registry import kinds
from refresh_watch.model import FailedObject, Outcome
from refresh_watch.report import Counts, Report, ReportKind, TaskReport
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import LAST_STEP
from refresh_watch_emulator.chat_wall import KINDS, chat_kind
from tests.channels.judging import HERE, body_of, judged, rendered, setting
from tests.channels.people import PEOPLE
from tests.unit.reports.sample_reports import (
    BROKEN,
    COMPLETE,
    EVERY_KIND,
    FEW,
    INTERIM,
    NASTY,
    PARTLY_FAILED,
    REJECTED,
    reports,
)

HOSTILE = (
    *NASTY,
    '<at user_id="all">所有人</at> <at id=all></at> <at>Everyone</at>',
    "<@zhangsan> <@all> <@U0FAKE999> <!channel> <!here|here> <!subteam^S0FAKE>",
    "@everyone @here <@123456789012345678> <@&987654321098765432> @some_user",
    '</code></pre><a href="https://evil.example/">x</a><b>&lt;&amp;',
    "```\n@all\n``` ~~x~~ ||y|| __z__ *w* _v_ [t](https://evil.example/) ![i](https://evil.example/i.png)",
    '{{card}} ${x} <font color="warning">w</font> \\` \\\\',
    "http://example.com/?q=<at%20id=all></at>&x=%3C@all%3E#@all",
    "]]>*/--></script><script>alert(1)</script>",
    "\u200b\u202e\ufeff\u2066",
)
CHATS = [kind for kind in KINDS if kind != "webhook"]
"""Kinds whose messages have a title."""

TWICE = ("Watch", "跟踪 ID", "Objects", "对象")
"""Facts whose values stand in other lines too."""

words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))


def _is_failure(report: Report) -> bool:
    return report.counts.failed > 0 or report.kind is ReportKind.BROKEN


def _text(kind: str, body: dict[str, Any]) -> str:
    return re.sub(r"[\\]", "", chat_kind(kind).visible_text(body))


def _with(failures: tuple[FailedObject, ...], label: str = "release 2026.11.22") -> Report:
    counts = Counts(complete=1, failed=len(failures))
    task = TaskReport("704222904", Outcome.PARTLY_FAILED, len(failures) + 1, status="Failed", failed=failures)
    return replace(PARTLY_FAILED, label=label, counts=counts, tasks=(task,), reasons=())


def test_there_is_a_stand_in_for_every_kind() -> None:
    assert kinds() == KINDS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("url", ["x" * 1981, "路" * 1981, "🔥" * 1981, '`<@all>&"' * 220])
def test_ten_thousand_failed_urls_of_two_thousand_characters_are_one_message_that_is_taken(kind: str, url: str) -> None:
    chat = chat_kind(kind).create_chat("oncall")
    channel = setting(kind, chat)
    failures = tuple(
        FailedObject(f"http://example.com/{n}{url}"[:2000], "Failed", "OriginTimeout") for n in range(10_000)
    )
    report = _with(failures)
    for language in ("en", "zh"):
        request = rendered(report, channel, language=language)
        verdict = judged(channel, chat, request)
        assert verdict.accepted, verdict.body
        if kind != "webhook":
            assert "10000" in request.body.decode()


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(
    report=reports(words),
    language=st.sampled_from(("en", "zh")),
    step=st.integers(0, LAST_STEP),
    keyword=st.sampled_from(("", "刷新通知")),
)
def test_any_report_is_taken_and_mentions_the_right_people_on_failure_only(
    kind: str, report: Report, language: str, step: int, keyword: str
) -> None:
    chat = replace(chat_kind(kind).create_chat("oncall"), keyword=keyword)
    mention, people = PEOPLE.get(kind, ((), ()))
    channel = setting(kind, chat, mention=mention)
    request = rendered(report, channel, language=language, step=step)
    reply = judged(channel, chat, request)
    assert reply.accepted, reply.body
    assert chat_kind(kind).mentioned(body_of(channel, request)) == (people if _is_failure(report) else ())


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_a_failure_mentions_the_people_on_every_rung_and_nothing_else_does(kind: str, report: Report) -> None:
    mention, people = PEOPLE[kind]
    channel = setting(kind, chat_kind(kind).create_chat("oncall"), mention=mention)
    for step in range(LAST_STEP + 1):
        body = body_of(channel, rendered(report, channel, step=step))
        assert chat_kind(kind).mentioned(body) == (people if _is_failure(report) else ())
        if not _is_failure(report):
            assert not re.search("<at|<@|<!|@all|@oncall", json.dumps(body)), "not even without effect"


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_the_keyword_begins_every_message_on_every_rung(kind: str, report: Report) -> None:
    channel = setting(kind, chat_kind(kind).create_chat("oncall"), keyword="刷新通知")
    for step in range(LAST_STEP + 1):
        text = chat_kind(kind).visible_text(body_of(channel, rendered(report, channel, step=step)))
        assert text.removeprefix("#### ").startswith("刷新通知 "), step


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize(
    ("report", "en", "zh"),
    [
        (COMPLETE, "[CDN refresh][prod][complete 100/100]", "[CDN刷新][prod][完成 100/100]"),
        (PARTLY_FAILED, "[CDN refresh][prod][failed 6/120]", "[CDN刷新][prod][失败 6/120]"),
        (INTERIM, "[CDN refresh][prod][failed 6/120 so far]", "失败 6/120"),
        (REJECTED, "request rejected", "prod"),
        (BROKEN, "watch broken", "[CDN刷新][prod]"),
    ],
    ids=["complete", "failed", "interim", "rejected", "broken"],
)
def test_both_languages_have_the_title_and_chinese_is_sent_as_utf8(kind: str, report: Report, en: str, zh: str) -> None:
    channel = setting(kind, chat_kind(kind).create_chat("oncall"))
    for language, title in (("en", en), ("zh", zh)):
        request = rendered(report, channel, language=language)
        assert title in _text(kind, body_of(channel, request))
        assert not re.search(rb"\\u[0-9a-f]{4}", request.body), "escaped, it takes twice the bytes"


@pytest.mark.parametrize("kind", CHATS)
def test_the_rungs_go_from_full_to_the_fact_itself(kind: str) -> None:
    channel = setting(kind, chat_kind(kind).create_chat("oncall"))
    full, fewer, no_urls, plain = (
        _text(kind, body_of(channel, rendered(PARTLY_FAILED, channel, step=step))) for step in range(LAST_STEP + 1)
    )
    assert [text.count("http://example.com/") for text in (full, fewer, no_urls, plain)] == [5, 2, 0, 0]
    assert "OriginTimeout" in no_urls
    assert re.match(r"\[CDN refresh\]\[prod\]\[failed 6/120\]\s*(6 of 120 objects failed|$)", plain)
    assert "release 2026.11.22" not in plain


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("letter", ["路", "🔥"])
def test_thousands_of_long_urls_keep_the_real_count_of_each_reason(kind: str, letter: str) -> None:
    failed = tuple(
        FailedObject(f"http://例子.example/{letter * 1000}{n}", "Failed", f"Reason number {n % 6}") for n in range(5000)
    )
    channel = setting(kind, chat_kind(kind).create_chat("oncall"))
    report = replace(_with(failed), outcome=Outcome.FAILED, counts=Counts(failed=5000))
    text = _text(kind, body_of(channel, rendered(report, channel)))
    assert "failed 5000/5000" in text
    if kind != "pagerduty":  # it names each detail
        assert sum(int(number) for number in re.findall(r"Reason number \d`? ?: (\d+)", text)) == 5000
        return
    assert sum(int(number) for number in re.findall(r"failures: count: (\d+)", text)) == 5000


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_chat_says_the_same_in_the_same_order(kind: str, language: str) -> None:
    chat = chat_kind(kind).create_chat("oncall")
    channel = setting(kind, chat)
    message = compose(PARTLY_FAILED, language=language, deployment=HERE)
    text = chat_kind(kind).visible_text(body_of(channel, rendered(PARTLY_FAILED, channel, language=language)))
    text = re.sub(r"[\\]", "", text)
    (link,) = message.links
    parts = [
        message.summary,
        *(word for group in message.groups for word in (group.reason, *group.samples)),
        *message.next_steps,
        message.command,
        *(fact.value for fact in message.facts if fact.label not in TWICE),
        next((url for url in (link.url, quote(link.url, safe="")) if url in text), link.text),
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert message.footer in text or message.event in text
    # alone on its line, to be copied as it stands; PagerDuty names each detail
    assert re.search(rf"^(command: )?`?{re.escape(message.command)}`?$", text, re.MULTILINE)


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize(("length", "least"), [(900, 3), (1600, 1)])
def test_a_message_that_is_too_long_shows_as_many_urls_as_there_is_room_for(kind: str, length: int, least: int) -> None:
    chat = chat_kind(kind).create_chat("oncall")
    channel = setting(kind, chat)
    urls = [f"http://example.com/{n}/".ljust(length, "x") for n in range(18)]
    report = _with(tuple(FailedObject(url, "Failed", f"reason {n % 6}") for n, url in enumerate(urls)))
    text = chat_kind(kind).visible_text(body_of(channel, rendered(report, channel)))
    shown = len({f"example.com/{n}/" for n in range(18) if f"example.com/{n}/" in text})
    assert shown >= (7 if kind == "slack" and length == 900 else least)


@pytest.mark.parametrize("kind", CHATS)
def test_the_two_lowest_rungs_hold_no_url_at_all(kind: str) -> None:
    chat = chat_kind(kind).create_chat("oncall")
    channel = setting(kind, chat)
    report = replace(
        _with((FailedObject("http://example.com/a", "Failed", "see http://example.com/b"),)),
        problem="http://x.example/y",
    )
    for step in (2, LAST_STEP):
        shown = chat_kind(kind).visible_text(body_of(channel, rendered(report, channel, step=step)))
        assert not re.search("://|%3A%2F%2F", shown), (step, shown)


@pytest.mark.parametrize("kind", CHATS)
@FEW
@given(
    failures=st.lists(st.builds(FailedObject, words, st.just("Failed"), words), min_size=1, max_size=40).map(tuple),
    complete=st.integers(1, 10**6),
    step=st.integers(0, LAST_STEP),
    language=st.sampled_from(("en", "zh")),
)
def test_the_title_has_the_real_counts_on_every_rung(
    kind: str, failures: tuple[FailedObject, ...], complete: int, step: int, language: str
) -> None:
    report = _with(failures)
    report = replace(report, counts=replace(report.counts, complete=complete))
    chat = chat_kind(kind).create_chat("oncall")
    channel = setting(kind, chat)
    text = chat_kind(kind).visible_text(body_of(channel, rendered(report, channel, language=language, step=step)))
    assert f"{len(failures)}/{len(failures) + complete}" in re.sub(r"[\\]", "", text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_report_is_taken_on_every_rung_in_both_languages(kind: str) -> None:
    chat = chat_kind(kind).create_chat("oncall")
    channel = setting(kind, chat)
    for report_kind in ReportKind:
        for step in range(LAST_STEP + 1):
            for language in ("en", "zh"):
                report = replace(PARTLY_FAILED, kind=report_kind)
                verdict = judged(channel, chat, rendered(report, channel, language=language, step=step))
                assert verdict.accepted, verdict.body
