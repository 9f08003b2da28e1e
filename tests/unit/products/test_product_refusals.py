"""The classification table, line by line, on the exceptions that the SDK really raises."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions._client import ClientException
from alibabacloud_tea_openapi.exceptions._server import ServerException
from alibabacloud_tea_openapi.exceptions._throttling import ThrottlingException
from darabonba.exceptions import RetryError, UnretryableException
from darabonba.policy.retry import RetryPolicyContext

from refresh_watch.errors import Retryable
from refresh_watch.model import Reason, Refusal
from refresh_watch.products.refusals import MAX_TRIES, RefusedForGood, classify, concerns_one_item, ends_look, tries

ACTION = "cdn:DescribeRefreshTasks"


def answered(
    status: int | None, code: str, message: str = "Said so.", *, after_ms: int | None = None, **more: Any
) -> Exception:
    """As the SDK raises it for that HTTP status, body and x-acs-retry-after header."""
    kind = ThrottlingException if after_ms else ServerException if (status or 0) >= 500 else ClientException
    return kind(
        status_code=status,
        code=code,
        message=f"code: {status}, {message} request id: R-1",
        data={"Code": code, "Message": message},
        request_id="R-1",
        retry_after=after_ms,
        **more,
    )


def broken(inner: Exception) -> Exception:
    return UnretryableException(RetryPolicyContext(exception=inner, http_request=SimpleNamespace()))


@pytest.mark.parametrize(
    ("status", "code", "throttled"),
    [
        (503, "Throttling", True),
        (400, "Throttling", True),
        (400, "Throttling.User", True),
        (429, "Throttling.User", True),
        (400, "Throttling.Api", True),
        (400, "Rejected.Throttling", True),
        (429, "TooManyRequests", True),
        (429, "Whatever", True),
        (429, "None", True),
        (400, "FlowControlError", True),
        (403, "ServiceBusy", False),
        (503, "ServiceUnavailable", False),
        (400, "ServiceUnavailableTemporary", False),
        (500, "InternalError", False),
        (400, "SystemBusy", False),
        (500, "NeverHeardOf", False),
        (502, "None", False),
        (400, "NeverHeardOf", False),
        (404, "NeverHeardOf", False),
        (400, "None", False),
        (403, "None", False),
    ],
)
def test_busy_and_unknown_answers_are_asked_again(status: int, code: str, throttled: bool) -> None:
    error = classify(answered(status, code), ACTION)
    assert isinstance(error, Retryable)
    assert error.throttled is throttled
    assert error.after is None
    assert tries(error) == MAX_TRIES
    assert not ends_look(error)


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_wait_that_the_server_states_in_milliseconds_is_taken_from_any_status(status: int) -> None:
    error = classify(answered(status, "Throttling", after_ms=700), ACTION)
    assert isinstance(error, Retryable)
    assert (error.after, error.throttled) == (0.7, True)


@pytest.mark.parametrize(
    ("code", "calls", "ends"),
    [
        ("InvalidTimeStamp.Expired", 2, False),
        ("SignatureNonceUsed", 2, False),
        ("InvalidSecurityToken.Expired", 1, True),  # the next invocation has other credentials
    ],
)
def test_a_stale_request_is_asked_less_often(code: str, calls: int, ends: bool) -> None:
    error = classify(answered(400, code), ACTION)
    assert isinstance(error, Retryable)
    assert (tries(error), ends_look(error)) == (calls, ends)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, "InvalidTaskId.Malformed", Reason.MALFORMED_ID),
        (403, "OperationDenied", Reason.NOT_OPENED),
        (403, "OperationDenied.Suspended", Reason.OVERDUE_PAYMENT),
        (400, "InsufficientBalance", Reason.OVERDUE_PAYMENT),
        (403, "OperationDenied.Other", Reason.REFUSED),
        (403, "Forbidden", Reason.NO_PERMISSION),
        (403, "Forbidden.RAM", Reason.NO_PERMISSION),
        (403, "NoPermission", Reason.NO_PERMISSION),
        (400, "InvalidAccessKeyId.NotFound", Reason.BAD_KEY),
        (404, "InvalidAccessKeyId.NotFound", Reason.BAD_KEY),
        (403, "InvalidAccessKeyId.Inactive", Reason.BAD_KEY),
        (400, "SignatureDoesNotMatch", Reason.BAD_KEY),
        (403, "SignatureDoesNotMatch", Reason.BAD_KEY),
        (400, "IncompleteSignature", Reason.BAD_KEY),
        (400, "InvalidSecurityToken.Malformed", Reason.BAD_KEY),
        (400, "InvalidSecurityToken.MismatchWithAccessKey", Reason.BAD_KEY),
        (400, "MissingSecurityToken", Reason.BAD_KEY),
        (None, "InvalidCredentials", Reason.BAD_KEY),
        (400, "MissingParameter.ObjectType", Reason.REFUSED),
        (400, "MissingTimeParameter", Reason.REFUSED),
        (400, "InvalidEndTime.Mismatch", Reason.REFUSED),
        (400, "DomainNameOverLimit", Reason.REFUSED),
        (400, "InvalidTime", Reason.REFUSED),
        (400, "InvalidStartTime.Malformed", Reason.REFUSED),
        (400, "InvalidEndTime.Malformed", Reason.REFUSED),
        (400, "InvalidStartTime.ValueNotSupported", Reason.REFUSED),
        (400, "InvalidObjectType.ValueNotSupported", Reason.REFUSED),
        (400, "InvalidStatus.ValueNotSupported", Reason.REFUSED),
        (400, "InvalidObjectPath.Malformed", Reason.REFUSED),
        (404, "InvalidAction.NotFound", Reason.REFUSED),
        (401, "NeverHeardOf", Reason.BAD_KEY),
        (403, "NeverHeardOf", Reason.REFUSED),
    ],
)
def test_a_refusal_for_good_says_why(status: int | None, code: str, reason: Reason) -> None:
    error = classify(answered(status, code, "The API's own words."), ACTION)
    assert isinstance(error, RefusedForGood)
    assert error.refusal.reason is reason
    assert error.refusal.code == code
    assert error.refusal.message == "The API's own words."
    assert error.refusal.request_id == "R-1"


@pytest.mark.parametrize(
    ("code", "named", "reason", "action"),
    [
        ("Forbidden.RAM", "cdn:DescribeRefreshTaskById", Reason.NO_PERMISSION, "cdn:DescribeRefreshTaskById"),
        ("Forbidden.RAM", "", Reason.NO_PERMISSION, ACTION),  # of the operation
        ("OperationDenied", "", Reason.NOT_OPENED, ""),
        ("NeverHeardOf", "vod:X", Reason.NO_PERMISSION, "vod:X"),
    ],
)
def test_a_missing_permission_names_its_ram_action(code: str, named: str, reason: Reason, action: str) -> None:
    detail = {"access_denied_detail": {"AuthAction": named, "NoPermissionType": "ImplicitDeny"}} if named else {}
    error = classify(answered(403, code, **detail), ACTION)
    assert isinstance(error, RefusedForGood)
    assert (error.refusal.reason, error.refusal.action) == (reason, action)
    assert action in str(error)


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        (RetryError("HTTPConnectionPool: Read timed out. (read timeout=0.5)"), "timed out"),
        (RetryError("[Errno 111] Connection refused"), "refused"),
        (RetryError("Failed to resolve 'cdn.aliyuncs.com'"), "resolved"),
        (RetryError("('Connection aborted.', RemoteDisconnected('…'))"), "closed without an answer"),
        (RetryError("ConnectionResetError(104, 'Connection reset by peer')"), "reset"),
        (RetryError("IncompleteRead(10 bytes read, 90 more expected)"), "cut off"),
        (RuntimeError('Failed to parse the value as json format, Value: "<html>502</html>".'), "not JSON"),
        (UnicodeDecodeError("utf-8", b"\xc8", 0, 1, "invalid continuation byte"), "UnicodeDecodeError"),
        (AttributeError("'list' object has no attribute 'get'"), "AttributeError"),
    ],
)
def test_no_readable_answer_is_asked_again_and_said_in_few_words(inner: Exception, words: str) -> None:
    error = classify(broken(inner), ACTION)
    assert isinstance(error, Retryable)
    assert words in error.reason
    assert "\n" not in error.reason
    assert not error.throttled


def test_no_key_token_or_signature_comes_through() -> None:
    secrets = ["LTAIfakefakefakefake", "STS.fakefakefake", "CAISfakefakefake==", "53f810749ac2bd02", "fakeSecret123"]
    leaks = (
        "Authorization: ACS3-HMAC-SHA256 Credential=LTAIfakefakefakefake,SignedHeaders=accept;host,Signature=53f810749ac2bd02",
        "{'x-acs-security-token': 'CAISfakefakefake==', 'x-acs-accesskey-id': 'STS.fakefakefake'}",
        "Specified signature is not matched. server string to sign is:POST\n/\nx-acs-security-token:CAISfakefakefake==",
        "AccessKeySecret=fakeSecret123&SecurityToken=CAISfakefakefake==&AccessKeyId=LTAIfakefakefakefake",
        "the key LTAIfakefakefakefake is disabled",
    )
    for leak in leaks:
        for error in (
            classify(broken(ValueError(leak)), ACTION),
            classify(answered(400, "SignatureDoesNotMatch", leak), ACTION),
            classify(answered(500, "InternalError", leak), ACTION),
        ):
            assert not [secret for secret in secrets if secret in f"{error} {error.args} {vars(error)}"], leak


def test_a_long_page_as_message_becomes_one_short_line() -> None:
    error = classify(answered(500, "InternalError", "first\nsecond " + "x" * 5000), ACTION)
    assert "first second" in str(error)
    assert len(str(error)) < 400


@pytest.mark.parametrize(
    ("refusal", "alone"),
    [
        (Refusal(Reason.MALFORMED_ID, "InvalidTaskId.Malformed", ""), True),
        (Refusal(Reason.REFUSED, "InvalidObjectPath.Malformed", ""), True),
        (Refusal(Reason.NO_PERMISSION, "Forbidden", ""), False),
        (Refusal(Reason.REFUSED, "MissingParameter.ObjectType", ""), False),
    ],
)
def test_a_bad_id_or_path_concerns_that_item_alone(refusal: Refusal, alone: bool) -> None:
    assert concerns_one_item(refusal) is alone
