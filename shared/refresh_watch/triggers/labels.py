"""What people know a job by, where an event names none: who submitted which objects, in a few words for a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from refresh_watch.errors import Described

LONGEST_OBJECT = 50
LONGEST_USER_NAME = 29
"""One less than the shortest token has (`errors.as_word`)."""

LONGEST_SERVICE_WORD = 60


def label_of(paths: Sequence[str], who: str = "", otherwise: str = "") -> str:
    """``alice: example.com/a.txt +2``: the first object, and how many more; without objects what else there is.

    A query is left out: it may hold the signature of a URL. The same job by the same person has the same label, which
    is what ties a success to the failure before it (PagerDuty).
    """
    what = re.sub(r"^[A-Za-z]+://|[?#].*$", "", paths[0]) if paths else otherwise
    more = f" +{len(paths) - 1}" if len(paths) > 1 else ""
    return ": ".join(part for part in (_cut(who, LONGEST_USER_NAME), _cut(what, LONGEST_OBJECT) + more) if part)


def service_word(value: object) -> str:
    """A name that a service gave: `RefreshObjectCaches`, `oss:ObjectCreated:PutObject`. What has another form may be
    anything that was put there by mistake, a credential too, and is described instead."""
    if value is None or value == "":
        return Described("nothing")
    if not isinstance(value, str):
        return Described("no text")
    named = re.fullmatch(r"[A-Za-z]+([.:][A-Za-z]+)*", value) is not None and len(value) <= LONGEST_SERVICE_WORD
    return value if named else Described(f"a text of {len(value)} characters")


def _cut(text: str, at_most: int) -> str:
    """The text on one line; of a longer one its two ends, which say the host and the file."""
    text = _printable(text)
    return text if len(text) <= at_most else f"{text[: at_most // 2]}…{text[1 - (at_most + 1) // 2 :]}"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
