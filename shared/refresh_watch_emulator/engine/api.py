"""Function Compute's HTTP API, version 2023-03-30: invoke, and list, get and stop asynchronous tasks.

After the SDK and the page on asynchronous tasks. What an answer's code is called, where no document says, is ours.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote

from refresh_watch.instants import Instant, Seconds
from refresh_watch.limits import LONGEST_DELAY, MAX_ASYNC_BYTES, MAX_SYNC_BYTES, TASK_ID
from refresh_watch_emulator.engine.crash import Crashes, CrashPoint
from refresh_watch_emulator.engine.dispatcher import AtLimit, Dispatcher
from refresh_watch_emulator.engine.http_event import event_of
from refresh_watch_emulator.engine.keys import KnownKeys
from refresh_watch_emulator.engine.manifest import ACCOUNT_ID, Function, Manifest
from refresh_watch_emulator.engine.roles import Roles
from refresh_watch_emulator.engine.settling import FUNCTION_ERROR, expires_at
from refresh_watch_emulator.engine.store import Store
from refresh_watch_emulator.engine.switches import ApiEvent, Duplicate, EngineSwitches
from refresh_watch_emulator.engine.task import (
    NewTask,
    TaskQuery,
    TaskState,
    as_api,
    new_request_id,
    new_task_id,
)
from refresh_watch_emulator.signature import SignatureRefused
from refresh_watch_emulator.web.messages import HttpRequest, HttpResponse, json_response

PREFIX = "/2023-03-30/"
MOST_BODY_BYTES = MAX_SYNC_BYTES + 1024 * 1024
"""More than that is not even read."""
_PATH = re.compile(r"/2023-03-30/functions/([^/]+)/(invocations|async-tasks)(?:/([^/]+?)(/stop)?)?")
_DELAY = re.compile(r"\d{1,4}(\.\d{1,6})?")
_ACTIONS = {
    ("POST", "invocations", False, False): "fc:InvokeFunction",
    ("GET", "async-tasks", False, False): "fc:ListAsyncTasks",
    ("GET", "async-tasks", True, False): "fc:GetAsyncTask",
    ("PUT", "async-tasks", True, True): "fc:StopAsyncTask",
}
"""As RAM names them."""


class ApiRefused(Exception):
    """The answer to a request that cannot be carried out."""

    def __init__(self, status: int, code: str, message: str, action: str = "") -> None:
        """``code`` and ``message`` are the body's; ``action`` is the RAM action that is missing."""
        self.status = status
        self.code = code
        self.message = message
        self.action = action
        super().__init__(message)


