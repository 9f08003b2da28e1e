"""What can go wrong, and what each error asks of whoever catches it. Standard library only.

Every error says one of three things: ask again, give up, or tell people. Its text is one line that can be shown to
people as it is: no secret, no traceback.
"""

from __future__ import annotations

import enum


class Advice(enum.Enum):
    """What the error asks of whoever catches it."""

    ASK_AGAIN = "ask again"
    GIVE_UP = "give up"
    TELL_PEOPLE = "tell people"


class RefreshWatchError(Exception):
    """The parent of every error of ours."""

    advice: Advice = Advice.GIVE_UP


class Described(str):
    """What was given, in our words instead of its own: "nothing", "a list". Stands unquoted in an error."""

    __slots__ = ()


LONGEST_SHOWN = 80
LONGEST_WORD = 24
"""Our longest key has 17 characters; every vendor's token and every access key's secret has 30 or more."""


def as_word(text: str) -> str:
    """A name, a key or a kind, to be shown as it was given; what may be a credential is described instead.

    People swap a name and a URL, or paste a token where a key is meant.
    """
    if "/" in text:
        return Described("a URL")
    if "@" in text or "access_token" in text.lower() or len(text) > LONGEST_WORD:
        return Described(f"a text of {len(text)} characters")
    return text


class BadInput(RefreshWatchError):
    """A value that we were given cannot be used. Names the field, what was given and what is allowed."""

    advice = Advice.TELL_PEOPLE

    def __init__(self, field: str, given: object, allowed: str) -> None:
        """``field`` and ``given`` are shown cut to 80 printable characters; callers never pass a secret."""
        self.field = _shown(field)
        self.given = _short(given)
        self.allowed = allowed
        super().__init__(f"{self.field}: {self.given} is not allowed; allowed: {allowed}")


class AskAgain(RefreshWatchError):
    """A product's API gave no usable answer this time: throttled, busy, unreachable, or a 200 of the wrong shape."""

    advice = Advice.ASK_AGAIN

    def __init__(self, reason: str, *, code: str = "", throttled: bool = False, after: float | None = None) -> None:
        """``after``: seconds the server told us to wait, if it did."""
        self.reason = reason
        self.code = code
        self.throttled = throttled
        self.after = after
        super().__init__(reason)


class EngineError(RefreshWatchError):
    """Function Compute did not do what we asked; the invocation has to fail so that it is run again."""

    advice = Advice.ASK_AGAIN

    def __init__(self, text: str, *, status: int | None = None, code: str = "") -> None:
        """`status` and `code`: of its HTTP answer; None and empty where there was none."""
        self.status = status
        self.code = code
        super().__init__(text)


class NoSuchWatch(RefreshWatchError):
    """No watch of that id is known to Function Compute (it keeps tasks for 7 days)."""

    advice = Advice.TELL_PEOPLE


class Undelivered(RefreshWatchError):
    """A delivery was given up; its task reads Failed, and that is how `replay` finds it."""

    advice = Advice.TELL_PEOPLE


class NoCredentials(RefreshWatchError):
    """No Alibaba Cloud credentials were found anywhere in the chain."""

    advice = Advice.TELL_PEOPLE


def _shown(text: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def _short(given: object) -> str:
    text = _shown(given if isinstance(given, str) else repr(given))
    return f"'{text}'" if isinstance(given, str) and not isinstance(given, Described) else text
