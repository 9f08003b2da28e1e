"""One call to STS or RAM, with the generic call of Alibaba's SDK core: their own SDKs would add nothing to it.

STS 2015-04-01 and RAM 2015-05-01 are RPC services (help: api-sts-2015-04-01-getcalleridentity, api-ram-2015-05-01-…).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from refresh_watch.clock import Clock, SystemClock
from refresh_watch.credentials import Credentials
from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import RefreshWatchError, Retryable
from refresh_watch.instants import Instant, Seconds
from refresh_watch.settings import Settings
from refresh_watch_cli.account.bad_keys import said_of_key

Service = Literal["sts", "ram"]

HOSTS: Mapping[Service, str] = {"sts": "sts.aliyuncs.com", "ram": "ram.aliyuncs.com"}
VERSIONS: Mapping[Service, str] = {"sts": "2015-04-01", "ram": "2015-05-01"}

CALL_SECONDS: Seconds = 10.0
"""What one call may take in all."""

MAX_TRIES = 4
PAUSE: Seconds = 0.5
"""Before the second try; twice as long before each further one, and never before the service allows it."""

_AGAIN = ("Throttling", "TooManyRequests", "ServiceUnavailable", "ServiceBusy", "InternalError", "SystemBusy")
_DENIED = ("NoPermission", "Forbidden")


@dataclass(frozen=True)
class AccountAnswer:
    """What a call brought: the JSON, and the instant that the service's own clock showed."""

    body: Mapping[str, Any]
    date: Instant | None


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
) -> AccountAnswer:
    """Ask, a few times while the service is busy.

    Raises Refused, and Retryable when there was no usable answer at all.
    """
    time = clock or SystemClock()
    tried = 0
    while True:
        tried += 1
        try:
            return within(CALL_SECONDS, lambda: _ask(service, action, params, settings, credentials))
        except DeadlinePassed as error:
            busy = Retryable(f"{host_of(service, settings)}: {error}")
        except Retryable as error:
            busy = error
        if tried >= MAX_TRIES:
            raise busy
        time.sleep(max(PAUSE * 2 ** (tried - 1), busy.after or 0.0) * (1 + time.chance() / 4))


def endpoint_of(service: Service, settings: Settings) -> str:
    """The URL that a service is asked at."""
    set_to = {"sts": settings.sts_endpoint, "ram": settings.ram_endpoint}[service]
    return set_to or f"https://{HOSTS[service]}"


def host_of(service: Service, settings: Settings) -> str:
    """The host that is called, with its port where it has one, as messages show it."""
    return urlsplit(endpoint_of(service, settings)).netloc


def _ask(
    service: Service, action: str, params: Mapping[str, str], settings: Settings, credentials: Credentials
) -> AccountAnswer:
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
    return AccountAnswer(body, _date(answer.get("headers")))


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


def _date(headers: object) -> Instant | None:
    text = headers.get("date") if isinstance(headers, dict) else None
    try:
        return parsedate_to_datetime(str(text)).timestamp() if text else None
    except ValueError:
        return None