class Api:
    """Answers requests whose path starts with PREFIX."""

    def __init__(
        self,
        manifest: Manifest,
        store: Store,
        dispatcher: Dispatcher,
        switches: EngineSwitches,
        crashes: Crashes,
        *,
        keys: KnownKeys,
        roles: Roles,
        clock: Callable[[], Instant],
    ) -> None:
        """``clock`` is the engine's; signatures are checked against the real time."""
        self._manifest = manifest
        self._store = store
        self._dispatcher = dispatcher
        self._switches = switches
        self._crashes = crashes
        self._keys = keys
        self._roles = roles
        self._clock = clock

    def answer(self, request: HttpRequest, role: str = "") -> HttpResponse:
        """Carry out a signed request; ``role`` is the key of the function that makes it, where that is known."""
        request_id = new_request_id(self._clock())
        try:
            self._keys.verify(request)
            return self._route(request, request_id, role)
        except (ApiRefused, SignatureRefused) as refused:
            body: dict[str, Any] = {"Code": refused.code, "Message": refused.message, "RequestId": request_id}
            if refused.code == _OLD_FORM:
                body = {"ErrorCode": "StatefulAsyncInvocationAlreadyExists", "ErrorMessage": refused.message}
            elif isinstance(refused, ApiRefused) and refused.action:
                body["AccessDeniedDetail"] = {"AuthAction": refused.action}
            return _json(refused.status, body, request_id)

    def start(self, function: Function, request: HttpRequest, event: bytes, request_id: str) -> HttpResponse:
        """Accept an asynchronous invocation: 202 once it is stored. Raises ApiRefused."""
        if len(request.body) > MAX_ASYNC_BYTES:
            raise ApiRefused(400, "EntityTooLarge", f"the payload is larger than {MAX_ASYNC_BYTES} bytes")
        delay = _delay(request.header("x-fc-async-delay"))
        task_id = _task_id(request.header("x-fc-async-task-id")) if function.async_task else new_task_id()
        now = self._clock()
        task = NewTask(
            function=function.name,
            task_id=task_id,
            request_id=request_id,
            event=event,
            accepted_at=now,
            due_at=now + delay,
            expires_at=expires_at(function, now, delay, self._switches),
            listed=function.async_task,
        )
        if not self._store.add(task):
            raise self._duplicate(task_id)
        self._crashes.passing(CrashPoint.STORED, task_id)
        self._dispatcher.wake()
        headers = [("X-Fc-Request-Id", request_id)]
        if function.async_task:
            headers.append(("X-Fc-Async-Task-Id", task_id))
        return HttpResponse(202, tuple(headers))

    def _route(self, request: HttpRequest, request_id: str, role: str) -> HttpResponse:
        match = _PATH.fullmatch(request.path)
        if match is None:
            raise ApiRefused(404, "PathNotSupported", f"path {request.path!r} is not supported")
        name, what, task_id, stop = (unquote(part or "") for part in match.groups())
        function = self._manifest.named(name)
        if function is None:
            raise ApiRefused(404, "FunctionNotFound", f"function {name!r} does not exist")
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        if query.get("qualifier", "LATEST") != "LATEST":
            raise ApiRefused(404, "VersionNotFound", f"version {query['qualifier']!r} of {name!r} does not exist")
        operation = (request.method, what, bool(task_id), bool(stop))
        action = _ACTIONS.get(operation, "")
        if not self._roles.may(role, action, function.key):
            raise ApiRefused(403, "AccessDenied", "the caller is not authorized to perform this action", action)
        if operation == ("POST", "invocations", False, False):
            return self._invoke(function, request, request_id)
        if operation == ("GET", "async-tasks", False, False):
            return _json(200, self._list(function, query), request_id)
        if operation == ("GET", "async-tasks", True, False):
            return _json(200, self._get(function, task_id), request_id)
        if operation == ("PUT", "async-tasks", True, True):
            if self._dispatcher.stop(function, task_id) is None:
                raise _no_task(task_id)
            return HttpResponse(204, (("X-Fc-Request-Id", request_id),))
        raise ApiRefused(405, "MethodNotAllowed", f"{request.method} is not allowed here")

    def _invoke(self, function: Function, request: HttpRequest, request_id: str) -> HttpResponse:
        kind = request.header("x-fc-invocation-type") or "Sync"
        if kind not in ("Sync", "Async"):
            raise ApiRefused(400, "InvalidArgument", f"x-fc-invocation-type {kind!r} is neither Sync nor Async")
        event = request.body
        if function.http is not None and self._switches.api_event is ApiEvent.HTTP_SHAPED:
            domain = f"{ACCOUNT_ID}.{function.region}.fc.aliyuncs.com"
            event = event_of(request, request.path, domain, request_id, self._clock())
        if kind == "Async":
            return self.start(function, request, event, request_id)
        if len(request.body) > MAX_SYNC_BYTES:
            raise ApiRefused(400, "EntityTooLarge", f"the payload is larger than {MAX_SYNC_BYTES} bytes")
        try:
            result = self._dispatcher.invoke(function, request_id, event)
        except AtLimit:
            raise ApiRefused(429, "ResourceExhausted", f"{function.name} runs as often as it may") from None
        headers = [("X-Fc-Request-Id", request_id), ("Content-Type", "application/octet-stream")]
        if not result.ok:
            headers.append(("X-Fc-Error-Type", FUNCTION_ERROR))
        return HttpResponse(200, tuple(headers), result.body)

    def _list(self, function: Function, query: dict[str, str]) -> dict[str, Any]:
        lag = self._switches.list_lag
        listing = TaskQuery(
            function=function.name,
            prefix=query.get("prefix", ""),
            status=_status(query.get("status", "")),
            accepted_from=_ms(query, "startedTimeBegin"),
            accepted_until=_ms(query, "startedTimeEnd"),
            newest_first=_newest_first(query.get("sortOrderByTime", "")),
            limit=_limit(query.get("limit", "20")),
            after=_after(query.get("nextToken", "")),
            seen_at=self._clock() - lag if lag else None,
        )
        payload = _flag(query.get("includePayload", "")) and self._switches.list_payloads
        tasks, more = self._store.find(listing)
        answer: dict[str, Any] = {"tasks": [as_api(task, function.arn, payload=payload) for task in tasks]}
        if more is not None:
            answer["nextToken"] = base64.urlsafe_b64encode(str(more).encode()).decode()
        return answer

    def _get(self, function: Function, task_id: str) -> dict[str, Any]:
        task = self._store.get(function.name, task_id)
        if task is None:
            raise _no_task(task_id)
        return as_api(task, function.arn, payload=True)

    def _duplicate(self, task_id: str) -> ApiRefused:
        message = f"a task {task_id!r} was submitted before"
        if self._switches.duplicate is Duplicate.BAD_REQUEST:
            return ApiRefused(400, "StatefulAsyncInvocationAlreadyExists", message)
        if self._switches.duplicate is Duplicate.OLD_BODY:
            return ApiRefused(409, _OLD_FORM, message)
        return ApiRefused(409, "Conflict", message)


