"""The one table that says what an error of a product's API means: ask again, or refused for good.

Sources: the error tables of the four documents, Alibaba Cloud CDN's common errors (help 27232), the gateway's (help
48054). The SDK's exceptions are read by their attributes, so that no SDK has to be imported here.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from fnmatch import fnmatchcase

from refresh_watch.errors import RefreshWatchError, Retryable
from refresh_watch.model import Reason, Refusal
from refresh_watch.products.redaction import redact
from refresh_watch.unreachable import why_unanswered

MAX_TRIES = 4
"""How often one question is asked within a look."""

WORD_CHARACTERS = 100
"""Characters of a code or a request id that are kept: the documents' longest code has about 40."""


class RefusedForGood(RefreshWatchError):
    """The API refuses, and asking again would bring the same answer."""

    def __init__(self, refusal: Refusal) -> None:
        """Its text is one line: code, message and, where one is missing, the RAM action."""
        self.refusal = refusal
        missing = f" (missing RAM action: {refusal.action})" if refusal.action else ""
        super().__init__(f"{refusal.code}: {refusal.message}{missing}")


class _Again(enum.Enum):
    THROTTLED = enum.auto()
    BUSY = enum.auto()
    ONCE = enum.auto()  # a second time within the look, no more
    NEXT_LOOK = enum.auto()  # these credentials are spent; the next invocation has fresh ones


TABLE: Mapping[str, _Again | Reason] = {  # the first pattern that the code matches counts
    "*Throttling*": _Again.THROTTLED,  # Throttling, Throttling.User, Throttling.Api, Rejected.Throttling
    "TooManyRequests": _Again.THROTTLED,
    "FlowControlError": _Again.THROTTLED,
    "ServiceBusy": _Again.BUSY,  # 403: the domain is being configured
    "ServiceUnavailable*": _Again.BUSY,
    "InternalError": _Again.BUSY,
    "SystemBusy": _Again.BUSY,
    "InvalidTimeStamp.Expired": _Again.ONCE,
    "SignatureNonceUsed": _Again.ONCE,
    "InvalidSecurityToken.Expired": _Again.NEXT_LOOK,
    "InvalidTaskId*": Reason.MALFORMED_ID,
    "OperationDenied.Suspended": Reason.OVERDUE_PAYMENT,
    "InsufficientBalance": Reason.OVERDUE_PAYMENT,
    "OperationDenied": Reason.NOT_OPENED,
    "OperationDenied*": Reason.REFUSED,
    "Forbidden*": Reason.NO_PERMISSION,
    "NoPermission*": Reason.NO_PERMISSION,
    "InvalidAccessKeyId*": Reason.BAD_KEY,
    "SignatureDoesNotMatch": Reason.BAD_KEY,
    "IncompleteSignature": Reason.BAD_KEY,
    "InvalidCredentials": Reason.BAD_KEY,  # the SDK's own, before anything is sent
    "InvalidSecurityToken*": Reason.BAD_KEY,
    "MissingSecurityToken": Reason.BAD_KEY,
    "DomainNameOverLimit": Reason.REFUSED,
    "Missing*": Reason.REFUSED,
    "Invalid*": Reason.REFUSED,
}

_ONCE = {code for code, means in TABLE.items() if means is _Again.ONCE}
_NEXT_LOOK = {code for code, means in TABLE.items() if means is _Again.NEXT_LOOK}


def classify(error: Exception, action: str) -> Retryable | RefusedForGood:
    """What an SDK exception means. `action` is the RAM action of the operation, such as ``cdn:DescribeRefreshTasks``.

    A code that no document has does not end a watch (its deadline does), except with 401 or 403: those are
    about the caller, not about the question. A body without any code is not the gateway's, whatever its status.
    """
    status = _int(getattr(error, "status_code", None))
    code = _word(getattr(error, "code", None))
    if status is None and not code:
        return Retryable(f"no usable answer: {_network(error)}")
    message = _message(error)
    waits = _int(getattr(error, "retry_after", None))  # x-acs-retry-after, milliseconds
    means = next((means for codes, means in TABLE.items() if fnmatchcase(code, codes)), None)
    if waits is not None or status == 429:
        means = _Again.THROTTLED
    elif means is None and code and status in (401, 403):
        denied = getattr(error, "access_denied_detail", None)
        means = Reason.BAD_KEY if status == 401 else Reason.NO_PERMISSION if denied else Reason.REFUSED
    if isinstance(means, Reason):
        return _refused(means, error, code, message, action)
    said = ": ".join(part for part in (code, message) if part) or "no code"
    throttled = means is _Again.THROTTLED
    answer = f"HTTP {status}" if status is not None else "the SDK"
    return Retryable(f"{answer}: {said}", code=code, throttled=throttled, after=waits and waits / 1000)


def tries(error: Retryable) -> int:
    """How often, in all, a question may be asked within one look when this was the answer."""
    if error.code in _NEXT_LOOK:
        return 1
    return 2 if error.code in _ONCE else MAX_TRIES


def ends_look(error: Retryable) -> bool:
    """No other question of this look can have a better answer."""
    return error.code in _NEXT_LOOK


def concerns_one_item(refusal: Refusal) -> bool:
    """The refusal is about the id or path that was asked, not about the caller."""
    return refusal.reason is Reason.MALFORMED_ID or refusal.code.startswith("InvalidObjectPath")


def _refused(reason: Reason, error: Exception, code: str, message: str, action: str) -> RefusedForGood:
    missing = ""
    if reason is Reason.NO_PERMISSION:
        denied = getattr(error, "access_denied_detail", None)
        named = denied.get("AuthAction") if isinstance(denied, dict) else None
        missing = redact(named) if isinstance(named, str) and named else action
    request_id = redact(_word(getattr(error, "request_id", None)))
    return RefusedForGood(Refusal(reason, code, message, missing, request_id))


def _message(error: Exception) -> str:
    """The API's own words: the SDK wraps them in ``code: 400, … request id: …``."""
    data = getattr(error, "data", None)
    said = data.get("Message") if isinstance(data, dict) else None
    return redact(said if isinstance(said, str) and said else str(getattr(error, "message", "") or ""))


def _network(error: Exception) -> str:
    """Why there was no answer, in few words: the SDK's text may hold whole pages, headers and addresses."""
    inner = getattr(error, "inner_exception", None) or error
    text = str(getattr(inner, "message", "") or inner)
    return why_unanswered(error) or f"{type(inner).__name__}: {redact(text, 120)}"


def _word(value: object) -> str:
    # the SDK writes a missing code or request id as the word None; what cannot be printed may not even be encodable
    word = "".join(c for c in str(value) if c.isprintable()).strip()
    return "" if word == "None" else word[:WORD_CHARACTERS]


def _int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
