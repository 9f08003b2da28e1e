"""The texts by language and key: all that a message says is in `texts_en` and `texts_zh`."""

from __future__ import annotations

import string

from refresh_watch.model import AnyNote, Note
from refresh_watch.reports import texts_en, texts_zh

TEXTS = {"en": texts_en.TEXTS, "zh": texts_zh.TEXTS}
JSON_LANGUAGE = "en"
UTC_OFFSETS = {"en": texts_en.UTC_OFFSET, "zh": texts_zh.UTC_OFFSET}


def text(language: str, key: str, **values: object) -> str:
    """The text of that key, its placeholders filled. `language` is one of `settings.LANGUAGES`."""
    return TEXTS[language][key].format(**values)


def placeholders(words: str) -> set[str]:
    """The names of a text's placeholders."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def note_text(note: AnyNote, language: str) -> str:
    """The note as a sentence. A note with an unknown key shows its key and its words."""
    if isinstance(note, str):
        return note
    if is_known(note):
        return text(language, f"note.{note.key}", **dict(note.words))
    return ": ".join([note.key, *(value for _, value in note.words)])


def is_ours(note: AnyNote) -> bool:
    """It consists of our own words only."""
    return isinstance(note, Note) and not note.words and is_known(note)


def is_known(note: Note) -> bool:
    """It is one of our texts, with the words that it needs."""
    said = TEXTS[JSON_LANGUAGE].get(f"note.{note.key}")
    return said is not None and placeholders(said) == dict(note.words).keys()