_OLD_FORM = "2.0"


def _json(status: int, body: dict[str, Any], request_id: str) -> HttpResponse:
    return json_response(status, body, ("X-Fc-Request-Id", request_id))


def _no_task(task_id: str) -> ApiRefused:
    return ApiRefused(404, "AsyncTaskNotFound", f"task {task_id!r} does not exist")


def _bad(name: str, given: str, allowed: str) -> ApiRefused:
    return ApiRefused(400, "InvalidArgument", f"{name} {given!r} is not allowed; allowed: {allowed}")


def _delay(text: str) -> Seconds:
    # Function Compute documents whole seconds; decimals are for demonstrations that should not take minutes
    if not text:
        return 0
    if _DELAY.fullmatch(text) is None or not 0 < float(text) < LONGEST_DELAY + 1:
        raise _bad("x-fc-async-delay", text, "seconds over 0 and under 3600")
    return float(text)


def _task_id(text: str) -> str:
    if not text:
        return new_task_id()
    if TASK_ID.fullmatch(text) is None:
        raise _bad("x-fc-async-task-id", text, TASK_ID.pattern)
    return text


def _status(text: str) -> TaskState | None:
    words = [status.value for status in TaskState]
    if text and text not in words:
        raise _bad("status", text, ", ".join(words))
    return TaskState(text) if text else None


def _ms(query: dict[str, str], name: str) -> int | None:
    text = query.get(name, "")
    if text and not text.isdecimal():
        raise _bad(name, text, "milliseconds")
    return int(text) if text else None


def _newest_first(text: str) -> bool:
    if text not in ("", "asc", "desc"):
        raise _bad("sortOrderByTime", text, "asc, desc")
    return text != "asc"


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise _bad("limit", text, "1 to 100")
    return int(text)


def _after(token: str) -> int | None:
    if not token:
        return None
    try:
        return int(base64.urlsafe_b64decode(token))
    except ValueError:
        raise _bad("nextToken", token, "one that a list gave") from None


def _flag(text: str) -> bool:
    if text.lower() not in ("", "true", "false"):
        raise _bad("includePayload", text, "true, false")
    return text.lower() == "true"
