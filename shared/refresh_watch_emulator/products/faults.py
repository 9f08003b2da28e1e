"""Wrong answers, made on demand."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from refresh_watch.instants import Seconds
from refresh_watch_emulator.products.call import ApiError, Call
from refresh_watch_emulator.web.messages import Wire

HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    """One way to go wrong. What is not given here is as in the true answer.

    Exactly one of `error` (an error body is written), `raw` (bytes instead of the answer, the world is not asked) and
    `mangle` (makes another JSON of the true answer's) is given, or none (only the wire is bad: the call was obeyed).
    """

    name: str
    error: ApiError | None = None
    raw: bytes | None = None
    mangle: Callable[[dict[str, Any]], Any] | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    wire: Wire = Wire.WHOLE
    seconds: Seconds = 0.0  # between two bytes that drip, or before a hanging connection closes


@dataclass
class Rule:
    """When a fault strikes; made by `Faults.add`."""

    fault: Fault
    times: int | None
    every: int
    chance: float
    action: str
    version: str
    task_id: str
    when: Callable[[Call], bool]
    seen: int = 0

    def strikes(self, call: Call, dice: random.Random) -> bool:
        """Count this call if it is one of ours, and say whether it is hit."""
        if self.times == 0 or self.action not in ("", call.action) or self.version not in ("", call.version):
            return False
        if (self.task_id and self.task_id not in call.task_ids) or not self.when(call):
            return False
        self.seen += 1
        if self.seen % self.every or dice.random() >= self.chance:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """The faults in force. The oldest rule that strikes wins."""

    def __init__(self, seed: int = 1) -> None:
        """`seed` decides the chances, so that a run can be repeated."""
        self._dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._rules: list[Rule] = []

    def add(
        self,
        fault: Fault,
        *,
        times: int | None = None,
        every: int = 1,
        chance: float = 1.0,
        action: str = "",
        version: str = "",
        task_id: str = "",
        when: Callable[[Call], bool] = lambda _: True,
    ) -> Rule:
        """Let a fault strike: `times` in all (None: for ever), each `every`-th call, with a chance.

        `action`, `version` (two products have a DescribeRefreshTasks) and `task_id` choose the calls; empty means any.
        `when` chooses by the whole call.
        """
        rule = Rule(fault, times, every, chance, action, version, task_id, when)
        self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """End them all."""
        self._rules.clear()

    def pick(self, call: Call) -> Fault | None:
        """The fault that this call meets."""
        return next((rule.fault for rule in self._rules if rule.strikes(call, self._dice)), None)


def error(
    status: int,
    code: str,
    message: str = "",
    *,
    retry_after_ms: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Fault:
    """Any status and code."""
    refusal = ApiError(status, code, message or f"{code}.", detail=detail, retry_after_ms=retry_after_ms)
    return Fault(code, error=refusal, status=status)


def throttling_user(retry_after_ms: int | None = None) -> Fault:
    """400, as the common-error page says."""
    message = "Request was denied due to user flow control."
    return error(400, "Throttling.User", message, retry_after_ms=retry_after_ms)


def too_many_requests(retry_after_ms: int | None = None) -> Fault:
    """429, as DCDN's document says."""
    message = "The server is busy. Please try again later."
    return error(429, "TooManyRequests", message, retry_after_ms=retry_after_ms)


def throttling(retry_after_ms: int | None = None) -> Fault:
    """503, as VOD's documents say."""
    return error(503, "Throttling", "Request was denied due to request throttling.", retry_after_ms=retry_after_ms)


def internal_error() -> Fault:
    """500."""
    return error(500, "InternalError", "The request processing has failed due to some unknown error.")


def service_unavailable() -> Fault:
    """503."""
    return error(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")


def no_permission(action: str) -> Fault:
    """403 of RAM, naming the missing action, such as ``cdn:DescribeRefreshTasks``."""
    detail = {
        "AccessDeniedDetail": {
            "AuthAction": action,
            "AuthPrincipalType": "SubUser",
            "AuthPrincipalDisplayName": "200000000000000001",
            "AuthPrincipalOwnerId": "100000000000000001",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
            "NoPermissionType": "ImplicitDeny",
        }
    }
    message = "User not authorized to operate on the specified resource, or this API doesn't support RAM."
    return error(403, "Forbidden.RAM", message, detail=detail)


def not_opened() -> Fault:
    """403: the account has no VOD."""
    return error(403, "OperationDenied", "Your account does not open VOD service yet.")


def suspended() -> Fault:
    """403: the account has overdue payments."""
    return error(403, "OperationDenied.Suspended", "Your VOD service is suspended.")


def html(status: int = 502) -> Fault:
    """A proxy's page."""
    return Fault("html", raw=HTML, status=status, headers=(("Content-Type", "text/html"),))


def empty_body(status: int = 200) -> Fault:
    """No body at all."""
    return Fault("empty body", raw=b"", status=status)


def not_utf8(status: int = 200) -> Fault:
    """JSON in another encoding."""
    return Fault("not UTF-8", raw='{"Message": "任务"}'.encode("gb18030"), status=status)


def json_list_error(status: int = 400) -> Fault:
    """An error body that is a list."""
    return Fault("list as error", raw=b'[{"Code":"InternalError"}]', status=status)


def error_without_code(status: int = 500) -> Fault:
    """An error body that says nothing."""
    return Fault("error without code", raw=b"{}", status=status)


def xml_error(status: int = 400, code: str = "Throttling.User") -> Fault:
    """An error body in XML, as the documents' samples have it."""
    body = (
        f"<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>174F6032-AA26-470D-B90E-36F0EB205BEE</RequestId>"
        f"<HostId>cdn.aliyuncs.com</HostId><Code>{code}</Code><Message>In XML.</Message></Error>"
    )
    # the SDK reads XML under exactly this type
    return Fault("xml", raw=body.encode(), status=status, headers=(("Content-Type", "text/xml;charset=utf-8"),))


def redirect() -> Fault:
    """302 to a page that is no API; the SDK follows it with a GET."""
    return Fault("redirect", raw=b"", status=302, headers=(("Location", "/maintenance"),))


def tasks_as_list() -> Fault:
    """200 of the wrong shape: Tasks lost its wrapper (by-id: gained one)."""
    return Fault("tasks as list", mangle=_swap_form)


def tasks_null() -> Fault:
    """200 of the wrong shape: Tasks is null."""
    return Fault("tasks null", mangle=lambda body: {**body, "Tasks": None})


def single_object() -> Fault:
    """200 of the wrong shape: one object where a list belongs."""
    return Fault("single object", mangle=_single)


def no_tasks() -> Fault:
    """200 of the wrong shape: without Tasks."""
    return Fault("no tasks", mangle=lambda body: {key: value for key, value in body.items() if key != "Tasks"})


def top_level_list() -> Fault:
    """200 of the wrong shape: a list."""
    return Fault("top-level list", mangle=lambda body: [body])


def top_level_null() -> Fault:
    """200 of the wrong shape: null."""
    return Fault("top-level null", mangle=lambda _: None)


def reset() -> Fault:
    """The connection is reset; the call was obeyed."""
    return Fault("reset", wire=Wire.RESET)


def closed() -> Fault:
    """The connection is closed without an answer; the call was obeyed."""
    return Fault("closed", wire=Wire.CLOSED)


def closed_after() -> Fault:
    """A good answer; then the idle connection is closed."""
    return Fault("closed after", wire=Wire.CLOSED_AFTER)


def truncated() -> Fault:
    """Half of the body."""
    return Fault("truncated", wire=Wire.TRUNCATED)


def dripping(seconds_a_byte: Seconds = 0.05) -> Fault:
    """A good answer, byte by byte: no read ever times out."""
    return Fault("dripping", wire=Wire.DRIPPING, seconds=seconds_a_byte)


def hanging(seconds: Seconds = 60.0) -> Fault:
    """No byte for that long, then closed."""
    return Fault("hanging", wire=Wire.HANGING, seconds=seconds)


def _swap_form(body: dict[str, Any]) -> dict[str, Any]:
    tasks = body.get("Tasks")
    if isinstance(tasks, dict):
        return {**body, "Tasks": next(iter(tasks.values()), [])}
    return {**body, "Tasks": {"Task": tasks}}


def _single(body: dict[str, Any]) -> dict[str, Any]:
    tasks = body.get("Tasks")
    if isinstance(tasks, dict):
        return {**body, "Tasks": {key: rows[0] if rows else {} for key, rows in tasks.items()}}
    return {**body, "Tasks": tasks[0] if tasks else {}}
