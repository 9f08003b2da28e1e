"""What is asked of STS and RAM, with the generic call of Alibaba's SDK core: their own SDKs would add nothing to it.

STS 2015-04-01 and RAM 2015-05-01 are RPC services (help: api-sts-2015-04-01-getcalleridentity, api-ram-2015-05-01-…).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from refresh_watch.clock import Clock, SystemClock
from refresh_watch.credentials import Credentials
from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import RefreshWatchError, Retryable
from refresh_watch.instants import Seconds
from refresh_watch.settings import Settings

Service = Literal["sts", "ram"]

HOSTS: Mapping[Service, str] = {"sts": "sts.aliyuncs.com", "ram": "ram.aliyuncs.com"}
VERSIONS: Mapping[Service, str] = {"sts": "2015-04-01", "ram": "2015-05-01"}

SERVICE_SECONDS: Seconds = 10.0
"""What one call may take in all."""

MAX_TRIES = 4
PAUSE: Seconds = 0.5
"""Before the second try; twice as long before each further one, and never before the service allows it."""

_AGAIN = ("Throttling", "TooManyRequests", "ServiceUnavailable", "ServiceBusy", "InternalError", "SystemBusy")
_DENIED = ("NoPermission", "Forbidden")

KEY_ID, KEY_SECRET, TOKEN = (
    f"ALIBABA_CLOUD_{name}" for name in ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN")
)

# Alibaba's own words hold the text that was signed, and what is left of them after redaction says little.
_SAID = {
    "SignatureDoesNotMatch": "the secret is not the one that belongs to this access key id",
    "IncompleteSignature": "the secret is not the one that belongs to this access key id",
    "InvalidAccessKeyId.Inactive": "this access key is disabled",
    "InvalidAccessKeyId": "there is no such access key id",
    "InvalidSecurityToken": "the security token has expired, or belongs to another key",
    "MissingSecurityToken": "a temporary key without its security token",
}


def said_of_key(code: str) -> str:
    """In our words what is wrong with the key; empty for a code about something else."""
    return next((said for begins, said in _SAID.items() if code.startswith(begins)), "")


def mend_key(code: str) -> str:
    """What to do about it; empty likewise."""
    if code.startswith("InvalidTimeStamp"):
        return "set this machine's clock"
    if "SecurityToken" in code:
        return f"take a new temporary key, and set {TOKEN} with it"
    if code.startswith("InvalidAccessKeyId"):
        return f"see in the RAM console whether the key of {KEY_ID} still exists and is enabled"
    return f"see whether {KEY_SECRET} belongs to {KEY_ID}" if said_of_key(code) else ""


def missing_half(environment: Mapping[str, str]) -> str:
    """Which of the two variables of a key is not set where the other one is; empty where both or none are."""
    missing = [name for name in (KEY_ID, KEY_SECRET) if not environment.get(name, "").strip()]
    return f"{missing[0]} is not set" if len(missing) == 1 else ""


class AccountRefusal(RefreshWatchError):
    """The service refuses, and asking again would bring the same answer."""

    def __init__(self, code: str, message: str, action: str = "") -> None:
        """Its text is one line. `action`: the RAM action that the caller may not do, if that is why."""
        self.code = code
        self.message = message
        self.action = action
        missing = f" (missing RAM action: {action})" if action else ""
        super().__init__(f"{code}: {message}{missing}")


def call(
    service: Service,
    action: str,
    params: Mapping[str, str],
    settings: Settings,
    credentials: Credentials,
    *,
    clock: Clock | None = None,
) -> Mapping[str, Any]:
    """Ask, a few times while the service is busy; answers the JSON.

    Raises AccountRefusal, and Retryable when there was no usable answer at all.
    """
    time = clock or SystemClock()
    tried = 0
    while True:
        tried += 1
        try:
            return within(SERVICE_SECONDS, lambda: _ask(service, action, params, settings, credentials))
        except DeadlinePassed as error:
            busy = Retryable(f"{host_of(service, settings)}: {error}")
        except Retryable as error:
            busy = error
        if tried >= MAX_TRIES:
            raise busy
        time.sleep(max(PAUSE * 2 ** (tried - 1), busy.after or 0.0) * (1 + time.chance() / 4))


def endpoint_of(service: Service, settings: Settings) -> str:
    set_to = {"sts": settings.sts_endpoint, "ram": settings.ram_endpoint}[service]
    return set_to or f"https://{HOSTS[service]}"


def host_of(service: Service, settings: Settings) -> str:
    """The host that is called, with its port where it has one, as messages show it."""
    return urlsplit(endpoint_of(service, settings)).netloc


def _ask(
    service: Service, action: str, params: Mapping[str, str], settings: Settings, credentials: Credentials
) -> Mapping[str, Any]:
    from alibabacloud_tea_openapi.client import Client
    from alibabacloud_tea_openapi.utils_models import OpenApiRequest
    from Tea.exceptions import TeaException

    from refresh_watch.products.sdk import client_config, rpc, runtime_options

    endpoint = endpoint_of(service, settings)
    client = Client(client_config(credentials, endpoint))
    operation = rpc(action, VERSIONS[service])
    try:
        answer = client.call_api(operation, OpenApiRequest(query=dict(params)), runtime_options())
    except TeaException as error:
        # not chained: the SDK's exception holds the request with its Authorization header
        raise _meaning(error, service, action, host_of(service, settings)) from None
    body = answer.get("body")
    if not isinstance(body, dict):
        raise Retryable(f"{host_of(service, settings)}: no usable answer: no JSON object")
    return body


def _meaning(error: Exception, service: Service, action: str, host: str) -> AccountRefusal | Retryable:
    from refresh_watch.products.redaction import redact
    from refresh_watch.products.refusals import classify

    status, code = getattr(error, "status_code", None), str(getattr(error, "code", None) or "")
    waits = getattr(error, "retry_after", None)  # milliseconds
    if code in ("", "None"):
        return Retryable(f"{host}: {classify(error, action)}")
    data = getattr(error, "data", None)
    said = data.get("Message") if isinstance(data, dict) else None
    message = said_of_key(code) or redact(str(said or getattr(error, "message", "") or ""))
    busy = isinstance(status, int) and (status >= 500 or status == 429)
    if busy or waits is not None or any(word in code for word in _AGAIN):
        after = waits / 1000 if isinstance(waits, int) else None
        return Retryable(f"{host}: {code}: {message}", code=code, throttled="Throttling" in code, after=after)
    denied = getattr(error, "access_denied_detail", None)
    named = denied.get("AuthAction") if isinstance(denied, dict) else None
    missing = redact(str(named)) if named else ""
    if not missing and code.startswith(_DENIED):
        missing = f"{service}:{action}"
    # a code is a word with dots; redaction would take InvalidAccessKeyId.NotFound for a key
    return AccountRefusal(code if re.fullmatch(r"[A-Za-z.]{1,60}", code) else redact(code), message, missing)


@dataclass(frozen=True)
class AccountCaller:
    """Whose credentials these are."""

    account: str  # the number of the Alibaba Cloud account
    arn: str
    is_root: bool  # the account itself: its key may do everything, and cannot be limited


def who_am_i(settings: Settings, credentials: Credentials, *, clock: Clock | None = None) -> AccountCaller:
    """Ask STS (GetCallerIdentity, which needs no permission).

    Raises AccountRefusal for keys that are not good, Retryable when there is no usable answer.
    """
    body = call("sts", "GetCallerIdentity", {}, settings, credentials, clock=clock)
    account = str(body.get("AccountId") or "")
    if not account.isdigit():
        raise Retryable(f"{host_of('sts', settings)}: no usable answer: GetCallerIdentity without an AccountId")
    return AccountCaller(
        account=account,
        arn=str(body.get("Arn") or ""),
        is_root=str(body.get("IdentityType") or "").lower() == "account",
    )
