"""Labels for jobs of events that name none: who submitted which objects, in a few words for a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from refresh_watch.errors import Described

LONGEST_OBJECT = 50
LONGEST_USER_NAME = 29
"""One less than the shortest token has (`errors.as_word`)."""

LONGEST_SERVICE_WORD = 60


def label_of(paths: Sequence[str], user: str = "", otherwise: str = "") -> str:
    """``alice: example.com/a.txt +2``: the first object, and how many more; without objects `otherwise`.

    A query is left out: it may hold the signature of a URL. The same job by the same person has the same label, so that
    PagerDuty can resolve the failure before it.
    """
    what = re.sub(r"^[A-Za-z]+://|[?#].*$", "", paths[0]) if paths else otherwise
    more = f" +{len(paths) - 1}" if len(paths) > 1 else ""
    return ": ".join(part for part in (_cut(user, LONGEST_USER_NAME), _cut(what, LONGEST_OBJECT) + more) if part)


def service_word(value: object) -> str:
    """A name that a service gave: `RefreshObjectCaches`, `oss:ObjectCreated:PutObject`. A text of another form may be a
    credential that was put there by mistake: it is described instead."""
    if value is None or value == "":
        return Described("nothing")
    if not isinstance(value, str):
        return Described("no text")
    is_name = re.fullmatch(r"[A-Za-z]+([.:][A-Za-z]+)*", value) is not None and len(value) <= LONGEST_SERVICE_WORD
    return value if is_name else Described(f"a text of {len(value)} characters")


def _cut(text: str, at_most: int) -> str:
    """The text on one line; of a longer one both ends, which hold the host and the file."""
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= at_most else f"{text[: at_most // 2]}…{text[1 - (at_most + 1) // 2 :]}"
