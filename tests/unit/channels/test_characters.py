"""Words made to fit a field that is counted in characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.formatting.fitting import characters, fitted, paragraphs
from tests.unit.reports.sample_reports import texts


def _doubled(words: str) -> str:
    return f"<{words.replace('&', '&amp;')}>"


def test_an_emoji_counts_as_two_and_a_chinese_character_as_one() -> None:
    assert characters("🔥") == 2
    assert characters("刷新") == 2


def test_words_that_fit_stay_as_they_are() -> None:
    assert fitted("abc", 3) == "abc"
    assert fitted("a&c", 9, _doubled) == "<a&amp;c>"


def test_what_does_not_fit_is_cut_off_the_words_and_not_off_the_form() -> None:
    assert fitted("abcdef", 4) == "abc…"
    assert fitted("&&&&", 13, _doubled) == "<&amp;&amp;…>"
    assert fitted("abc", 3, _doubled) == "<…>"


@given(texts, st.integers(3, 60))
def test_whatever_is_fitted_fits_and_is_cut_no_shorter_than_it_must_be(words: str, most: int) -> None:
    made = fitted(words, most, _doubled)
    assert characters(made) <= most
    assert made.startswith("<")
    assert made.endswith(">")
    if made != _doubled(words):
        kept = next(n for n in range(len(words)) if _doubled(words[:n] + "…") == made)
        assert characters(_doubled(words[: kept + 1] + "…")) > most


def test_lines_go_into_as_few_paragraphs_as_hold_them() -> None:
    assert paragraphs(["aaa", "bb", "c", "dddd"], 6) == ["aaa\nbb", "c\ndddd"]
    assert paragraphs([], 6) == []
