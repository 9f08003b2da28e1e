"""JSON that means one thing: no key twice, no number without a value, no nesting that later readers cannot follow.

Python's own reader keeps the last of two equal keys and takes NaN: a request that says two things is refused instead.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from refresh_watch.errors import BadInput, Described, as_word, missing, path_of

DEEPEST = 32
"""Levels of nesting. The deepest event of the services, a trail record in a queue, has fewer than ten."""

MOST_DIGITS = 300
"""Of a whole number: no id or time has so many, and Python refuses to write thousands of them."""

JSON_ALLOWED = "JSON: a watch request or a list of them"


@dataclass(frozen=True)
class _Fault:
    """Stands in the decoded value for what is not allowed, until its place is known."""

    given: str
    allowed: str
    key: str = ""


def read_json(text: bytes | str, field: str = "") -> Any:
    """Decode the JSON of a field. Raises BadInput, whose field is the place of the mistake."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=lambda word: _Fault(word, "a number"),
            parse_int=_whole_number,
            parse_float=_number,
        )
        error = _first_error(value, field, 0)
    except UnicodeDecodeError:
        raise BadInput(field, Described("bytes that are not UTF-8"), JSON_ALLOWED) from None
    except ValueError as invalid:
        if not text.strip():
            raise missing(field, JSON_ALLOWED) from None
        line = f" (line {invalid.lineno} column {invalid.colno})" if isinstance(invalid, json.JSONDecodeError) else ""
        raise BadInput(field, Described(f"text that is not JSON{line}"), JSON_ALLOWED) from None
    except RecursionError:
        raise BadInput(field, Described("JSON nested too deep"), f"at most {DEEPEST} levels") from None
    if error is not None:
        raise error
    return value


def read_message(value: Any, field: str) -> Any:
    """What a message carries: an object or a list as it is; of a text its JSON, or the JSON that it is in base64.

    Raises BadInput.
    """
    if value is None:
        raise missing(field, f"{JSON_ALLOWED}, as text, in base64 or as it is")
    if not isinstance(value, str):
        return value
    try:
        return read_json(value, field)
    except BadInput as error:
        decoded = _from_base64(value)
        # text that is not base64 is refused as JSON; so is JSON that says a thing twice
        if decoded is None:
            raise
        try:
            return read_json(decoded, field)
        except BadInput as inner:
            # four letters of plain text are base64 too: then only the first error says something
            raise (error if "not JSON" in inner.given or "not UTF-8" in inner.given else inner) from None


def _from_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _object(pairs: list[tuple[str, Any]]) -> Any:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return _Fault("given twice", "each key once", key)
        seen.add(key)
    return members


def _whole_number(digits: str) -> Any:
    return int(digits) if len(digits) <= MOST_DIGITS else _Fault(f"a number of {len(digits)} digits", "a number")


def _number(digits: str) -> Any:
    number = float(digits)
    return number if math.isfinite(number) else _Fault("a number without bounds", "a number")


def _first_error(value: Any, place: str, depth: int) -> BadInput | None:
    """The first fault in a value, with its place. Raises RecursionError for more than DEEPEST levels."""
    if isinstance(value, _Fault):
        return BadInput(path_of(place, as_word(value.key)), Described(value.given), value.allowed)
    if depth > DEEPEST:
        raise RecursionError
    members: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, (dict, list)):
        members = value.items() if isinstance(value, dict) else enumerate(value)
    inside = ((name, inner) for name, inner in members if isinstance(inner, (dict, list, _Fault)))
    for name, inner in inside:
        error = _first_error(inner, path_of(place, name if isinstance(name, int) else as_word(name)), depth + 1)
        if error is not None:
            return error
    return None
