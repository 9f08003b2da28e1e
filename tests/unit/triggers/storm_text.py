"""Trees to text, and what can only be done to text: raw pieces that no encoder would write."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode


class Text(str):
    """Text that goes as it is: it is not encoded as JSON again."""

    __slots__ = ()


class Form(Text):
    """A body of `application/x-www-form-urlencoded`."""

    __slots__ = ()


def raw(text: str) -> str:
    """A value that stands in the JSON as `text`, unquoted."""
    RAW.append(text)
    return f"~raw{len(RAW) - 1}~"


RAW: list[str] = []
DUPLICATE = "~same~"
"""In front of a key: it is written without this, so that an object has the key twice."""

_PLACE = re.compile(r'"~raw(\d+)~"')


def dump(value: Any, indent: int | None = None) -> str:
    """A tree as JSON, with its raw pieces in place."""
    if isinstance(value, Text):
        return value
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if "~" in text:
        text = _PLACE.sub(lambda found: RAW[int(found[1])], text).replace(f'"{DUPLICATE}', '"')
    return text


def form(request: dict[str, Any]) -> Form:
    """A flat request as a form."""
    flat = {key: value for key, value in request.items() if isinstance(value, (str, int))}
    return Form(urlencode(flat, errors="replace"))
