"""What a function's role may do: each action on functions that its policy names, tried harmlessly as that role.

`doctor` asks for it, since the function alone has its role. What is tried is held to functions/<name>/policy.json
by a test. Function Compute's logs are written by Function Compute itself: that cannot be tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from refresh_watch.clock import Clock
from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import EngineError, RefreshWatchError
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Word
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY, WATCH

TRY_SECONDS: Seconds = 8.0
"""What one try may take, the import of its SDK included."""

INVOKE, GET, LIST = "fc:InvokeFunction", "fc:GetAsyncTask", "fc:ListAsyncTasks"

ON_FUNCTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    INTAKE: ((INVOKE, WATCH), (INVOKE, NOTIFY), (GET, WATCH), (LIST, WATCH), (LIST, NOTIFY)),
    WATCH: ((INVOKE, WATCH), (INVOKE, NOTIFY), (GET, WATCH), (LIST, WATCH), (GET, NOTIFY), (LIST, NOTIFY)),
    NOTIFY: ((INVOKE, NOTIFY), (GET, NOTIFY), (GET, WATCH)),
}
"""By function: what its role may do, and on which function."""


class GrantResult(Word):
    """What became of a try."""

    OK = "ok"
    REFUSED = "refused"  # RAM does not allow it
    NOT_OPENED = "not opened"  # the account does not have the service, whatever the role may do
    NO_ANSWER = "no answer"  # or one that does not say
    UNKNOWN = "UNKNOWN"

    @classmethod
    def of(cls, word: object) -> GrantResult:
        """What is not known is UNKNOWN."""
        return cls(word) if isinstance(word, str) and word in {known.value for known in cls} else cls.UNKNOWN


@dataclass(frozen=True)
class GrantTry:
    """One action. `on`: a function's folder, or a product; `code`: the error's own word, if there was one."""

    action: str
    on: str
    result: GrantResult
    code: str = ""


def try_functions(
    function: str, *, engine: Engine, clock: Clock, until: Instant, task_id: Callable[[str], str], echo: bytes
) -> Iterator[GrantTry]:
    """Try what `function` does with functions: a task that only echoes, and questions about one that does not exist.

    `task_id` makes the id of a task of this probe, and `echo` is its event. Once there was no answer at all, nothing
    more is asked.
    """
    asks: Mapping[str, Callable[[str], object]] = {
        INVOKE: lambda on: engine.start_later(on, echo, 0, task_id(f"grant-{function}-{on}")),
        GET: lambda on: engine.task(on, task_id("none")),
        LIST: lambda on: engine.tasks(on, task_id("none")),
    }
    result, code = GrantResult.OK, ""
    for action, on in ON_FUNCTIONS.get(function, ()):
        if result is not GrantResult.NO_ANSWER:
            result, code = tried(partial(asks[action], on), clock, until, _refusal)
        yield GrantTry(action, on, result, code)


def tried(
    ask: Callable[[], object], clock: Clock, until: Instant, refusal: Callable[[Exception], tuple[GrantResult, str]]
) -> tuple[GrantResult, str]:
    """Ask once: what became of it, and the error's own word. `refusal` reads an error that was answered."""
    try:
        within(min(TRY_SECONDS, until - clock.now()), ask)
    except (RefreshWatchError, DeadlinePassed) as error:  # no credentials, say
        result, code = refusal(error)
        return result, code or type(error).__name__
    return GrantResult.OK, ""


def _refusal(error: Exception) -> tuple[GrantResult, str]:
    if not isinstance(error, EngineError):
        return GrantResult.NO_ANSWER, ""
    denied = error.status in (401, 403) or "Denied" in error.code or error.code.startswith("Forbidden")
    return (GrantResult.REFUSED if denied else GrantResult.NO_ANSWER), error.code
