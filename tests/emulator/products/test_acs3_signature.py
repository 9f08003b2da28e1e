"""ACS3-HMAC-SHA256 against the two recorded requests of the official SDKs, and every way to be refused."""

from __future__ import annotations

import hashlib

import pytest

from refresh_watch.instants import parse_instant
from refresh_watch_emulator.signature import Nonces, SignatureRefused, canonical_request, sign, verify

AGENT = "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"
LIST_SIGNED = (
    "accept;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;"
    "x-acs-signature-nonce;x-acs-version"
)
LIST_SIGNATURE = "53f810749ac2bd02ce2911e9df2026a64add59c398a95aece78548b027e4b1dc"
LIST_AT = parse_instant("2026-11-22T00:23:45Z")


def list_headers(**changes: str) -> list[tuple[str, str]]:
    headers = {
        "Accept-Encoding": "identity",
        "host": "127.0.0.1:36155",
        "x-acs-version": "2018-05-10",
        "x-acs-action": "DescribeRefreshTasks",
        "user-agent": AGENT,
        "x-acs-date": "2026-11-22T00:23:45Z",
        "x-acs-signature-nonce": "884b095930d9d76d24a36e47527653a7",
        "accept": "application/json",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-credentials-provider": "static_ak",
        "Authorization": f"ACS3-HMAC-SHA256 Credential=testAK,SignedHeaders={LIST_SIGNED},Signature={LIST_SIGNATURE}",
        "Content-Length": "0",
    }
    headers.update({name.replace("_", "-"): value for name, value in changes.items()})
    return list(headers.items())


def verify_list(
    headers: list[tuple[str, str]],
    *,
    query: str = "TaskId=704225667",
    body: bytes = b"",
    now: float = LIST_AT,
    nonces: Nonces | None = None,
) -> None:
    verify("POST", "/", query, headers, body, secret_of={"testAK": "testSK"}.get, now=now, nonces=nonces)


def refusal(headers: list[tuple[str, str]], **options: object) -> str:
    with pytest.raises(SignatureRefused) as caught:
        verify_list(headers, **options)  # type: ignore[arg-type]
    assert caught.value.status == 400
    return caught.value.code


def test_the_recorded_list_request_of_the_cdn_sdk_is_let_in() -> None:
    verify_list(list_headers(), nonces=Nonces())


def test_the_recorded_invocation_of_the_fc_sdk_is_let_in() -> None:
    body = b'{"a":1}'
    signed = (
        "accept;content-type;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version;x-fc-async-delay;x-fc-async-task-id;x-fc-invocation-type"
    )
    signature = "c89ce234966223a492bc47d0fff2cce4b95cfff6012f878adc3584f9b2eafb3a"
    headers = {
        "Host": "127.0.0.1:38593",
        "User-Agent": AGENT,
        "Accept": "application/json",
        "Content-Type": "application/octet-stream",
        "x-acs-action": "InvokeFunction",
        "x-acs-version": "2023-03-30",
        "x-acs-date": "2026-11-22T00:57:42Z",
        "x-acs-signature-nonce": "4084b902866211196b1f75de24db598a",
        "x-acs-credentials-provider": "static_ak",
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-fc-async-delay": "300",
        "x-fc-async-task-id": "cdn-1-h0001",
        "x-fc-invocation-type": "Async",
        "Authorization": f"ACS3-HMAC-SHA256 Credential=ak,SignedHeaders={signed},Signature={signature}",
    }
    path = "/2023-03-30/functions/demo/invocations"
    verify(
        "POST",
        path,
        "qualifier=LATEST",
        headers.items(),
        body,
        secret_of={"ak": "sk"}.get,
        now=parse_instant("2026-11-22T00:57:42Z"),
        nonces=Nonces(),
    )


def test_an_unknown_key_is_refused() -> None:
    headers = list_headers(Authorization=f"ACS3-HMAC-SHA256 Credential=x,SignedHeaders={LIST_SIGNED},Signature=0")
    assert refusal(headers) == "InvalidAccessKeyId.NotFound"


