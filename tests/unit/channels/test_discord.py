"""What is sent to a webhook of Discord."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.contract import ChannelRequest
from refresh_watch.channels.discord import check, url_to_post_to
from refresh_watch.deployment import Deployment
from refresh_watch.model import FailedObject, Outcome, Reason, Refusal
from refresh_watch.report import Report, TaskReport
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import Fact, FailureGroup, Link
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_emulator.chats import discord as chats
from refresh_watch_emulator.chats.contract import ChatAnswer, Post
from tests.channels.judging import rendered, taken, written
from tests.unit.reports.sample_reports import (
    BROKEN,
    COMPLETE,
    EVERY_KIND,
    FEW,
    INTERIM,
    NO_PERMISSION,
    OVERDUE,
    PARTLY_FAILED,
    reports,
)

CHAT = chats.create_chat("oncall")
URL = f"https://discord.com{chats.address(CHAT)}"
CHANNEL = ChannelSetting("oncall", "discord", Secret(URL))
ANN, ADMINS = "80351110224678912", "165511591545143296"
ONCALL = replace(CHANNEL, mention=(f"<@{ANN}>", f"<@&{ADMINS}>"))
PROD = Deployment("prod", "cn-hangzhou")


def _request(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> ChannelRequest:
    return rendered(report, channel, language=language, deployment=PROD, now=1700000000.0, step=step)


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> dict[str, Any]:
    body: dict[str, Any] = json.loads(_request(report, channel, step, language).body)
    return body


def _judged(request: ChannelRequest) -> ChatAnswer:
    parts = urlsplit(request.url)
    post = Post("discord", "oncall", parts.query, request.headers, request.body, path=parts.path)
    return chats.receive(CHAT, post, (), limited=False)


def _outside_code(text: str) -> str:
    return re.sub(r"`[^`\n]+`", "", text)


@pytest.mark.parametrize(
    ("given", "posted_to"),
    [
        ("/api/webhooks/1/fake-token", "/api/v10/webhooks/1/fake-token?wait=true"),
        ("/api/webhooks/1/fake-token/", "/api/v10/webhooks/1/fake-token?wait=true"),
        ("/api/v6/webhooks/1/fake-token", "/api/v10/webhooks/1/fake-token?wait=true"),
        ("/api/webhooks/1/fake-token?wait=false", "/api/v10/webhooks/1/fake-token?wait=true"),
        ("/api/webhooks/1/fake-token?thread_id=7", "/api/v10/webhooks/1/fake-token?thread_id=7&wait=true"),
        ("/gateway/api/webhooks/1/fake-token#x", "/gateway/api/v10/webhooks/1/fake-token?wait=true"),
    ],
)
def test_discord_is_asked_for_proof_that_it_posted(given: str, posted_to: str) -> None:
    url = f"https://discord.com{given}"
    check(replace(CHANNEL, url=Secret(url)))
    assert url_to_post_to(url) == f"https://discord.com{posted_to}"
    assert url_to_post_to(url_to_post_to(url)) == url_to_post_to(url)


def test_the_answer_to_a_report_proves_that_it_was_posted() -> None:
    request = _request(PARTLY_FAILED)
    assert parse_qs(urlsplit(request.url).query)["wait"] == ["true"]
    verdict = _judged(request)
    assert verdict.status == 200
    assert json.loads(verdict.body)["id"].isdigit()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("report", EVERY_KIND, ids=lambda report: report.id)
def test_all_of_the_message_stands_in_content_and_embed(report: Report, language: str) -> None:
    message = compose(report, language=language, deployment=PROD)
    body = _sent(report, language=language)
    assert body["content"] == f"{message.heading} `{message.name}`".removesuffix(" ``")
    (embed,) = body["embeds"]
    assert embed["title"] == message.summary
    assert embed["footer"] == {"text": message.footer}
    # a back tick in words of others is shown as an apostrophe
    shown = chats.visible_text(body).replace("`", "'")
    told = [*message.next_steps, message.command]
    told += [word for fact in message.facts for word in (fact.label, fact.value)]
    told += [word for group in message.groups for word in (group.reason, *group.samples, str(group.count))]
    told += [f"[{link.text}]({link.url})" for link in message.links]
    assert [words for words in told if words.replace("`", "'") not in shown] == []


def test_a_failure_shows_reasons_samples_as_code_and_how_many_more() -> None:
    description = _sent(PARTLY_FAILED)["embeds"][0]["description"]
    assert "): 4\n  - `http://example.com/0.txt`\n" in description
    assert "  - 1 more\n" in description
    assert "): 2\n  - `http://example.com/4.txt`\n" in description


def test_the_embed_has_the_colour_of_the_outcome() -> None:
    colours = [_sent(report)["embeds"][0]["color"] for report in (COMPLETE, OVERDUE, PARTLY_FAILED, BROKEN)]
    assert colours[1] == colours[2]
    assert len(set(colours)) == 3


@pytest.mark.parametrize("report", [PARTLY_FAILED, INTERIM, BROKEN])
@pytest.mark.parametrize("step", range(4))
def test_a_failure_pings_the_people_and_no_others(report: Report, step: int) -> None:
    body = _sent(report, ONCALL, step)
    assert body["content"].endswith(f"\n<@{ANN}> <@&{ADMINS}>")
    assert body["allowed_mentions"] == {"parse": [], "users": [ANN], "roles": [ADMINS]}
    assert chats.mentioned(body) == (ANN, ADMINS)


@pytest.mark.parametrize("mention", [("@here",), ("all",), (f"<@{ANN}>",)])
def test_the_words_of_others_ping_no_one(mention: tuple[str, ...]) -> None:
    nasty = f"@everyone @here <@{ANN}0> <@&{ADMINS}0> `@everyone` **x** [pay](https://evil.example)"
    failed = (FailedObject(f"http://example.com/{nasty}", "Failed", nasty),)
    report = replace(PARTLY_FAILED, label=nasty, tasks=(TaskReport(nasty, Outcome.FAILED, 1, failed=failed),))
    body = _sent(report, replace(CHANNEL, mention=mention))
    assert chats.mentioned(body) == {"@here": ("here",), "all": ("all",)}.get(mention[0], (ANN,))
    (embed,) = body["embeds"]
    for text in (body["content"], embed["description"], *(field["value"] for field in embed["fields"])):
        assert not re.search(r"evil|\*\*x|@everyone$", _outside_code(text.removesuffix("\n@everyone")))


def test_the_code_of_a_refusal_is_no_markup_in_the_next_step() -> None:
    refusal = Refusal(Reason.REFUSED, "Some_Code_Of_Theirs", "words")
    report = replace(
        NO_PERMISSION,
        refusal=refusal,
        tasks=(TaskReport("1", Outcome.UNVERIFIABLE, 1, reason=Reason.REFUSED),),
    )
    for step in (0, 3):
        assert r"Some\_Code\_Of\_Theirs" in chats.visible_text(_sent(report, step=step))


@pytest.mark.parametrize(
    ("samples", "facts", "left"),
    [
        (("u" * 1300,) * 3 + ("v" * 300,), (), [3]),  # the description alone is too long
        (("u" * 1200,) * 3, (Fact("label", "w" * 800),) * 3, [2]),  # each is within its limit, together they are not
        ((), (Fact("label" * 60, "w" * 700),) * 7, []),  # no rung but the lowest helps
        ((), (Fact("label", "w"),) * 26, []),
    ],
)
def test_an_embed_over_a_limit_of_discords_loses_samples_then_takes_a_lower_rung(
    samples: tuple[str, ...], facts: tuple[Fact, ...], left: list[int]
) -> None:
    message = compose(PARTLY_FAILED, language="en", deployment=PROD)
    group = FailureGroup("OriginTimeout", len(samples), samples)
    message = replace(message, groups=(group,), facts=facts, command="", next_steps=())
    body = written(message, ONCALL)
    request = ChannelRequest(url_to_post_to(URL), json.dumps(body).encode(), (("content-type", "application/json"),))
    assert _judged(request).accepted
    assert "failed 6/120" in body["content"]
    assert [embed["description"].count("u" * 1200) for embed in body.get("embeds", [])] == left


def test_a_value_that_is_too_long_for_its_field_is_cut_inside_its_code_span() -> None:
    message = compose(PARTLY_FAILED, language="en", deployment=PROD)
    facts = (Fact("Detail" * 50, "w" * 2000, untrusted=True), Fact("Why", "_" * 2000))
    fields = written(replace(message, facts=facts, links=()), CHANNEL)["embeds"][0]["fields"]
    assert [(len(field["name"]), field["value"][-2:]) for field in fields] == [(256, "…`"), (3, "_…")]
    assert [len(field["value"]) for field in fields] == [1024, 1023]


def test_the_lowest_rung_leaves_out_next_steps_rather_than_numbers_and_footer() -> None:
    people = tuple(f"<@{80351110224678000 + n}>" for n in range(50))
    channel = replace(CHANNEL, mention=people, keyword="k" * 64)
    message = compose(PARTLY_FAILED, language="en", deployment=Deployment("e" * 64))
    long_steps = replace(message, next_steps=("a" * 200, "b" * 2000))
    content = written(long_steps, channel, 3)["content"]
    assert len(content) <= 2000
    assert content.startswith(f"{'k' * 64} [CDN refresh][{'e' * 64}][failed 6/120] 6 of 120")
    assert ("a" * 200 in content, "bbb" in content) == (True, False)
    assert f"{message.footer}\n{people[0]}" in content


def test_links_are_links_whatever_brackets_their_addresses_hold() -> None:
    message = compose(PARTLY_FAILED, language="en", deployment=PROD)
    links = (Link("Status", "https://example.com/w?sign=a%2Fb&x=(1)"), Link("Console", "https://example.com/"))
    text = written(replace(message, links=links), CHANNEL)["embeds"][0]["fields"][-1]["value"]
    assert text == "[Status](https://example.com/w?sign=a%2Fb&x=%281%29) · [Console](https://example.com/)"


@FEW
@given(report=reports(), language=st.sampled_from(["en", "zh"]), step=st.integers(0, 3))
def test_whatever_the_report_says_discord_takes_it_and_nothing_of_it_is_active(
    language: str, report: Report, step: int
) -> None:
    body = taken(ONCALL, CHAT, _request(report, ONCALL, step, language))
    # even if everyone might be pinged, the words of others would ping no one
    unguarded = chats.mentioned(body | {"allowed_mentions": {"parse": ["users", "roles", "everyone"]}})
    assert unguarded == chats.mentioned(body)
    embeds = body.get("embeds", [])
    texts = [body["content"], *(embed.get("description", "") for embed in embeds)]
    texts += [field["value"] for embed in embeds for field in embed.get("fields", [])]
    links = r"\[[^\]]*\]\(https://[^)]*console[^)]*\)"
    for text in texts:
        # outside code spans stand only our own words and links to the console
        assert not re.search(r"://|@all|\u202e|\x1b|`", re.sub(links, "", _outside_code(text)))


@pytest.mark.parametrize(
    ("given", "form"),
    [
        (f"<@{ANN}>", f"<@{ANN}>"),
        (f"<@!{ANN}>", f"<@{ANN}>"),
        (ANN, f"<@{ANN}>"),
        (f"<@&{ADMINS}>", f"<@&{ADMINS}>"),
        ("@here", "@here"),
        ("here", "@here"),
        ("@everyone", "@everyone"),
        ("all", "@everyone"),
    ],
)
def test_a_mention_is_sent_in_discords_form_once(given: str, form: str) -> None:
    channel = replace(CHANNEL, mention=(given, given))
    check(channel)
    body = taken(channel, CHAT, _request(PARTLY_FAILED, channel))
    assert body["content"].endswith(f"\n{form}")
    assert body["content"].count(form) == 1
