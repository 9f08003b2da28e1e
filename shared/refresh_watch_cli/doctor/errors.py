"""Function Compute asked once a question, with what it says of a refusal. Importing it imports the SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from Tea.exceptions import TeaException

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import EngineError
from refresh_watch.function_compute.client import FunctionCompute
from refresh_watch.function_compute.invoke import Answered, invoke
from refresh_watch.function_compute.transport import Transport
from refresh_watch.products.redaction import redact
from refresh_watch.reports.plain import name_only
from refresh_watch.settings import Settings
from refresh_watch.unreachable import why_unanswered


class NotDone(EngineError):
    """What Function Compute said instead of doing it; `status` is None where nothing came back."""

    def __init__(self, status: int | None, code: str, action: str, message: str) -> None:
        said = ": ".join(part for part in (code, message) if part) or "no answer"
        super().__init__(f"HTTP {status}, {said}" if status is not None else said, status=status, code=code)
        self.action = action

    @property
    def is_denied(self) -> bool:
        return self.status == 403 or "Denied" in self.code or self.code.startswith(("Forbidden", "NoPermission"))

    @property
    def is_unknown_function(self) -> bool:
        return self.status == 404 and "function" in self.code.lower()

    @property
    def is_bad_key(self) -> bool:
        """The key is refused, whatever is asked with it."""
        known = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurityToken", "IncompleteSignature")
        return self.status == 401 or self.code.startswith(known)


class OneTry:
    """Function Compute asked once a question; NotDone is raised in place of the engine's own errors."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: Clock) -> None:
        self._calls = _OneTryCalls(Transport(settings, credentials, clock))
        self.engine = FunctionCompute(self._calls)

    def invoke(self, function: str, payload: bytes) -> Answered:
        return invoke(self._calls, function, payload)


class _OneTryCalls:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def name(self, function: str) -> str:
        return self._transport.name(function)

    def call(self, what: str, ask: Callable[[Any], Any]) -> Any:  # noqa: ARG002 - the protocol's
        try:
            return self._transport.call_once(ask)
        except TeaException as error:
            raise _not_done(error) from None


def _not_done(error: Any) -> NotDone:
    status = getattr(error, "status_code", None)
    code = str(getattr(error, "code", None) or "")
    data = getattr(error, "data", None)
    said = data.get("Message") if isinstance(data, dict) else None
    denied = getattr(error, "access_denied_detail", None)
    named = denied.get("AuthAction") if isinstance(denied, dict) else None
    if not isinstance(status, int):
        return NotDone(None, "", "", why_unanswered(error) or "no usable answer")
    return NotDone(
        status,
        name_only("" if code == "None" else code, 80),
        name_only(str(named or ""), 80),
        redact(said, 200) if isinstance(said, str) else "",
    )
