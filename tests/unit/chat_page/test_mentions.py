"""Who is really called by a payload, by each vendor's own rules: only they are drawn as mentioned."""

from __future__ import annotations

from typing import Any

import pytest

from refresh_watch_emulator.chat_page.page import draw
from tests.unit.chat_page.payloads import EVERY
from tests.unit.chat_page.reading import read

MENTIONED = {
    "dingtalk": ["@138"],
    "dingtalk text": ["@138"],
    "feishu": ["@ou_1"],
    "feishu text": ["@Ann"],
    "lark": ["@ou_1"],
    "wecom": ["@u1"],
    "wecom text": ["@138", "@all"],
    "slack": ["@U1", "@S1"],
    "teams": ["@Ann"],
    "discord": ["@1", "@2"],
    "telegram": ["@oncall"],
}


def mentions(kind: str, body: dict[str, Any]) -> list[str]:
    return read(draw(kind, body)).of("mention")


def dingtalk(text: str, **at: Any) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"title": "t", "text": text}, "at": at}


def discord(content: str, **more: Any) -> dict[str, Any]:
    return {"content": content, **more}


@pytest.mark.parametrize("name", EVERY)
def test_the_people_that_a_payload_calls_are_drawn_as_called(name: str) -> None:
    assert mentions(*EVERY[name]) == MENTIONED.get(name, [])


def test_dingtalk_needs_a_name_in_at_and_in_the_text() -> None:
    assert mentions("dingtalk", dingtalk("@138 @139", atMobiles=["138"])) == ["@138"]
    assert mentions("dingtalk", dingtalk("@all", isAtAll=True)) == ["@all"]
    assert mentions("dingtalk", dingtalk("@all", isAtAll=False)) == []
    (note,) = read(draw("dingtalk", dingtalk("no name", atUserIds=["u1"]))).of("note")
    assert "u1" in note


def test_dingtalk_reads_no_mention_in_code() -> None:
    assert mentions("dingtalk", dingtalk("`@138`", atMobiles=["138"])) == []


def test_a_wecom_mention_stands_in_angle_brackets_of_markdown_only() -> None:
    def wecom(sort: str) -> list[str]:
        return mentions("wecom", {"msgtype": sort, sort: {"content": "<@u1> @u2 `<@u3>`"}})

    assert wecom("markdown") == ["@u1"]
    assert wecom("text") == []


def test_slack_calls_no_person_by_bare_or_escaped_words() -> None:
    assert mentions("slack", {"text": "@here <!here> &lt;!channel&gt; `<!x>`"}) == ["@here"]


def test_teams_calls_only_those_that_the_card_declares() -> None:
    assert mentions(*EVERY["teams"]) == ["@Ann"]
    assert "<at>Bob</at>" in read(draw(*EVERY["teams"])).words


def test_discord_calls_as_allowed_mentions_says_and_no_person_from_an_embed() -> None:
    assert mentions("discord", discord("<@1> @everyone")) == ["@1", "@everyone"]
    assert mentions("discord", discord("<@1> @everyone", allowed_mentions={"parse": []})) == []
    assert mentions("discord", discord("<@1> <@2>", allowed_mentions={"parse": ["users"]})) == ["@1", "@2"]
    assert mentions("discord", discord("@here", allowed_mentions={"parse": ["everyone"]})) == ["@here"]
    assert mentions("discord", discord("", embeds=[{"description": "<@1> @everyone"}])) == []
    assert mentions("discord", discord("`<@1>` \\<@2>", allowed_mentions={"users": ["1", "2"]})) == []


def test_telegram_reads_names_in_plain_text_and_none_in_code() -> None:
    assert mentions("telegram", {"text": "@oncall x@example.com @ab"}) == ["@oncall"]
    assert mentions("telegram", {"text": "<code>@oncall</code> <b>@second</b>", "parse_mode": "HTML"}) == ["@second"]
    assert mentions("telegram", {"text": '<a href="tg://user?id=1">Ann</a>', "parse_mode": "HTML"}) == ["@Ann"]
