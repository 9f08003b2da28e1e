"""The texts themselves: complete, alike and plain in both languages."""

from __future__ import annotations

import re
import string

import pytest

from refresh_watch.model import Outcome, Reason
from refresh_watch.reports.texts import TEXTS, UTC_OFFSETS
from refresh_watch.watching.reasons import REASON_KEYS


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_zone_that_is_named_is_the_one_that_is_shown(language: str) -> None:
    hours = UTC_OFFSETS[language] / 3600
    assert TEXTS[language]["moment"].endswith("UTC" if not hours else f"(UTC+{hours:.0f})")


def test_both_languages_have_every_text_with_the_same_placeholders() -> None:
    english, chinese = TEXTS["en"], TEXTS["zh"]
    assert english.keys() == chinese.keys()

    def placeholders(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, text in english.items():
        assert placeholders(text) == placeholders(chinese[key]), key
        for words in (text, chinese[key]):
            assert words == words.strip(" ") or key.endswith(".separator"), key
            assert words, key
            assert "\n" not in words, key
            assert not re.search(r"[`@<>]|://", words), key


def test_every_sentence_in_chinese_is_chinese() -> None:
    said_in_letters = ("product.", "job.none", "failure.other", "footer", "moment")
    for key, text in TEXTS["zh"].items():
        assert re.search("[\u4e00-\u9fff，：]", text) or key.startswith(said_in_letters), key
    for key, text in TEXTS["en"].items():
        assert text.isascii() or key == "footer", key


def test_there_is_a_text_for_every_word_of_the_core() -> None:
    for language in TEXTS:
        for key in REASON_KEYS:
            assert {f"failure.{key}", f"next.{key}"} <= TEXTS[language].keys()
        for reason in Reason:
            assert {f"reason.{reason}", f"next.{reason}"} <= TEXTS[language].keys()
        for outcome in Outcome:
            assert {f"title.{outcome}", f"summary.{outcome}"} <= TEXTS[language].keys()
