"""What an event comes to, item by item: a watch that is wanted, a refusal, or nothing for us."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from shared.model import WatchRequest


@dataclass(frozen=True)
class Wanted:
    """A watch to start. `at_once`: something says that it has ended already, so the first look does not wait."""

    request: WatchRequest
    at_once: bool = False


@dataclass(frozen=True)
class Rejected:
    """An item that cannot be accepted. `digest` names it, so that people are told of it once."""

    problem: str
    digest: str
    product: str = ""
    label: str = ""


@dataclass(frozen=True)
class Ignored:
    """An item that is as it should be and asks for no watch, such as a submission that failed."""

    reason: str


Taken = Wanted | Rejected | Ignored


def digest_of(item: Any) -> str:
    """A name for an item that is the same each time it arrives."""
    text = item if isinstance(item, bytes) else json.dumps(item, sort_keys=True).encode()
    return hashlib.sha256(text).hexdigest()[:16]
