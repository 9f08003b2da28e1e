"""What may be started because of an event, and what a refusal has to be, judged by the event alone.

The reader here knows nothing of kinds of events. It opens whatever can be opened (JSON in text, base64, forms) and
notes what stands under the keys that name tasks, paths and products. A start of anything else came from nowhere.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.unit.triggers.storm_grammar import SUBMIT_KEYS, TRAILED, Wish
from tests.unit.triggers.storm_pieces import MARK

ID_KEYS = frozenset({"task_ids", "taskId", *SUBMIT_KEYS})
PATH_KEYS = frozenset({"object_paths", "ObjectPath"})
LONGEST_REFUSAL = 400
REFUSAL = re.compile(
    r"(\[\d+\]\.?)*.+?(: .+ is not allowed; allowed: | is missing; allowed: |: must be |: give only one of ).+"
)


@dataclass
class Found:
    """All that an event names, wherever it stands."""

    ids: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    products: set[str] = field(default_factory=set)

    def has(self, wish: Wish) -> bool:
        """This product and this id or path."""
        product, item = wish
        # the rows of the API have a scheme, and what was submitted may have none
        named = item in self.ids or item in self.paths or item.removeprefix("http://") in self.paths
        return named and product in self.products


def read_everything(data: bytes) -> Found:
    """Open all of an event."""
    found = Found()
    rest: list[Any] = [data]
    while rest:
        one = rest.pop()
        if isinstance(one, dict):
            for key, value in one.items():
                _note(found, key, value)
                rest.append(value)
        elif isinstance(one, list):
            rest += one
        elif isinstance(one, (bytes, str)):
            rest += _opened(one)
    return found


def _note(found: Found, key: str, value: Any) -> None:
    if key in ID_KEYS:
        found.ids |= {word for word in _words(value) if re.fullmatch(r"[0-9]{1,20}", word)}
    elif key in PATH_KEYS:
        found.paths |= {line for text in _texts(value) for line in (text, *map(str.strip, text.splitlines()))}
    elif key == "product" and isinstance(value, str):
        found.products.add(value)
    elif key == "eventName" and isinstance(value, str):
        found.products |= (
            {TRAILED[value][0]} if value in TRAILED else {"cdn"} if value.startswith("CachedObj") else set()
        )


def _words(value: Any) -> list[str]:
    whole = [one for one in _list(value) if isinstance(one, (str, int)) and not isinstance(one, bool)]
    return [word.strip() for one in whole for word in str(one).split(",")]


def _texts(value: Any) -> list[str]:
    """Texts, and those of a list that is itself text."""
    texts = [one for one in _list(value) if isinstance(one, str)]
    lists = [inner for one in texts if one.lstrip().startswith("[") for inner in _opened(one)]
    return texts + [one for inner in lists for one in _list(inner) if isinstance(one, str)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # what stands twice is named by neither
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        twice = {key for key, _ in pairs if key in seen or seen.add(key)}  # type: ignore[func-returns-value]
        return {key: value for key, value in members.items() if key not in twice}
    return members


def _opened(text: bytes | str) -> list[Any]:
    if isinstance(text, str):
        text = text.lstrip("\ufeff")
        if text.strip()[:1] not in ("{", "[", '"'):
            return _others(text)
    try:
        return [json.loads(text, object_pairs_hook=_once)]
    except (ValueError, RecursionError):
        return _others(text)


def _others(text: bytes | str) -> list[Any]:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    try:
        return [base64.b64decode("".join(text.split()), validate=True)] if len(text) >= 8 else []
    except ValueError:
        fields = parse_qs(text) if "=" in text else {}
        return [{key: values[0] if len(values) == 1 else values for key, values in fields.items()}]


def wishes_of(hop: bytes) -> set[Wish]:
    """What the payload of a watch's hop watches."""
    given = json.loads(hop)
    if "packed" in given:
        given = json.loads(zlib.decompress(base64.b64decode(given["packed"])))
    request = given["watch"]["request"]
    items = [*request.get("object_paths", []), *filter(None, request.get("task_ids", "").split(","))]
    return {(request["product"], item) for item in items}


def wrong_in_refusal(text: str) -> str:
    """What is wrong with a refusal; nothing, when it is one line of bounded length with field and reason."""
    if not text.isprintable():
        return f"a refusal of more than one printable line: {text!r}"
    if len(text) > LONGEST_REFUSAL:
        return f"a refusal of {len(text)} characters: {text}"
    if REFUSAL.fullmatch(text) is None:
        return f"a refusal without field or reason: {text}"
    return ""


def leaks(text: str) -> bool:
    """A planted secret came out."""
    return MARK in text
