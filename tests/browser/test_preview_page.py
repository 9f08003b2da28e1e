"""The preview in a real browser: on a phone and on a desk, light and dark, it fits, can be read, and does nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from refresh_watch_emulator.chat_page.page import Drawn, page
from tests.browser.browser import Browser, running
from tests.unit.chat_page.hostile import HOSTILE, with_leaves
from tests.unit.chat_page.payloads import EVERY

PROJECT = Path(__file__).resolve().parents[2]
PHONE = 375
WIDTHS = (320, PHONE, 1280)

BEYOND_THE_EDGE = """(() => {
  const width = document.documentElement.clientWidth;
  const beyond = [...document.querySelectorAll('body *')].filter(each =>
    each.getBoundingClientRect().right > width + 0.5 ||
    (each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline'));
  return {
    scrolls: document.documentElement.scrollWidth > width,
    beyond: beyond.slice(0, 5).map(each => each.className + ': ' + each.textContent.slice(0, 60)),
  };
})()"""

FAINT = """(() => {
  const numbers = colour => (colour.match(/[0-9.]+/g) || []).map(Number);
  const light = ([red, green, blue]) => [red, green, blue]
    .map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = each => {
    const colour = numbers(getComputedStyle(each).backgroundColor);
    return colour.length === 3 || colour[3] === 1 || !each.parentElement ? colour : behind(each.parentElement);
  };
  const faint = {};
  for (const each of document.querySelectorAll('body *')) {
    if (![...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim())) continue;
    const [darker, lighter] =
      [light(numbers(getComputedStyle(each).color)), light(behind(each))].sort((one, other) => one - other);
    const contrast = (lighter + 0.05) / (darker + 0.05);
    if (contrast < 4.5) faint[each.tagName + '.' + each.className] = contrast;
  }
  return faint;
})()"""

TITLES_CUT_OFF = """(() => [...document.querySelectorAll('.lock .line')].filter(line => {
  const text = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(text, text.data.lastIndexOf(']') + 1);
  return range.getBoundingClientRect().bottom > line.getBoundingClientRect().bottom + 1;
}).map(line => line.textContent))()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as browser:
        yield browser


@pytest.fixture(scope="module", params=["en", "zh", "both"])
def preview(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("preview") / "page.html"
    language = () if request.param == "both" else ("--language", str(request.param))
    command = [sys.executable, "-m", "refresh_watch_cli", "preview", "--output", str(file), *language]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return file


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways_or_stands_beyond_the_edge(browser: Browser, preview: Path, width: int) -> None:
    page = browser.open(preview, width)
    assert page.evaluate("innerWidth") == width
    assert page.evaluate("document.querySelectorAll('.message').length") > 100
    assert page.evaluate(BEYOND_THE_EDGE) == {"scrolls": False, "beyond": []}


@pytest.mark.parametrize("dark", [False, True])
def test_all_words_stand_out_from_what_is_behind_them(browser: Browser, preview: Path, dark: bool) -> None:
    page = browser.open(preview, PHONE, dark=dark)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(21, 24, 27)" if dark else "rgb(243, 244, 246)")
    assert page.evaluate(FAINT) == {}


def test_a_phones_lock_screen_shows_what_happened_and_the_numbers(browser: Browser, preview: Path) -> None:
    assert browser.open(preview, PHONE).evaluate(TITLES_CUT_OFF) == []


def test_it_asks_nothing_of_any_network_and_complains_of_nothing(browser: Browser, preview: Path) -> None:
    page = browser.open(preview, PHONE)
    assert (page.asked, page.complained) == ([preview.as_uri()], [])


@pytest.mark.parametrize("hostile", HOSTILE)
def test_words_of_others_run_nothing_fetch_nothing_and_break_nothing(
    browser: Browser, tmp_path: Path, hostile: str
) -> None:
    long = f"{hostile}{'x' * 2000}"
    kinds = ("type", "msgtype", "msg_type", "tag", "contentType", "card_type", "event_action", "parse_mode")

    def worse(path: str, leaf: object) -> object:
        return leaf if path.rpartition(".")[2] in kinds or not isinstance(leaf, str) else f"{leaf} {long}"

    messages = [Drawn(kind, name, "en", with_leaves(body, worse)) for name, (kind, body) in EVERY.items()]
    file = tmp_path / "hostile.html"
    file.write_text(page("Hostile", "words", messages), encoding="utf-8")

    shown = browser.open(file, PHONE)

    assert (shown.asked, shown.complained) == ([file.as_uri()], [])
    assert shown.evaluate("[document.scripts.length, document.images.length, document.styleSheets.length]") == [0, 0, 1]
    assert shown.evaluate("[...document.links].filter(link => !/^(https?:|file:)/.test(link.href)).length") == 0
    assert shown.evaluate("document.querySelectorAll('.message').length") == len(EVERY)
    assert shown.evaluate(BEYOND_THE_EDGE) == {"scrolls": False, "beyond": []}
