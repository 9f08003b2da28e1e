"""The errors of the project. Each is one line that people can read: no secret, no traceback. Standard library only."""

from __future__ import annotations


class RefreshWatchError(Exception):
    """The parent of every error of ours."""


class Described(str):
    """A description of what was given, such as "a list", in place of the value. It is not quoted in an error."""

    __slots__ = ()


LONGEST_SHOWN = 80
LONGEST_WORD = 24
"""Our longest key has 17 characters; tokens of vendors and secrets of access keys have 30 or more."""


def as_word(text: str) -> str:
    """A name, a key or a kind as it was given; what may be a credential is described instead.

    Users swap a name and a URL, or paste a token in place of a key.
    """
    if "/" in text:
        return Described("a URL")
    if "@" in text or "access_token" in text.lower() or len(text) > LONGEST_WORD:
        return Described(f"a text of {len(text)} characters")
    return text


def path_of(*names: str | int) -> str:
    """Where a value stands in what was given: ``[3].data.messageBody``. Empty names are left out."""
    parts = (f"[{name}]" if isinstance(name, int) else name for name in names)
    return "".join(part if part.startswith("[") else f".{part}" for part in parts if part).removeprefix(".")


_NOT_ALLOWED = "{field}: {given} is not allowed; allowed: {allowed}"


class BadInput(RefreshWatchError):
    """A given value cannot be used. Names the field, what was given and what is allowed: correct the input."""

    def __init__(self, field: str, given: object, allowed: str, *, sentence: str = _NOT_ALLOWED) -> None:
        """``field`` and ``given`` are shown cut to 80 printable characters; callers never pass a secret."""
        self.field = _shown(field)
        self.given = _short(given)
        self.allowed = allowed
        self.sentence = sentence
        super().__init__(sentence.format(field=self.field, given=self.given, allowed=allowed))

    def at(self, *place: str | int) -> BadInput:
        """The same mistake, where what was read stands at a place; the whole is called `event`."""
        return self.reworded(field=path_of(*place, self.field) or "event")

    def reworded(self, *, field: str | None = None, allowed: str | None = None) -> BadInput:
        """The same mistake, where the field has another name or what is allowed has other words."""
        return BadInput(
            self.field if field is None else field,
            Described(self.given),
            self.allowed if allowed is None else allowed,
            sentence=self.sentence,
        )


def missing(field: str, allowed: str) -> BadInput:
    """A field that has to be given, and is not."""
    return BadInput(field, Described("nothing"), allowed, sentence="{field} is missing; allowed: {allowed}")


def only_one_of(field: str, *alternatives: str) -> BadInput:
    """More than one of several fields was given; `field` is one of them."""
    return BadInput(field, Described("both"), ", ".join(alternatives), sentence="{field}: give only one of {allowed}")


def wrong_type(field: str, given: object, allowed: str) -> BadInput:
    """A value of another type than `allowed`, which follows "must be": "a string"."""
    return BadInput(field, type_of(given), allowed, sentence="{field}: must be {allowed} ({given} was given)")


def type_of(given: object) -> str:
    """What kind of value it is, in the words of JSON."""
    words = {dict: "an object", list: "a list", tuple: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return Described("a number")
    return Described(words.get(type(given), f"a value of type {type(given).__name__}"))


class Retryable(RefreshWatchError):
    """A product's API gave no usable answer: throttled, busy, unreachable, or a 200 of the wrong shape. Retry later."""

    def __init__(self, reason: str, *, code: str = "", throttled: bool = False, after: float | None = None) -> None:
        """``after``: the seconds that the server asked us to wait, if it did."""
        self.reason = reason
        self.code = code
        self.throttled = throttled
        self.after = after
        super().__init__(reason)


class EngineError(RefreshWatchError):
    """Function Compute did not do what we asked; the invocation has to fail so that it is retried."""

    def __init__(self, text: str, *, status: int | None = None, code: str = "") -> None:
        """`status` and `code`: of its HTTP answer; None and empty where there was none."""
        self.status = status
        self.code = code
        super().__init__(text)


class NoSuchWatch(RefreshWatchError):
    """No watch of that id is known to Function Compute (it keeps tasks for 7 days)."""


class Undelivered(RefreshWatchError):
    """A delivery was abandoned; its task has the status Failed, by which `replay` finds it."""


class NoCredentials(RefreshWatchError):
    """No Alibaba Cloud credentials were found anywhere in the chain."""


def _shown(text: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def _short(given: object) -> str:
    text = _shown(given if isinstance(given, str) else repr(given))
    return f"'{text}'" if isinstance(given, str) and not isinstance(given, Described) else text
