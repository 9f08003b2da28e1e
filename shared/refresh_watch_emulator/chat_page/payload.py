"""Reading a payload that may be any JSON: nothing here raises, and nothing is dropped unseen."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection
from typing import Any

from jinja2 import Undefined

_UNSHOWN = ("Cc", "Cs")
_KEPT = "\n\t"


def showable(value: Any) -> Any:
    """The same JSON without what no page can hold: a control character or half a surrogate becomes a replacement sign,
    so that the reader sees that something was there."""
    if isinstance(value, dict):
        return {showable(str(key)): showable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [showable(each) for each in value]
    if not isinstance(value, str):
        return value
    return "".join("\ufffd" if unicodedata.category(c) in _UNSHOWN and c not in _KEPT else c for c in value)


def text_of(value: Any) -> str:
    """A text as it is, empty for what is missing, any other value as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, Undefined) else as_json(value)


def items(value: Any) -> list[Any]:
    """A list as it is; empty for anything else."""
    return value if isinstance(value, list) else []


def without(value: Any, known: Collection[str]) -> dict[str, Any]:
    """The keys of an object that are not among ``known``."""
    return {key: each for key, each in value.items() if key not in known} if isinstance(value, dict) else {}


def part(value: Any, key: str) -> Any:
    """What stands under a key of an object; None where there is nothing."""
    return value.get(key) if isinstance(value, dict) else None


def as_json(value: Any) -> str:
    """JSON as people read it."""
    return json.dumps(value, ensure_ascii=False, indent=2)
