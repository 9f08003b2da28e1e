"""A note in a language, and as JSON.

`notes` in JSON are English sentences. `note_keys` says which of them are texts of ours, so that a message can show them
in the reader's language; a version that does not know a key shows the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from refresh_watch.model import AnyNote, Note
from refresh_watch.reports.texts import TEXTS, placeholders, text

_JSON_LANGUAGE = "en"


def note_text(note: AnyNote, language: str) -> str:
    """The note as a sentence. A note with an unknown key shows its key and its words."""
    if isinstance(note, str):
        return note
    if _is_known(note):
        return text(language, f"note.{note.key}", **dict(note.words))
    return ": ".join([note.key, *(value for _, value in note.words)])


def is_ours(note: AnyNote) -> bool:
    """It consists of our own words only."""
    return isinstance(note, Note) and not note.words and _is_known(note)


def notes_to_json(notes: Sequence[AnyNote]) -> dict[str, Any]:
    """`notes`; and where a note is a text of ours, `note_keys` with as many entries, null for the others."""
    written: dict[str, Any] = {"notes": [note_text(note, _JSON_LANGUAGE) for note in notes]}
    if any(isinstance(note, Note) for note in notes):
        written["note_keys"] = [
            {"key": note.key, "words": dict(note.words)} if isinstance(note, Note) else None for note in notes
        ]
    return written


def notes_from_json(sentences: Sequence[str], keys: Sequence[Any]) -> tuple[AnyNote, ...]:
    """What `notes_to_json` wrote. A note that is not a text of ours stays a sentence."""
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
