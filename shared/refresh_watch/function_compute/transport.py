"""How Function Compute's HTTP API 2023-03-30 is called, through the official SDK, and what its errors mean.

Importing this module imports the SDK: `connect` does so at the first call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol
from urllib.parse import urlsplit

from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions
from Tea.exceptions import TeaException

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import EngineError, missing
from refresh_watch.instants import Seconds
from refresh_watch.limits import TASKS_A_PAGE
from refresh_watch.settings import Settings
from refresh_watch.unreachable import why_unanswered

_TRIES = 3
_FIRST_PAUSE: Seconds = 0.2
_TIMEOUT_MS = 3000  # with the tries about 10 s an effect: a hop has 20 s for two, after its look
_CONNECT_MS = 5000
_LONGEST_ANSWER_MS = 90_000  # longer than a function's own time-out


class Calls(Protocol):
    """What makes calls to Function Compute."""

    def name(self, function: str) -> str:
        """What a function is called where it is deployed."""
        ...

    def call(self, what: str, ask: Callable[[Any], Any]) -> Any:
        """Make one call: `ask` is given the SDK's client. `what` says what it does, in an error. Raises EngineError."""
        ...


class AlreadyExists(EngineError):
    """A task of that id is known."""


class NotFound(EngineError):
    """No such task."""


class NotPossible(EngineError):
    """The request is not possible as things are."""


class _Unclear(EngineError):
    """Throttled, unreachable, or an error of the service's own: worth another try at once."""


class Transport:
    """Calls that are tried again where that can help, with the credentials of one invocation."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: Clock) -> None:
        """Raises BadInput where neither a region nor an endpoint is set."""
        self._settings = settings
        self._clock = clock
        parts = urlsplit(_endpoint(settings))
        self._host = parts.netloc
        token = credentials.security_token
        self._client = Client(
            Config(
                access_key_id=credentials.access_key_id,
                access_key_secret=credentials.access_key_secret.value,
                security_token=token.value if token else None,
                region_id=settings.region or "cn-hangzhou",
                endpoint=parts.netloc,
                protocol=parts.scheme,
            )
        )

    def name(self, function: str) -> str:
        """See Calls."""
        return self._settings.function_name(function)

    def call(self, what: str, ask: Callable[[Any], Any]) -> Any:
        """See Calls. An answer that is not clear is asked for again; what was started says so by its 409."""
        pause = _FIRST_PAUSE
        for attempt in range(1, _TRIES + 1):
            try:
                return ask(self._client)
            except TeaException as error:
                failure = _failure(self.describe(what, error), error)
                if not isinstance(failure, _Unclear) or attempt == _TRIES:
                    raise failure from None
            self._clock.sleep(pause * (0.5 + 0.5 * self._clock.chance()))
            pause *= 3
        raise AssertionError(what)

    def call_once(self, ask: Callable[[Any], Any]) -> Any:
        """Make one call as it is. Raises TeaException, the SDK's own."""
        return ask(self._client)

    def describe(self, what: str, error: Any) -> str:
        """One line of ours: an SDK's own text may hold the request with its Authorization."""
        status = getattr(error, "status_code", None)
        code = _code(error)
        text = f"Function Compute did not {what}"
        if status is None and not code:
            return f"{text}: {why_unanswered(error) or type(error).__name__} ({self._host})"
        text = f"{text}: {code or type(error).__name__}"
        if status is not None:
            text = f"{text} (HTTP {status})"
        if status == 404 and "function" in code.lower():
            return (
                f"{text}; deploy first, or set REFRESH_WATCH_PREFIX and REFRESH_WATCH_REGION ({self._host} was asked)"
            )
        return text


def short_call() -> Any:
    """The time-outs of a call that Function Compute answers by itself."""
    return RuntimeOptions(connect_timeout=_TIMEOUT_MS, read_timeout=_TIMEOUT_MS)


def long_call() -> Any:
    """Those of a call that is answered by a function."""
    return RuntimeOptions(connect_timeout=_CONNECT_MS, read_timeout=_LONGEST_ANSWER_MS)


def list_tasks(calls: Calls, function: str, prefix: str, **filters: Any) -> Iterator[Any]:
    """ListAsyncTasks, page by page: the SDK's own entries. `filters` are further parameters of it."""
    name, token = calls.name(function), None
    while True:
        request = models.ListAsyncTasksRequest(prefix=prefix, limit=TASKS_A_PAGE, next_token=token, **filters)

        def ask(client: Any, request: Any = request) -> Any:
            return client.list_async_tasks_with_options(name, request, {}, short_call())

        body = calls.call(f"list {prefix}", ask).body
        # the prefix filter is the service's; an answer that ignores it must not mix watches
        yield from (entry for entry in body.tasks or [] if (entry.task_id or "").startswith(prefix))
        token = body.next_token
        if not token:
            return


def _failure(text: str, error: Any) -> EngineError:
    """Sort an SDK error. The 3.0 code of a duplicate is not documented: 409, or any `...AlreadyExist...`, is one."""
    status, code = getattr(error, "status_code", None), _code(error)
    data = getattr(error, "data", None)
    words = f"{code} {data}" if isinstance(data, dict) else code
    kind = EngineError
    if status == 409 or "AlreadyExist" in words:
        kind = AlreadyExists
    elif status == 404 and "function" not in code.lower():
        kind = NotFound
    elif status is None or status == 429 or status >= 500:
        kind = _Unclear
    elif status == 400:
        kind = NotPossible
    return kind(text, status=status, code=code)


def _code(error: Any) -> str:
    code = str(getattr(error, "code", None) or "")
    return "" if code == "None" else code  # a body of version 2.0 has none


def _endpoint(settings: Settings) -> str:
    if settings.fc_endpoint:
        return settings.fc_endpoint
    if not settings.region:
        raise missing("REFRESH_WATCH_REGION", "the region of the functions, such as cn-hangzhou")
    # given in full: the SDK's own map has a broken entry (ap-southeast-5)
    return f"https://fcv3.{settings.region}.aliyuncs.com"
