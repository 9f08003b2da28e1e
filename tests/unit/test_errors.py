"""An error is one line that can be shown to people as it is."""

from __future__ import annotations

import pytest

from refresh_watch.errors import BadInput, Described, as_word

TOKEN = "0123456789abcdef" * 4


def test_a_field_is_shown_on_one_line_and_short_whatever_it_is() -> None:
    error = BadInput("a\nb" * 5000, Described("this key"), "product")
    assert str(error).isprintable()
    assert len(str(error)) < 150
    assert error.field.startswith("a?ba?b")
    assert len(error.field) == 80


def test_a_field_of_ours_is_shown_as_it_is() -> None:
    error = BadInput("task_ids[0]", "x", "digits")
    assert (error.field, str(error)) == ("task_ids[0]", "task_ids[0]: 'x' is not allowed; allowed: digits")


@pytest.mark.parametrize("text", ["lable", "resource_group_id", "Bad Name", "cdn.list=fast", "刷新", ""])
def test_a_word_is_shown_as_it_was_given(text: str) -> None:
    assert as_word(text) == text
    assert not isinstance(as_word(text), Described)


@pytest.mark.parametrize(
    "text",
    [
        f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}",
        f"//hooks.example.com/{TOKEN}",
        "user:passw0rd@host",
        "ACCESS_TOKEN=0123",
        TOKEN,
        f"SEC{TOKEN}",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "FakeFakeFakeFakeFakeFakeFake30",
    ],
)
def test_what_may_be_a_credential_is_described_instead(text: str) -> None:
    shown = as_word(text)
    assert isinstance(shown, Described)
    assert shown in ("a URL", f"a text of {len(text)} characters")