@pytest.mark.parametrize(
    ("headers", "query", "body"),
    [
        (list_headers(), "TaskId=704225668", b""),
        (list_headers(), "", b""),
        (list_headers(), "TaskId=704225667", b"ObjectPath=x"),
        (list_headers(**{"x-acs-action": "DescribeRefreshQuota"}), "TaskId=704225667", b""),
        (list_headers(host="127.0.0.1:1"), "TaskId=704225667", b""),
    ],
    ids=["another query", "no query", "another body", "another action", "another host"],
)
def test_a_request_changed_on_its_way_is_refused(headers: list[tuple[str, str]], query: str, body: bytes) -> None:
    assert refusal(headers, query=query, body=body) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("skew", [15 * 60 + 1, -(15 * 60 + 1)])
def test_a_date_more_than_15_minutes_off_is_refused_and_one_of_15_minutes_is_not(skew: float) -> None:
    assert refusal(list_headers(), now=LIST_AT + skew) == "InvalidTimeStamp.Expired"
    verify_list(list_headers(), now=LIST_AT + skew - (1 if skew > 0 else -1))


def test_a_nonce_passes_once_until_its_date_is_too_old_anyway() -> None:
    nonces = Nonces()
    verify_list(list_headers(), nonces=nonces)
    assert refusal(list_headers(), nonces=nonces) == "SignatureNonceUsed"
    assert not nonces.use("884b095930d9d76d24a36e47527653a7", LIST_AT + 1799)
    assert nonces.use("884b095930d9d76d24a36e47527653a7", LIST_AT + 1801)


@pytest.mark.parametrize("authorization", ["", "Bearer x", "ACS3-HMAC-SHA256 Credential=testAK", "ACS3-HMAC-SHA256 ,"])
def test_an_authorization_of_another_form_is_refused(authorization: str) -> None:
    assert refusal(list_headers(Authorization=authorization)) == "IncompleteSignature"


def test_a_gateway_header_that_is_not_signed_is_refused() -> None:
    assert refusal([*list_headers(), ("x-acs-security-token", "t")]) == "IncompleteSignature"


def with_token(key_id: str, token: str, named_key: str) -> list[tuple[str, str]]:
    headers = {
        "host": "h",
        "x-acs-accesskey-id": named_key,
        "x-acs-date": "2026-11-22T00:23:45Z",
        "x-acs-security-token": token,
    }
    if not token:
        del headers["x-acs-security-token"]
    signed = tuple(headers)
    values = {name: [value] for name, value in headers.items()}
    payload = hashlib.sha256(b"").hexdigest()
    signature = sign("s", canonical_request("GET", "/", "", values=values, signed=signed, payload=payload))
    text = f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(signed)},Signature={signature}"
    return [*headers.items(), ("Authorization", text)]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (with_token("STS.k", "token", "STS.k"), ""),
        (with_token("plain", "", "plain"), ""),
        (with_token("STS.k", "", "STS.k"), "MissingSecurityToken"),
        (with_token("STS.k", "another", "STS.k"), "InvalidSecurityToken.MismatchWithAccessKey"),
        (with_token("STS.k", "token", "STS.other"), "InvalidSecurityToken.MismatchWithAccessKey"),
        (with_token("plain", "token", "plain"), "InvalidSecurityToken.MismatchWithAccessKey"),
    ],
)
def test_a_temporary_key_goes_with_its_token(headers: list[tuple[str, str]], code: str) -> None:
    def check() -> None:
        secrets = {"STS.k": "s", "plain": "s"}
        tokens = {"STS.k": "token"}
        verify("GET", "/", "", headers, b"", secret_of=secrets.get, now=LIST_AT, nonces=None, token_of=tokens.get)

    if not code:
        check()
        return
    with pytest.raises(SignatureRefused) as caught:
        check()
    assert caught.value.code == code
