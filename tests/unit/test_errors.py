"""An error is one line that can be shown to people as it is."""

from __future__ import annotations

import pytest

from refresh_watch.errors import BadInput, Described, as_word, missing, only_one_of, wrong_type

TOKEN = "0123456789abcdef" * 4


def test_a_field_is_shown_on_one_line_and_short() -> None:
    error = BadInput("a\nb" * 5000, Described("this key"), "product")
    assert str(error).isprintable()
    assert len(str(error)) < 150
    assert error.field.startswith("a?ba?b")
    assert len(error.field) == 80


def test_a_field_of_ours_is_shown_as_it_is() -> None:
    error = BadInput("task_ids[0]", "x", "digits")
    assert (error.field, str(error)) == ("task_ids[0]", "task_ids[0]: 'x' is not allowed; allowed: digits")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (missing("product", "cdn, vod"), "product is missing; allowed: cdn, vod"),
        (only_one_of("task_ids", "task_ids", "object_paths"), "task_ids: give only one of task_ids, object_paths"),
        (wrong_type("label", ["x"], "a string"), "label: must be a string (a list was given)"),
        (wrong_type("label", {}, "a string"), "label: must be a string (an object was given)"),
        (wrong_type("label", None, "a string"), "label: must be a string (null was given)"),
        (wrong_type("label", True, "a string"), "label: must be a string (a boolean was given)"),
        (wrong_type("label", 1.5, "a string"), "label: must be a string (a number was given)"),
        (wrong_type("label", b"x", "a string"), "label: must be a string (a value of type bytes was given)"),
    ],
)
def test_each_mistake_has_its_own_sentence_and_keeps_it_when_the_field_gets_another_name(
    error: BadInput, line: str
) -> None:
    assert str(error) == line
    moved = error.reworded(field=f"[3].{error.field}")
    assert str(moved) == f"[3].{line}"
    assert (moved.given, moved.allowed) == (error.given, error.allowed)


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
