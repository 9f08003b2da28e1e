"""Reports delivered over real sockets to a webhook of Discord that keeps every limit of embeds and mentions."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from refresh_watch.channels.contract import Delivered, Permanent, Temporary
from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished, RetryLater
from refresh_watch_emulator.chat_wall import RESET, Answer, ChatWall
from refresh_watch_emulator.chats import discord
from refresh_watch_emulator.chats.contract import ChatAnswer, Post
from tests.channels.delivering import channel_of, delivered, with_url
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import COMPLETE, EVERY_KIND

TOKEN = "fake-token-of-oncall"
JSON = (("content-type", "application/json"),)
ANN = "80351110224678912"


def _refusal(problem: str) -> Answer:
    errors = {"embeds": {"_errors": [{"code": problem, "message": "refused"}]}}
    return Answer(400, json.dumps({"code": 50035, "message": "Invalid Form Body", "errors": errors}))


def _judged(
    body: object, *, query: str = "wait=true", path: str = "", headers: tuple[tuple[str, str], ...] = JSON
) -> ChatAnswer:
    chat = discord.create_chat("oncall")
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    there = path or discord.address(chat).replace("/api/", "/api/v10/")
    return discord.receive(chat, Post("discord", "oncall", query, headers, raw, path=there), (), limited=False)


def _with(**embed: object) -> dict[str, Any]:
    return {"embeds": [{"title": "x", **embed}]}


def _fields(count: int, name: int = 1, value: int = 1) -> dict[str, Any]:
    return _with(fields=[{"name": "n" * name, "value": "v" * value}] * count)


def test_every_kind_of_report_arrives_and_names_who_is_pinged(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "discord", mention=[f"<@{ANN}>", "all"])
    for report in EVERY_KIND:
        delivery = delivered(channel, clock, report)
        assert delivery.next == Finished()
        assert isinstance(delivery.outcome, Delivered)
        assert delivery.posts == 1
        clock.sleep(0.5)
    assert len(wall.messages) == len(EVERY_KIND)
    assert wall.messages[0].mentioned == (ANN, "all")
    assert wall.messages[EVERY_KIND.index(COMPLETE)].mentioned == ()


@pytest.mark.parametrize(
    ("problems", "has_embed"),
    [
        (["MAX_EMBED_SIZE_EXCEEDED"], True),
        (["BASE_TYPE_MAX_LENGTH"] * 3, False),
        (["BASE_TYPE_REQUIRED"], True),
        (["BASE_TYPE_REQUIRED"] * 2, False),
    ],
)
def test_what_discord_refuses_for_its_size_or_its_form_goes_down_the_ladder(
    wall: ChatWall, clock: HandClock, problems: list[str], has_embed: bool
) -> None:
    wall.script("discord", "oncall", *map(_refusal, problems))
    delivery = delivered(channel_of(wall, "discord"), clock)
    assert delivery.next == Finished()
    assert delivery.posts == len(problems) + 1
    sizes = [len(post.raw) for post in wall.posts]
    assert sizes == sorted(set(sizes), reverse=True)
    (message,) = wall.messages
    assert ("embeds" in message.body) == has_embed
    assert "failed 6/120" in message.body["content"]


def test_a_message_with_links_that_are_called_harmful_is_sent_again_without_them(
    wall: ChatWall, clock: HandClock
) -> None:
    refusal = '{"message":"Message blocked by harmful links filter","code":240000}'
    wall.script("discord", "oncall", Answer(400, refusal))
    assert delivered(channel_of(wall, "discord"), clock).next == Finished()
    assert "example.com" not in discord.visible_text(wall.messages[0].body)


def test_a_wrong_token_and_a_webhook_that_is_gone_are_given_up_and_the_setting_named(
    wall: ChatWall, clock: HandClock
) -> None:
    channel = channel_of(wall, "discord")
    token = with_url(channel, channel.url.value.replace("fake-token-of-oncall", "fake-token-else"))
    gone = with_url(channel, channel.url.value.replace("100000000000000001", "100000000000000002"))
    for wrong, code in ((token, "50027"), (gone, "10015")):
        delivery = delivered(wrong, clock)
        assert delivery.posts == 1
        assert isinstance(delivery.outcome, Permanent)
        assert isinstance(delivery.next, Abandoned)
        assert code in delivery.next.why
        assert "channel's `url`" in delivery.next.why
        assert "fake-token" not in delivery.next.why


def test_a_burst_beyond_the_rate_is_limited_and_arrives_afterwards(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "discord")
    for _ in range(discord.A_BURST):
        assert delivered(channel, clock).next == Finished()
    limited = delivered(channel, clock)
    assert limited.posts == 1
    assert isinstance(limited.outcome, Temporary)
    assert limited.outcome.rate_limited
    assert limited.outcome.after == discord.PAUSE
    assert isinstance(limited.next, RetryLater)
    clock.sleep(limited.next.after)
    assert delivered(channel, clock).next == Finished()


@pytest.mark.parametrize(
    "answer", [Answer(400, TOKEN), Answer(500, TOKEN), Answer(302, TOKEN), Answer(200, TOKEN), RESET]
)
def test_the_token_in_the_address_is_neither_logged_nor_told(
    wall: ChatWall, clock: HandClock, caplog: pytest.LogCaptureFixture, answer: Answer | str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "urllib3")
    wall.script("discord", "oncall", *[answer] * 3)
    delivery = delivered(channel_of(wall, "discord"), clock)
    shown = [repr(delivery), *(f"{record.getMessage()} {vars(record)}" for record in caplog.records)]
    assert any(record.name == "refresh_watch.deliver" for record in caplog.records)
    assert [text for text in shown if TOKEN in text or "/discord/oncall" in text] == []


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": "🔥" * 1001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": "x"}, "embeds", "LIST_TYPE_CONVERT"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds", "BASE_TYPE_BAD_LENGTH"),
        (_with(title="x" * 257), "embeds", "BASE_TYPE_MAX_LENGTH"),
        (_with(description="x" * 4097), "embeds", "BASE_TYPE_MAX_LENGTH"),
        (_with(footer={"text": "x" * 2049}), "embeds", "BASE_TYPE_MAX_LENGTH"),
        (_with(color="red"), "embeds", "NUMBER_TYPE_MAX"),
        (_with(color=0x1000000), "embeds", "NUMBER_TYPE_MAX"),
        (_fields(26), "embeds", "BASE_TYPE_BAD_LENGTH"),
        (_fields(1, name=257), "embeds", "BASE_TYPE_MAX_LENGTH"),
        (_fields(1, value=1025), "embeds", "BASE_TYPE_MAX_LENGTH"),
        (_fields(1, value=0), "embeds", "BASE_TYPE_REQUIRED"),
        (_fields(6, value=1000), "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions", "BASE_TYPE_CHOICES"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": [ANN]}},
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (
            {"content": "x", "allowed_mentions": {"users": [ANN, ANN]}},
            "allowed_mentions",
            "SET_TYPE_ALREADY_CONTAINS_VALUE",
        ),
        (
            {"content": "x", "allowed_mentions": {"users": [str(n) for n in range(101)]}},
            "allowed_mentions",
            "BASE_TYPE_MAX_LENGTH",
        ),
        ({"content": "x", "allowed_mentions": {"users": [f"<@{ANN}>"]}}, "allowed_mentions", "NUMBER_TYPE_COERCE"),
    ],
)
def test_the_webhook_refuses_what_discord_refuses(body: dict[str, Any], field: str, problem: str) -> None:
    verdict = _judged({"content": "", **body})
    assert (verdict.status, verdict.accepted) == (400, False)
    assert json.loads(verdict.body)["errors"][field]["_errors"][0]["code"] == problem


@pytest.mark.parametrize(
    ("body", "code"), [(b"no json", 50109), ([], 50109), ({}, 50006), ({"content": "", "embeds": []}, 50006)]
)
def test_the_webhook_refuses_a_body_without_a_message(body: object, code: int) -> None:
    assert json.loads(_judged(body).body)["code"] == code


def test_the_webhook_takes_json_only() -> None:
    assert json.loads(_judged({"content": "x"}, headers=(("content-type", "text/plain"),)).body)["code"] == 50006
    assert _judged({"content": "x"}).accepted


def test_without_wait_the_webhook_proves_nothing() -> None:
    assert _judged({"content": "x"}, query="").status == 204
    assert json.loads(_judged({"content": "x"}).body)["content"] == "x"


def test_without_a_version_in_its_address_the_webhook_says_not_why_it_refuses() -> None:
    refusal = _judged(_with(title="x" * 257), path=discord.address(discord.create_chat("oncall")))
    assert json.loads(refusal.body) == {"embeds": ["0"]}


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ({"content": f"<@{ANN}> <@!1> <@&2> @everyone @here"}, (ANN, "1", "2", "all", "here")),
        ({"content": f"`<@{ANN}>`", "allowed_mentions": {"parse": ["users"]}}, (ANN,)),
        ({"content": f"<@{ANN}> <@&2> @here", "allowed_mentions": {"parse": [], "users": [ANN]}}, (ANN,)),
        ({"content": "x", "allowed_mentions": {"users": [ANN]}}, ()),
        ({"content": "x", "embeds": [{"title": f"<@{ANN}> @everyone"}]}, ()),
    ],
)
def test_whoever_discord_would_ping_counts_as_mentioned(body: dict[str, Any], mentioned: tuple[str, ...]) -> None:
    assert discord.mentioned(body) == mentioned
