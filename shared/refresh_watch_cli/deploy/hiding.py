"""What Serverless Devs prints, without the secrets: it shows every function's environment, and how that has changed.

Otherwise a pipeline's log would hold the URLs of chats, those of the previous deployment too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

HIDDEN = "***"
SHORTEST = 6
"""Characters of a secret that is looked for: a shorter one may be a part of any word."""

_URL = re.compile(r"""(https?://[^/?\s"'\\]+[/?])[^\s"'\\]+""")
_UNFINISHED = re.compile(r"""(?:\bsecret\\*"\s*:\s*)?\S*\Z""")
_SECRET = re.compile(r"""(\bsecret\\*"\s*:\s*\\*")[^"\\]+""")


def without_secrets(pieces: Iterable[str], secrets: Iterable[str]) -> Iterator[str]:
    """The same text as it comes: of URLs the host alone, and nothing of `secrets`. A word waits for its end."""
    known = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)
    waiting = ""
    for piece in pieces:
        text = waiting + piece
        end = len(text) - len(_UNFINISHED.search(text)[0])  # type: ignore[index]  # it matches everywhere
        waiting = text[end:]
        yield _hidden(text[:end], known)
    yield _hidden(waiting, known)


def _hidden(text: str, known: Iterable[str]) -> str:
    for secret in known:
        text = text.replace(secret, HIDDEN)
    return _SECRET.sub(rf"\g<1>{HIDDEN}", _URL.sub(rf"\g<1>{HIDDEN}", text))
