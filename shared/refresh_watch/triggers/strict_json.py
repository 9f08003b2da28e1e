"""JSON as it has to be: nothing twice, no number without a value, no nesting that would break what reads it later.

Python's own reader keeps the last of two equal keys and takes NaN: a request that says two things is refused instead.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from refresh_watch.errors import BadInput, Described, as_word, missing

DEEPEST = 32
"""Levels of nesting. The deepest of the services' own events, a trail record in a queue, has fewer than ten."""

MOST_DIGITS = 300
"""Of a whole number: more are no number that anybody means, and Python refuses to write thousands of them."""

JSON_ALLOWED = "JSON: a watch request or a list of them"


@dataclass(frozen=True)
class _Fault:
    """Stands in the decoded value for what may not be there, until its place is known."""

    given: str
    allowed: str
    key: str = ""


_TOO_DEEP = _Fault("JSON nested too deep", f"at most {DEEPEST} levels")


class _Found(Exception):
    def __init__(self, fault: _Fault) -> None:
        self.fault = fault
        self.place: list[str | int] = []


def read_json(text: bytes | str, place: str = "") -> Any:
    """Decode JSON that came at `place` of an event. Raises BadInput, whose field is the place of what is wrong."""
    field = place or "event"
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=lambda word: _Fault(word, "a number"),
            parse_int=_whole_number,
            parse_float=_number,
        )
    except UnicodeDecodeError:
        raise BadInput(field, Described("bytes that are not UTF-8"), JSON_ALLOWED) from None
    except ValueError as error:
        where = f" (line {error.lineno} column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        if not text.strip():
            raise missing(field, JSON_ALLOWED) from None
        raise BadInput(field, Described(f"text that is not JSON{where}"), JSON_ALLOWED) from None
    except RecursionError:
        raise _too_deep(field) from None
    try:
        _check(value, 0)
    except _Found as found:
        if found.fault is _TOO_DEEP:
            raise _too_deep(field) from None  # where all that nesting leads is of no interest
        names = "".join(f"[{name}]" if isinstance(name, int) else f".{as_word(name)}" for name in reversed(found.place))
        at = (place + names).removeprefix(".") or "event"
        raise BadInput(at, Described(found.fault.given), found.fault.allowed) from None
    return value


def read_message(value: Any, place: str) -> Any:
    """What a message carries: an object or a list as it is; of a text its JSON, or the JSON that it is in base64.

    Raises BadInput.
    """
    if value is None:
        raise missing(place, f"{JSON_ALLOWED}, as text, in base64 or as it is")
    if not isinstance(value, str):
        return value
    try:
        return read_json(value, place)
    except BadInput as error:
        decoded = _from_base64(value)
        # text that is not base64 is wrong as JSON; and so is JSON that says something twice
        if decoded is None:
            raise
        try:
            return read_json(decoded, place)
        except BadInput as inner:
            # four letters of plain text are base64 too: what that hides is then of no interest
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


def _check(value: Any, depth: int) -> None:
    """Raise _Found for the first fault of a value, and for what is nested too deep."""
    if isinstance(value, _Fault):
        found = _Found(value)
        if value.key:
            found.place.append(value.key)
        raise found
    if depth > DEEPEST:
        raise _Found(_TOO_DEEP)
    for name, inner in _members(value):
        if isinstance(inner, (dict, list, _Fault)):
            try:
                _check(inner, depth + 1)
            except _Found as found:
                found.place.append(name)
                raise


def _members(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _too_deep(field: str) -> BadInput:
    return BadInput(field, Described(_TOO_DEEP.given), _TOO_DEEP.allowed)
