"""What holds for the drawing of every chat's payloads, whatever stands in them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch_emulator.chat_page.page import draw
from tests.unit.chat_page.hostile import HOSTILE, with_leaves
from tests.unit.chat_page.payloads import EVERY, LINK, SAMPLE, TITLE
from tests.unit.chat_page.reading import Reading, read
from tests.unit.reports.sample_reports import FEW

KINDS = sorted({kind for kind, _ in EVERY.values()})
TAGS = {"div", "p", "span", "b", "i", "a", "br", "hr", "ul", "li", "dl", "dt", "dd", "pre", "code", "blockquote"} | {
    "strong",
    "em",
    "s",
    "u",
}
ATTRIBUTES = {"class", "href", "title", "rel", "style"}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(HOSTILE)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


def harmless(markup: str) -> Reading:
    """Fails for any element or attribute that the page does not make itself, and for any address but a web page's."""
    reading = read(markup)
    assert reading.tags <= TAGS
    for element in reading.elements:
        assert element.attributes.keys() <= ATTRIBUTES
        assert re.fullmatch(r"[a-z0-9 -]*", element.attributes.get("class", ""))
        assert re.fullmatch(r"(--bar:#([0-9a-fA-F]{3}){1,2})?", element.attributes.get("style", ""))
    assert all(re.match("https?://", link, re.IGNORECASE) for link in reading.links)
    markup.encode()  # nothing that UTF-8 cannot carry
    return reading


def places(value: Any) -> Iterator[str]:
    """The path of each leaf."""
    found: list[str] = []
    with_leaves(value, lambda path, leaf: found.append(path))
    yield from found


@pytest.mark.parametrize("name", EVERY)
def test_the_reader_sees_title_numbers_sample_and_link_and_nothing_is_left_undrawn(name: str) -> None:
    kind, body = EVERY[name]
    reading = harmless(draw(kind, body))
    assert reading.of("raw") == []
    whole = json.dumps(body, ensure_ascii=False)
    for words in (TITLE, SAMPLE, "event f-1"):
        assert words not in whole or words in reading.words
    assert re.search(r"\b3\b.*\b120\b|120.*\b3\b", reading.words, re.DOTALL)
    assert kind == "webhook" or LINK not in whole or LINK in reading.links


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_in_any_place_of_a_payload_stay_words(name: str, hostile: str) -> None:
    kind, body = EVERY[name]
    for place in places(body):
        harmless(draw(kind, with_leaves(body, lambda path, leaf, place=place: hostile if path == place else leaf)))
        added = with_leaves(body, lambda path, leaf, place=place: f"{leaf} {hostile}" if path == place else leaf)
        harmless(draw(kind, added))


@pytest.mark.parametrize("name", EVERY)
def test_a_key_that_is_not_known_is_shown_raw_wherever_it_stands(name: str) -> None:
    kind, body = EVERY[name]
    if kind == "webhook":
        return
    top = draw(kind, {**copy.deepcopy(body), "brand_new": {"words": "never seen <b>"}})
    (raw,) = harmless(top).of("raw")
    assert "brand_new" in raw
    assert "never seen <b>" in raw


@FEW
@given(st.sampled_from(KINDS), st.dictionaries(st.text(max_size=9), json_values, max_size=5))
def test_any_json_is_drawn_somehow(kind: str, body: dict[str, Any]) -> None:
    harmless(draw(kind, body))


@FEW
@given(st.sampled_from(sorted(EVERY)), st.integers(0, 60), json_values)
def test_any_json_in_any_place_of_a_payload_is_drawn_somehow(name: str, place: int, value: Any) -> None:
    kind, body = EVERY[name]
    paths = list(places(body))
    chosen = paths[place % len(paths)]
    harmless(draw(kind, with_leaves(body, lambda path, leaf: value if path == chosen else leaf)))


def test_a_chat_without_a_file_of_its_own_is_shown_raw() -> None:
    (raw,) = harmless(draw("pigeon", {"words": TITLE})).of("raw")
    assert TITLE in raw


@pytest.mark.parametrize("kind", ["page", "marks", "parts", "style", "unknown", "../x", ""])
def test_a_file_of_this_room_that_is_no_chat_is_none(kind: str) -> None:
    assert read(draw(kind, {"words": TITLE})).of("raw") != []


@pytest.mark.parametrize("name", EVERY)
def test_what_is_secret_in_a_payload_is_not_drawn(name: str) -> None:
    kind, body = EVERY[name]
    for drawn in (draw(kind, body), draw(kind, {**body, "msg_type": "new", "msgtype": "new", "event_action": "new"})):
        assert "fakeroutingkey" not in drawn
        assert "fake-signature" not in drawn
