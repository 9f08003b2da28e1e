"""The whole page: whole HTML, nothing fetched, nothing that runs, and letters that stand out from what is behind them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from refresh_watch_emulator import chat_page
from refresh_watch_emulator.chat_page.page import Drawn, page
from tests.unit.chat_page.payloads import DINGTALK, SLACK
from tests.unit.chat_page.reading import Reading, read

STYLE = (Path(chat_page.__path__[0]) / "style.html").read_text(encoding="utf-8")
ENOUGH = 4.5
"""The contrast that WCAG 2.2 AA asks of text."""

PAIRS = [
    *((ink, behind) for ink in ("ink", "soft", "link") for behind in ("page", "paper", "chat", "code", "warn")),
    *((ink, behind) for ink in ("red", "green", "amber", "blue", "violet") for behind in ("paper", "code")),
    ("code-ink", "code"),
    ("code-ink", "paper"),
    ("mention-ink", "mention"),
    ("paper", "soft"),
]


@pytest.fixture(scope="module")
def reading() -> Reading:
    messages = [
        Drawn("dingtalk", "partly failed", "en", DINGTALK),
        Drawn("dingtalk", "partly failed", "zh", DINGTALK),
        Drawn("dingtalk", "failed", "en", DINGTALK),
        Drawn("slack", "failed", "en", SLACK),
    ]
    return read(page("A <title>", "What it is.", messages))


def test_it_is_one_whole_document(reading: Reading) -> None:
    tags = [element.tag for element in reading.elements]
    assert [tags.count(tag) for tag in ("html", "head", "body", "main", "title", "h1", "style")] == [1] * 7
    assert "A <title>" in reading.words


def test_it_fetches_nothing_and_runs_nothing(reading: Reading) -> None:
    assert reading.tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg"})
    assert not any(name.startswith("on") or name == "src" for each in reading.elements for name in each.attributes)
    policy = [each.attributes["content"] for each in reading.elements if "http-equiv" in each.attributes]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert not re.search(r"url\(|@import|expression", STYLE)


def test_every_link_of_its_contents_leads_to_a_place_on_it(reading: Reading) -> None:
    ids = [each.attributes["id"] for each in reading.elements if "id" in each.attributes]
    assert len(set(ids)) == len(ids)
    anchors = {link.removeprefix("#") for link in reading.links if link.startswith("#")}
    assert anchors == set(ids)
    assert {"dingtalk", "slack", "dingtalk-partly-failed", "dingtalk-failed", "slack-failed"} < anchors


def test_each_message_has_its_outcome_and_its_language(reading: Reading) -> None:
    assert [each.words for each in reading.elements if each.tag == "h3"] == ["partly failed", "failed", "failed"]
    assert reading.of("language") == ["English", "中文", "English", "English"]
    assert [each.attributes["lang"] for each in reading.elements if "lang" in each.attributes][1:] == [
        "en",
        "zh-CN",
        "en",
        "en",
    ]


def _palettes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[:2]
    colour = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
    return {"light": dict(colour.findall(light)), "dark": dict(colour.findall(dark))}


def _light_of(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_light_of(one), _light_of(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_in_light_and_dark(scheme: str) -> None:
    palette = _palettes()[scheme]
    faint = {pair: round(_contrast(palette[pair[0]], palette[pair[1]]), 2) for pair in PAIRS}
    assert {pair: contrast for pair, contrast in faint.items() if contrast < ENOUGH} == {}


def test_white_words_stand_out_on_every_coloured_ground() -> None:
    grounds = set(re.findall(r"background: (#[0-9a-f]{6})", STYLE)) - {"#ffffff"}
    assert grounds
    assert [ground for ground in grounds if _contrast("#ffffff", ground) < ENOUGH] == []


def test_it_knows_nothing_of_the_channels_so_that_their_mistakes_are_not_made_twice() -> None:
    files = list(Path(chat_page.__path__[0]).glob("*.py"))
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    imported = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert len(files) > 5
    assert {
        name for name in imported if name.startswith("refresh_watch") and not name.startswith(chat_page.__name__)
    } == set()
