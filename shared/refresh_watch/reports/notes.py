"""A note in a language, and as JSON.

`notes` in JSON are sentences that anyone can read. Beside them `note_keys` says which of them are texts of ours, so
that they can be said in the reader's language; a version that does not know a key shows the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from refresh_watch.model import AnyNote, Note
from refresh_watch.reports.texts import TEXTS, placeholders, text

_JSON_LANGUAGE = "en"


def note_text(note: AnyNote, language: str) -> str:
    """The note as a sentence. One that no text of ours can say shows all that is known of it."""
    if isinstance(note, str):
        return note
    if _is_known(note):
        return text(language, f"note.{note.key}", **dict(note.words))
    return ": ".join([note.key, *(value for _, value in note.words)])


def is_ours(note: AnyNote) -> bool:
    """No word of it is of others."""
    return isinstance(note, Note) and not note.words and _is_known(note)


def notes_to_json(notes: Sequence[AnyNote]) -> dict[str, Any]:
    """`notes`, and `note_keys` beside it where a note is a text of ours: as many entries, null for words of others."""
    written: dict[str, Any] = {"notes": [note_text(note, _JSON_LANGUAGE) for note in notes]}
    if any(isinstance(note, Note) for note in notes):
        written["note_keys"] = [
            {"key": note.key, "words": dict(note.words)} if isinstance(note, Note) else None for note in notes
        ]
    return written


def notes_from_json(sentences: Sequence[str], keys: Sequence[Any]) -> tuple[AnyNote, ...]:
    """What `notes_to_json` wrote. What is no text of ours stays the sentence that it is."""
    pairs = zip_longest(sentences, keys[: len(sentences)])
    return tuple(_read(key) or sentence for sentence, key in pairs)


def _read(given: Any) -> Note | None:
    if not isinstance(given, Mapping) or not isinstance(given.get("words", {}), Mapping):
        return None
    words = given.get("words", {})
    note = Note(str(given.get("key", "")), tuple((str(name), str(value)) for name, value in words.items()))
    return note if _is_known(note) else None


def _is_known(note: Note) -> bool:
    said = TEXTS[_JSON_LANGUAGE].get(f"note.{note.key}")
    return said is not None and placeholders(said) == dict(note.words).keys()
