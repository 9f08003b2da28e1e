"""Reports delivered over real sockets to a webhook of Discord that keeps every limit of embeds and mentions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from refresh_watch.channels.delivery.retry_policy import Finished
from refresh_watch_emulator.chat_wall import ChatWall, ScriptedAnswer
from refresh_watch_emulator.chats import discord
from refresh_watch_emulator.chats.contract import ChatAnswer, Post
from tests.channels.delivering import channel_of, delivered
from tests.hand_clock import HandClock

TOKEN = "fake-token-of-oncall"
JSON = (("content-type", "application/json"),)
ANN = "80351110224678912"


def _refusal(problem: str) -> ScriptedAnswer:
    errors = {"embeds": {"_errors": [{"code": problem, "message": "refused"}]}}
    return ScriptedAnswer(400, json.dumps({"code": 50035, "message": "Invalid Form Body", "errors": errors}))


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
    wall.script("discord", "oncall", ScriptedAnswer(400, refusal))
    assert delivered(channel_of(wall, "discord"), clock).next == Finished()
    assert "example.com" not in discord.visible_text(wall.messages[0].body)


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
