"""What a phone shows before anyone opens the chat."""

from __future__ import annotations

from typing import Any

import pytest

from refresh_watch_emulator.chat_page.page import draw
from tests.unit.chat_page.payloads import EVERY, TITLE
from tests.unit.chat_page.reading import read


def lock(kind: str, body: dict[str, Any]) -> str:
    return read(draw(kind, body)).lock


@pytest.mark.parametrize("name", [name for name, (kind, _) in EVERY.items() if kind not in ("webhook",)])
def test_the_title_stands_there_without_markup(name: str) -> None:
    kind, body = EVERY[name]
    line = lock(kind, body)
    assert line.startswith(TITLE)
    assert not set("*`<>#") & set(line)


def test_dingtalk_shows_the_title_of_markdown_which_the_message_does_not() -> None:
    reading = read(draw("dingtalk", {"msgtype": "markdown", "markdown": {"title": "only here", "text": "body"}}))
    assert reading.lock == "only here"
    assert reading.of("thread") == ["body"]


def test_feishu_shows_the_summary_of_a_card_before_its_title() -> None:
    kind, body = EVERY["feishu"]
    card = {**body["card"], "config": {"summary": {"content": "short"}}}
    assert lock(kind, {**body, "card": card}) == "short"


def test_slack_shows_text_which_the_message_shows_only_without_blocks() -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "in blocks"}}
    with_blocks = read(draw("slack", {"text": "for phones", "blocks": [header]}))
    assert (with_blocks.lock, with_blocks.of("thread")) == ("for phones", ["in blocks"])
    assert read(draw("slack", {"text": "for all"})).of("thread") == ["for all"]


def test_telegram_shows_the_first_line() -> None:
    assert lock("telegram", {"text": "<b>first</b> line\nsecond", "parse_mode": "HTML"}) == "first line"
    assert lock("telegram", {"text": "1 < 2\nsecond"}) == "1 < 2"


def test_discord_without_content_shows_nothing_of_the_message() -> None:
    assert lock("discord", {"embeds": [{"title": "not here"}]}) == "nothing of it"


def test_pagerduty_reads_the_summary_and_says_what_a_resolve_does() -> None:
    kind, body = EVERY["pagerduty"]
    assert lock(kind, body) == TITLE
    resolved = read(draw(kind, {**body, "event_action": "resolve"}))
    assert resolved.lock == f"Resolved: {TITLE}"
    assert "ends the open incident" in resolved.words
