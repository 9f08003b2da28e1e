"""Facts about Function Compute that its documents leave open, as switches: tests run in each position.

They are listed, with how to check them, in docs/open-facts.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from refresh_watch.errors import BadInput
from refresh_watch.instants import Seconds
from refresh_watch.model import Word


class Duplicate(Word):
    """How a task id that is known already is refused (the error code of 3.0 is unknown)."""

    CONFLICT = "409"
    """409, a 3.0 body, and a code that says nothing."""
    BAD_REQUEST = "400"
    """400, a 3.0 body, code StatefulAsyncInvocationAlreadyExists."""
    OLD_BODY = "2.0"
    """409 and a body of the 2.0 form: ``{"ErrorCode", "ErrorMessage"}``."""


class ApiEvent(Word):
    """What a function with an HTTP trigger is given when it is invoked through the API."""

    PLAIN = "plain"
    HTTP_SHAPED = "http-shaped"
    """The HTTP event: the payload in ``body``, the caller's headers with Authorization among them."""


@dataclass(frozen=True)
class EngineSwitches:
    """One position for each open fact. The defaults are what the documents make most likely."""

    duplicate: Duplicate = Duplicate.CONFLICT
    api_event: ApiEvent = ApiEvent.PLAIN
    delay_counts_to_age: bool = True
    """Whether the delay of an invocation uses up its maximum age."""
    run_twice: bool = False
    """Every task is delivered a second time after its handler has ended, as if the acknowledgement had been lost."""
    retry_interval: Seconds = 1.0
    """Between a failed attempt and the next."""
    list_payloads: bool = True
    """False: a list of tasks holds no payloads even when they are asked for."""
    list_lag: Seconds = 0.0
    """A list of tasks shows them as they were that long ago."""


def read_switches(texts: Sequence[str]) -> EngineSwitches:
    """Read switches from texts such as ``duplicate=400`` or ``run_twice=true``. Raises BadInput."""
    changes: dict[str, object] = {}
    defaults = EngineSwitches()
    for text in texts:
        name, _, value = text.partition("=")
        default = getattr(defaults, name, None) if name in _NAMES else None
        if default is None:
            raise BadInput("switch", name, ", ".join(_NAMES))
        changes[name] = _value(name, value, default)
    return replace(defaults, **changes)  # type: ignore[arg-type]


_NAMES = tuple(field.name for field in fields(EngineSwitches))


def _value(name: str, text: str, default: object) -> object:
    if isinstance(default, bool):
        if text not in ("true", "false"):
            raise BadInput(f"switch {name}", text, "true, false")
        return text == "true"
    try:
        return type(default)(text)  # type: ignore[call-arg]
    except ValueError:
        allowed = ", ".join(type(default)) if isinstance(default, Word) else "seconds"
        raise BadInput(f"switch {name}", text, allowed) from None
