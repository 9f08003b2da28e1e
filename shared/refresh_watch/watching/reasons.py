"""Why objects failed, by the API's words: the key of each reason, and how many objects failed for it.

Descriptions come in spellings with and without spaces (`Origin Timeout`, `OriginTimeout`: the four documents differ);
a status that is a reason itself (Timeout, Canceled) counts where the description is not known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from refresh_watch.model import FailedObject, Status

OTHER = "other"
"""The API's words are not known."""

# append only: the payload of a hop that waits holds the position of each (hop_payload.py)
REASON_KEYS = ("origin_timeout", "origin_5xx", "internal_error", "timeout", "canceled", OTHER, "no_reason")

_KNOWN = {"origintimeout": "origin_timeout", "internalerror": "internal_error"}
_ORIGIN_5XX = re.compile(r"originreturnstatuscode5(xx|\d\d)")


def failure_reason_of(failed: FailedObject) -> str:
    """One of REASON_KEYS."""
    letters = re.sub(r"[^a-z0-9]", "", failed.description.lower())
    if letters in _KNOWN:
        return _KNOWN[letters]
    if _ORIGIN_5XX.fullmatch(letters):
        return "origin_5xx"
    status = Status.of(failed.status)
    if status in (Status.TIMEOUT, Status.CANCELED):
        return str(status.value).lower()
    return OTHER if failed.description.strip() else "no_reason"


def tally(failures: Iterable[FailedObject]) -> tuple[tuple[str, int], ...]:
    """How many failed for each reason, the most frequent first."""
    return tuple(Counter(failure_reason_of(failed) for failed in failures).most_common())
